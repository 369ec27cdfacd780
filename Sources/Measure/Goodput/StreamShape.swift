/// Counts and instants of a request's stream that depend on no reader. All in ns after `scheduled`.
package struct StreamShape: Hashable, Sendable {
    /// n so far.
    package private(set) var tokens = 0
    /// Events so far.
    package private(set) var events = 0
    /// t_0, where there are tokens.
    package private(set) var firstToken: Int64 = 0
    /// t_(n−1), where there are tokens.
    package private(set) var lastToken: Int64 = 0
    /// Gaps between events that are longer than 0.
    package private(set) var gaps = 0
    /// The longest of ``gaps``; 0 without any.
    package private(set) var longestGap: Int64 = 0

    package init() {}

    /// Takes in the first event.
    @inline(__always)
    package mutating func began(_ count: UInt32, at elapsed: Int64) {
        firstToken = elapsed
        lastToken = elapsed
        tokens = Int(count)
        events = 1
    }

    /// Takes in a later event, no earlier than the one before.
    ///
    /// - Returns: The gap before it, ns.
    @inline(__always)
    package mutating func continued(_ count: UInt32, at elapsed: Int64) -> Int64 {
        let gap = elapsed &- lastToken
        lastToken = elapsed
        tokens &+= Int(count)
        events &+= 1
        gaps &+= gap > 0 ? 1 : 0
        longestGap = max(longestGap, gap)
        return gap
    }

    /// The largest gap between two tokens; nil below two tokens.
    package var largestGap: Int64? { tokens > 1 ? longestGap : nil }
    /// Gaps of length 0 between tokens, those within an event included.
    package var emptyTokenGaps: Int { max(0, tokens - 1) - gaps }
    /// Gaps between events.
    var eventGaps: Int { max(0, events - 1) }
    /// Those of length 0.
    var emptyEventGaps: Int { eventGaps - gaps }
    /// t_(n−1) − t_0.
    package var span: Int64 { lastToken - firstToken }

    /// Whether [SG] eq. 6 holds, and whether every objective that is set does, for an answer that
    /// streamed.
    ///
    /// - Parameters:
    ///   - idle: l.
    ///   - read: Tokens that the reader read: [SG] eq. 6 wants one.
    package func meets(
        _ objectives: Objectives, outcome: RequestOutcome, idle: Int64, read: Int
    ) -> (slo: Bool, classic: Bool) {
        guard outcome == .completed, tokens > 0, firstToken <= objectives.ttft ?? .max else {
            return (false, false)
        }
        return (
            idle == 0 && read > 0,
            lastToken <= objectives.e2e ?? .max && longestGap <= objectives.tbt ?? .max
                && Self.mean(span, over: tokens - 1, isWithin: objectives.tpot)
        )
    }

    /// Whether span/steps <= bound, without rounding; a mean over no step holds.
    private static func mean(_ span: Int64, over steps: Int, isWithin bound: Int64?) -> Bool {
        guard let bound, steps > 0 else { return true }
        return Int128(span) <= Int128(bound) * Int128(steps)
    }
}

extension Objectives {
    /// Whether an answer of which nothing but the end is known may meet [SG] eq. 6, and the classic
    /// objectives: a bound on a figure that it does not have is not met.
    package var withoutStream: (slo: Bool, classic: Bool) {
        (ttft == nil, ttft == nil && tbt == nil && tpot == nil)
    }
}
