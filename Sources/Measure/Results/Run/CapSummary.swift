package import JSON
import PlainText

/// The effect that a bound on the requests in flight had on an open loop: how many requests waited
/// for a slot, and how long at least one of them did.
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

    /// The summary of all that `waits` took in; nil where no request waited. O(n log n) in the
    /// requests that waited.
    init?(_ waits: Waits) {
        guard !waits.stretches.isEmpty else { return nil }
        waited = waits.stretches.count
        requests = waits.requests
        loadNs = waits.lastFree - waits.firstDue
        boundNs = Self.union(waits.stretches)
        scheduledRate = waits.scheduled.rate
        sentRate = waits.sent.rate
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
