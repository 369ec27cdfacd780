/// The fluidity index of Etalon (arXiv 2407.07000): the share of token deadlines that were met,
/// where being early earns slack for later tokens and each missed deadline of a long wait counts.
struct FluidityIndex: Hashable, Sendable {
    private(set) var met = 0
    /// Up to one for each nanosecond of the request's life, so it can pass 2^63.
    private(set) var missed: UInt64 = 0
    /// ns, at least 0, saturating.
    private var slack: Int64 = 0

    /// The first event: its wait is measured from `scheduled` against the budget.
    mutating func first(_ count: UInt32, after wait: Int64, budget: Int64, tokenTime: Int64) {
        if wait <= budget {
            met += 1
            slack = budget - wait
        } else {
            missed += 1 + UInt64((wait - budget) / tokenTime)
        }
        further(count - 1, tokenTime: tokenTime)
    }

    /// A later event, `gap` ns after the one before.
    mutating func next(_ count: UInt32, after gap: Int64, tokenTime: Int64) {
        let allowed = tokenTime.addingSaturated(slack)
        if gap <= allowed {
            met += 1
            slack = allowed - gap
        } else {
            missed += UInt64((gap - slack) / tokenTime)
            slack = 0
        }
        further(count - 1, tokenTime: tokenTime)
    }

    /// The other tokens of an event: no wait at all, so each is met and a token's time early.
    private mutating func further(_ count: UInt32, tokenTime: Int64) {
        guard count > 0 else { return }
        met += Int(count)
        slack = slack.addingSaturated(tokenTime.multipliedSaturated(by: Int64(count)))
    }

    /// From 0 to 1; nil without tokens.
    var value: Double? {
        let due = UInt64(met) + missed
        return due == 0 ? nil : Double(met) / Double(due)
    }
}
