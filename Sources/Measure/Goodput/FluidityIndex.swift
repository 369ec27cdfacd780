/// The fluidity index of Etalon (arXiv 2407.07000): the share of token deadlines that were met,
/// where being early earns slack for later tokens and each missed deadline of a long wait counts.
package struct FluidityIndex: Hashable, Sendable {
    private(set) var met = 0
    /// Up to one for each nanosecond of the request's life; sticks to 2^63.
    private(set) var missed: UInt64 = 0
    /// ns, at least 0, saturating.
    private var slack: Int64 = 0

    package init() {}

    /// The first event: its wait is measured from `scheduled` against the budget.
    package mutating func first(
        _ count: UInt32, after wait: Int64, budget: Int64, tokenTime: Int64
    ) {
        if wait <= budget {
            met += 1
            slack = budget - wait
        } else {
            miss(1, ((wait - budget) / tokenTime).addingSaturated(1))
        }
        further(count - 1, tokenTime: tokenTime)
    }

    /// A later event, `gap` ns after the one before.
    package mutating func next(_ count: UInt32, after gap: Int64, tokenTime: Int64) {
        let allowed = tokenTime.addingSaturated(slack)
        if gap <= allowed {
            met += 1
            slack = allowed - gap
        } else {
            miss(1, (gap - slack) / tokenTime)
            slack = 0
        }
        further(count - 1, tokenTime: tokenTime)
    }

    /// `count` events of one token, each `gap` ns after the one before; `gap` is more than
    /// `tokenTime`. O(1).
    package mutating func next(_ count: UInt32, every gap: Int64, tokenTime: Int64) {
        let owed = gap - tokenTime
        let paid = min(Int64(count), slack / owed)
        met += Int(paid)
        slack -= paid * owed
        let late = Int64(count) - paid
        guard late > 0 else { return }
        miss(1, (gap - slack) / tokenTime)
        slack = 0
        miss(late - 1, gap / tokenTime)
    }

    private mutating func miss(_ times: Int64, _ deadlines: Int64) {
        let more = UInt64(times.multipliedSaturated(by: deadlines))
        missed = min(1 << 63, missed &+ more)
    }

    /// The other tokens of an event: no wait at all, so each is met and a token's time early.
    private mutating func further(_ count: UInt32, tokenTime: Int64) {
        guard count > 0 else { return }
        met += Int(count)
        slack = slack.addingSaturated(tokenTime.multipliedSaturated(by: Int64(count)))
    }

    /// From 0 to 1; nil without tokens.
    package var value: Double? {
        let due = UInt64(met) + missed
        return due == 0 ? nil : Double(met) / Double(due)
    }
}
