import TimeBase

/// Lines about peers that were turned away before they had proved anything: one for each cause at
/// once, then a count now and then, for they come again and again.
struct TurnedAwayLines {
    private struct Cause: Hashable {
        var host: String
        var reason: String
    }

    private struct Count {
        /// Those of which no line spoke yet.
        var untold = 0
        var next: LocalInstant
    }

    private var counts: [Cause: Count] = [:]

    /// Causes that are told apart: beyond them a peer may invent as many as it likes.
    private static let most = 16

    /// A peer of `host` was turned away `now`.
    ///
    /// - Parameter host: where it is; nil where that is not known.
    /// - Returns: the line for it, nil where one comes later.
    mutating func sentence(host: String?, reason: String, now: LocalInstant) -> String? {
        let own = Cause(host: host ?? "a peer", reason: reason)
        let isKnown = counts[own] != nil || counts.count < Self.most
        let cause = isKnown ? own : Cause(host: "others", reason: "for other reasons")
        guard var count = counts[cause] else {
            counts[cause] = Count(next: now + WaitingLines.interval)
            return "\(cause.host) was turned away: \(cause.reason)"
        }
        count.untold += 1
        defer { counts[cause] = count }
        guard now >= count.next else { return nil }
        defer { (count.untold, count.next) = (0, now + WaitingLines.interval) }
        return Self.line(cause, count.untold)
    }

    /// Lines for those of whom none spoke yet, in the order of their words.
    mutating func rest() -> [String] {
        defer { for cause in counts.keys { counts[cause]?.untold = 0 } }
        return counts.filter { $0.value.untold > 0 }.map { Self.line($0.key, $0.value.untold) }
            .sorted()
    }

    private static func line(_ cause: Cause, _ count: Int) -> String {
        let times = count == 1 ? "once more" : "\(count) times more"
        return "\(cause.host) was turned away \(times): \(cause.reason)"
    }
}
