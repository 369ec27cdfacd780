/// An interval of offsets (coordinator minus agent), ns; all integers where nothing is known.
struct OffsetBounds: Hashable, Sendable {
    var low: Int64
    var high: Int64

    static let unknown = OffsetBounds(low: .min, high: .max)

    /// The least interval with all of both; nil counts as nothing.
    static func hull(_ a: OffsetBounds?, _ b: OffsetBounds?) -> OffsetBounds? {
        guard let a, let b else { return a ?? b }
        return OffsetBounds(low: min(a.low, b.low), high: max(a.high, b.high))
    }

    /// The offsets within both; bounds that exclude each other by rounding give the sliver between
    /// them.
    func intersection(_ other: OffsetBounds) -> OffsetBounds {
        let low = max(low, other.low)
        let high = min(high, other.high)
        return OffsetBounds(low: min(low, high), high: max(low, high))
    }
}

/// The bounds of one kind at one instant of an agent's clock.
struct BoundPair: Hashable, Sendable {
    var hard: OffsetBounds
    var budget: OffsetBounds

    func intersection(_ other: BoundPair) -> BoundPair {
        BoundPair(
            hard: hard.intersection(other.hard), budget: budget.intersection(other.budget))
    }

    static func hull(_ a: BoundPair?, _ b: BoundPair?) -> BoundPair? {
        guard let a, let b else { return a ?? b }
        guard let hard = OffsetBounds.hull(a.hard, b.hard),
            let budget = OffsetBounds.hull(a.budget, b.budget)
        else { return nil }
        return BoundPair(hard: hard, budget: budget)
    }
}

/// The bounds over a run of knots that no break parts.
struct BoundSegment: Sendable {
    let hard: SetMembership
    let budget: SetMembership

    /// - Returns: nil when the exchanges contradict each other even without the asymmetry budget.
    init?(
        _ stretch: ClockStretch, bins: Range<Int>, hard: MembershipRules, budget: MembershipRules
    ) {
        let frame = stretch.frame(
            near: stretch.probes[stretch.bins[bins.lowerBound].probes.lowerBound])
        let slice = stretch.bins[bins]
        guard let guaranteed = SetMembership(stretch.probes, bins: slice, frame: frame, rules: hard)
        else { return nil }
        self.hard = guaranteed
        self.budget =
            SetMembership(stretch.probes, bins: slice, frame: frame, rules: budget) ?? guaranteed
    }

    /// The bounds at an instant, extrapolated beyond the outer knots.
    ///
    /// - Complexity: O(log knots).
    func bounds(at agentNs: Int64) -> BoundPair {
        let seconds = hard.frame.seconds(agentNs)
        let next = hard.firstKnot(after: seconds)
        let guaranteed = hard.bounds(at: seconds, before: next)
        return BoundPair(
            hard: guaranteed,
            budget: budget.bounds(at: seconds, before: next).intersection(guaranteed))
    }
}

extension SetMembership {
    /// The first knot later than `seconds`; their count if none is.
    func firstKnot(after seconds: Double) -> Int {
        knots.partition { $0 > seconds }
    }

    /// The bounds that the knots on both sides of an instant allow, `next` being the first after
    /// it.
    func bounds(at seconds: Double, before next: Int) -> OffsetBounds {
        guard next > 0 else { return bounds(at: seconds, from: 0) }
        guard next < knots.count else { return bounds(at: seconds, from: next - 1) }
        return bounds(at: seconds, from: next - 1).intersection(bounds(at: seconds, from: next))
    }

    /// The bounds that one knot allows at an instant.
    func bounds(at seconds: Double, from knot: Int) -> OffsetBounds {
        let span = seconds - knots[knot]
        var low = Double.infinity
        var high = -Double.infinity
        var lowest = Double.infinity
        var highest = -Double.infinity
        for point in set(knot) {
            let moved = point.x + point.y * span
            low = min(low, moved)
            high = max(high, moved)
            lowest = min(lowest, point.x)
            highest = max(highest, point.x)
        }
        let drift = rules.wander * span * span / 2
        // Far out no rate beyond the greatest: the line of the frame is part of it.
        let ends = [(-rules.rate - frame.slope) * span, (rules.rate - frame.slope) * span]
        return OffsetBounds(
            low: frame.offsetNs(
                max(low - drift, lowest + min(ends[0], ends[1])), at: seconds, .down),
            high: frame.offsetNs(
                min(high + drift, highest + max(ends[0], ends[1])), at: seconds, .up))
    }
}
