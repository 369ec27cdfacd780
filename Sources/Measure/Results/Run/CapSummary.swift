package import JSON
import PlainText
import TimeBase
import Workload

/// The effect that a bound on the requests in flight had on an open loop: how many requests waited
/// for a place, and how long at least one of them did.
package struct CapSummary: Hashable, Sendable {
    /// Scored requests, and those of them that waited.
    package var requests: Int
    package var waited: Int
    /// Ns in which some request waited.
    package var boundNs: Int64
    /// Ns from the first scheduled instant to the last at which a request was scheduled or could
    /// go.
    package var loadNs: Int64
    /// First requests of sessions, a second, that were scheduled, and that were sent.
    package var scheduledRate: Double?
    package var sentRate: Double?

    /// A bound that holds for a larger share of the load leaves no rate to speak of.
    package static let largestBoundShare = 0.1

    /// The summary that `requests` give of themselves; nil where none waited. O(n log n).
    package init?(_ requests: [MeasuredRequest]) {
        let scored = requests.filter { $0.phase == .scored }
        waited = scored.count { $0.waited > 0 }
        guard waited > 0 else { return nil }
        self.requests = scored.count
        let due = scored.map(\.scheduled.ns)
        let free = scored.map { $0.scheduled.ns + $0.waited }
        let first = due.min() ?? 0
        loadNs = (free.max() ?? first) - first
        boundNs = Self.union(zip(due, free).filter { $0 < $1 })
        // A later turn is due when an answer has come, and says nothing of the rate that was asked
        // for.
        let firstTurns = scored.filter { $0.turn == 0 }
        scheduledRate = Self.rate(firstTurns.map(\.scheduled.ns))
        sentRate = Self.rate(firstTurns.compactMap(\.sent?.ns))
    }

    /// Ns that at least one of the stretches covers.
    private static func union(_ stretches: [(from: Int64, to: Int64)]) -> Int64 {
        var total: Int64 = 0
        var end = Int64.min
        for (from, to) in stretches.sorted(by: { $0.from < $1.from }) where to > end {
            total += to - max(from, end)
            end = to
        }
        return total
    }

    /// The rate of instants, a second; nil where they have no length.
    private static func rate(_ instants: [Int64]) -> Double? {
        guard let first = instants.min(), let last = instants.max(), first < last else {
            return nil
        }
        return Double(instants.count - 1) / (Double(last - first) / 1e9)
    }

    /// The share of the load in which some request waited, 0 to 1.
    package var boundShare: Double { loadNs > 0 ? Double(boundNs) / Double(loadNs) : 0 }

    /// Whether the rate that was asked for is not what the server got.
    package var rateWasMissed: Bool { boundShare > Self.largestBoundShare }

    /// As `summary.json` has it.
    package var json: JSONValue {
        .object([
            "requests": .integer(Int64(requests)), "waited": .integer(Int64(waited)),
            "bound_ns": .integer(boundNs), "bound_share": .real(boundShare),
            "rate_achieved": .bool(!rateWasMissed),
        ])
    }

    /// One sentence for people.
    package var sentence: String {
        let waits =
            "\(Figures.percent(Double(waited) / Double(requests))) of the requests waited for a "
            + "place among those in flight (max concurrency), and every latency counts the wait"
        guard rateWasMissed else { return waits + "." }
        let rates =
            if let scheduledRate, let sentRate {
                ", \(Figures.rate(sentRate)) requests/s instead of \(Figures.rate(scheduledRate))"
            } else {
                ""
            }
        return waits
            + "; the bound held for \(Figures.percent(boundShare)) of the load: the rate was not "
            + "achieved\(rates). Raise the bound or lower the rate."
    }
}
