/// What is guaranteed about the offset (coordinator minus agent) at one instant of the agent's clock.
struct OffsetKnot: Hashable, Sendable {
    /// Agent time, ns.
    var agentNs: Int64
    /// The offset lies in this interval, ns.
    var lowNs: Int64
    var highNs: Int64

    /// The point estimate: the middle of what is possible.
    var offsetNs: Int64 { lowNs.clampedSum(highNs.clampedDifference(lowNs) / 2) }
}

/// The rate at which the offset may change between two neighbouring knots, ns per ns.
struct OffsetRate: Hashable, Sendable {
    var low: Double
    var high: Double
}

/// Knots, tightened by what their neighbours allow.
struct OffsetKnots: Sendable {
    /// How far around a gap the knots lie from which its rate is taken, ns: far apart their widths
    /// matter little, close together the oscillators' wander does.
    private static let reachNs: Int64 = 10_000_000_000
    /// |g''|: how fast the rate of two oscillators may change, per second.
    let wanderPerSecond: Double
    /// No more than what any two clocks are assumed to part by.
    let unknown: OffsetRate

    private(set) var knots: [OffsetKnot]
    /// Between knot i and i + 1; one fewer than knots.
    private(set) var rates: [OffsetRate] = []
    /// Where knots contradict each other.
    private(set) var contradictions: [String] = []

    /// Tightens `knots`, which are in order of agent time and not empty.
    init(_ knots: [OffsetKnot], ratePPM: Double, wander: Double) {
        self.knots = knots
        wanderPerSecond = wander
        unknown = OffsetRate(low: -ratePPM / 1e6, high: ratePPM / 1e6)
        // Tighter knots give tighter rates, which tighten the knots again; more rounds gain nothing.
        for _ in 0..<2 {
            findRates()
            tighten()
        }
    }

    /// The mean rate between two knots lies within what their intervals allow, and by the mean value
    /// theorem the rate took that value somewhere between them; from there it wandered by at most
    /// `wanderPerSecond` times their distance.
    private mutating func findRates() {
        rates.removeAll(keepingCapacity: true)
        var first = 0
        var last = 0
        for gap in 0..<max(0, knots.count - 1) {
            while knots[gap].agentNs.clampedDifference(knots[first].agentNs) > Self.reachNs {
                first += 1
            }
            last = max(last, gap + 1)
            while last + 1 < knots.count,
                knots[last + 1].agentNs.clampedDifference(knots[gap + 1].agentNs) <= Self.reachNs
            {
                last += 1
            }
            rates.append(rate(from: knots[first], to: knots[last], gap: gap))
        }
    }

    private mutating func rate(from a: OffsetKnot, to b: OffsetKnot, gap: Int) -> OffsetRate {
        let span = Double(b.agentNs.clampedDifference(a.agentNs))
        guard span > 0 else { return unknown }
        let wander = wanderPerSecond * span / 1e9
        let low = Double(b.lowNs.clampedDifference(a.highNs)) / span - wander
        let high = Double(b.highNs.clampedDifference(a.lowNs)) / span + wander
        let rate = OffsetRate(
            low: max(low, unknown.low), high: min(high, unknown.high))
        if rate.low <= rate.high { return rate }
        if contradictions.isEmpty {
            contradictions.append(
                "the clocks parted by more than \(unknown.high * 1e6) ppm within "
                    + "\(span / 1e9) s: one of them was stepped, or its host paused")
        }
        return unknown
    }

    /// One pass forwards and one backwards: each knot keeps what its neighbour's interval allows.
    private mutating func tighten() {
        for index in knots.indices.dropFirst() {
            intersect(index, with: extrapolated(from: index - 1, gap: index - 1, to: index))
        }
        for index in knots.indices.dropLast().reversed() {
            intersect(index, with: extrapolated(from: index + 1, gap: index, to: index))
        }
    }

    private func extrapolated(from: Int, gap: Int, to: Int) -> (low: Int64, high: Int64) {
        bounds(of: knots[from], by: rates[gap], at: knots[to].agentNs)
    }

    private mutating func intersect(_ index: Int, with bounds: (low: Int64, high: Int64)) {
        let low = max(knots[index].lowNs, bounds.low)
        let high = min(knots[index].highNs, bounds.high)
        guard low <= high else {
            if contradictions.isEmpty {
                contradictions.append(
                    "probes a moment apart contradict each other by "
                        + "\(low.clampedDifference(high)) ns: one of the "
                        + "clocks was stepped, or its host paused")
            }
            return
        }
        knots[index].lowNs = low
        knots[index].highNs = high
    }

    /// What a knot allows at another instant; a nanosecond is left for rounding.
    func bounds(
        of knot: OffsetKnot, by rate: OffsetRate, at ns: Int64
    ) -> (low: Int64, high: Int64) {
        let distance = Double(ns.clampedDifference(knot.agentNs))
        let ends = [rate.low * distance, rate.high * distance].sorted()
        return (
            knot.lowNs.clampedSum(Int64(clamped: ends[0].rounded(.down)) - 1),
            knot.highNs.clampedSum(Int64(clamped: ends[1].rounded(.up)) + 1)
        )
    }
}
