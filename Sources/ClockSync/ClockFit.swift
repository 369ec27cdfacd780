package import TimeBase

/// A stamp of one agent on the coordinator's clock, with what is guaranteed about it.
package struct MappedInstant: Hashable, Sendable {
    /// The point estimate, ns of the coordinator's CLOCK_MONOTONIC_RAW.
    package var coordinatorNs: Int64
    /// The interval that holds the truth, given only that no message travels backwards in time and
    /// that the two clocks part by at most ``ClockFit/maximumRatePPM``.
    package var hardLowNs: Int64
    package var hardHighNs: Int64

    /// Half of the guaranteed interval's width, ns.
    package var hardHalfWidthNs: Int64 { (hardHighNs - hardLowNs + 1) / 2 }
}

/// The mapping from one agent's CLOCK_MONOTONIC_RAW to the coordinator's, fitted to probe exchanges.
///
/// The exchange with the least round trip in each quarter of a second is a knot: there the offset
/// (coordinator minus agent) lies within half the round trip of the midpoint. Knots are tightened by
/// their neighbours (``OffsetKnots``), given that the clocks part by at most 600 ppm and that this rate
/// changes by at most 100 ppb/s. Between knots the offset is interpolated; the guaranteed interval is
/// what both neighbours allow. Outside the probed interval only the nearest knot speaks, and the bound
/// widens.
package struct ClockFit: Sendable {
    /// The largest rate at which two clocks are assumed to part, in parts per million.
    package static let maximumRatePPM: Int64 = 600
    /// Width of the windows of which the best exchange becomes a knot.
    package static let windowNs: Int64 = 250_000_000

    private let tightened: OffsetKnots
    /// Exchanges that the fit rests on.
    package let exchanges: Int
    /// The least round trip seen, ns.
    package let minRTTNs: Int64
    /// The rate of coordinator against agent, in ppm over the probed interval; nil below a second.
    package let skewPPM: Double?

    var knots: [OffsetKnot] { tightened.knots }
    /// Reasons why the mapping does not hold; empty when it does.
    package var reasons: [String] { tightened.contradictions }
    /// Whether the guaranteed interval exists everywhere in the probed interval.
    package var isValid: Bool { reasons.isEmpty }

    /// Fits `exchanges`, in any order.
    ///
    /// - Throws: ``ClockError`` for no exchange, or one that contradicts itself.
    /// - Complexity: O(n log n).
    package init(exchanges: [ClockExchange]) throws(ClockError) {
        var best: [Int64: (rtt: Int64, knot: OffsetKnot)] = [:]
        var least = Int64.max
        for exchange in exchanges {
            guard let rtt = exchange.roundTripNs, let offset = exchange.offsetNs else {
                throw .impossibleExchange(train: exchange.train, member: exchange.member)
            }
            least = min(least, rtt)
            let window = exchange.t2.floorDivided(by: Self.windowNs)
            if let held = best[window], held.rtt <= rtt { continue }
            best[window] = (rtt, Self.knot(exchange, offset: offset, rtt: rtt))
        }
        guard !best.isEmpty else { throw .noExchange }
        tightened = OffsetKnots(best.values.map(\.knot).sorted { $0.agentNs < $1.agentNs })
        self.exchanges = exchanges.count
        minRTTNs = least
        let first = tightened.knots[0]
        let last = tightened.knots[tightened.knots.count - 1]
        let span = last.agentNs.clampedDifference(first.agentNs)
        skewPPM =
            span >= 1_000_000_000
            ? Double(last.offsetNs.clampedDifference(first.offsetNs)) / Double(span) * 1e6 : nil
    }

    /// The midpoint is exact to half the round trip, whatever each direction took; during the agent's
    /// turnaround the clocks part by next to nothing.
    private static func knot(_ exchange: ClockExchange, offset: Int64, rtt: Int64) -> OffsetKnot {
        let turnaround = exchange.t3 - exchange.t2
        let slack = rtt / 2 + 1 + turnaround / 1_000
        return OffsetKnot(
            agentNs: exchange.t2 + turnaround / 2, lowNs: offset.clampedDifference(slack),
            highNs: offset.clampedSum(slack))
    }

    /// Maps an agent's stamp.
    ///
    /// - Complexity: O(log knots).
    package func map(_ local: LocalInstant) -> MappedInstant {
        let upper = firstKnot(after: local.ns)
        var low = Int64.min
        var high = Int64.max
        for (index, gap) in [(upper - 1, upper - 1), (upper, upper - 1)]
        where knots.indices.contains(index) {
            let bounds = tightened.bounds(
                of: knots[index], by: rate(of: gap, from: knots[index].agentNs, at: local.ns),
                at: local.ns)
            low = max(low, bounds.low)
            high = min(high, bounds.high)
        }
        let offset = min(max(interpolated(local.ns, upper), min(low, high)), max(low, high))
        return MappedInstant(
            coordinatorNs: local.ns.clampedSum(offset),
            hardLowNs: local.ns.clampedSum(min(low, high)),
            hardHighNs: local.ns.clampedSum(max(low, high)))
    }

    /// The rate of a gap; beyond the probed interval that of the outermost gap, which may have wandered.
    private func rate(of gap: Int, from knot: Int64, at ns: Int64) -> OffsetRate {
        let rates = tightened.rates
        guard !rates.isEmpty else { return .unknown }
        if rates.indices.contains(gap) { return rates[gap] }
        let outermost = gap < 0 ? rates[0] : rates[rates.count - 1]
        let seconds = Double(ns.clampedDifference(knot).magnitude) / 1e9
        let wander = OffsetKnots.wanderPerSecond * seconds
        return OffsetRate(
            low: max(outermost.low - wander, OffsetRate.unknown.low),
            high: min(outermost.high + wander, OffsetRate.unknown.high))
    }

    private func interpolated(_ ns: Int64, _ upper: Int) -> Int64 {
        guard upper > 0 else { return knots[0].offsetNs }
        let left = knots[upper - 1]
        guard upper < knots.count, knots[upper].agentNs > left.agentNs else {
            return left.offsetNs
        }
        let right = knots[upper]
        let share =
            Double(ns.clampedDifference(left.agentNs))
            / Double(right.agentNs.clampedDifference(left.agentNs))
        let rise = Double(right.offsetNs.clampedDifference(left.offsetNs)) * share
        return left.offsetNs.clampedSum(Int64(clamped: rise.rounded()))
    }

    private func firstKnot(after ns: Int64) -> Int {
        var low = 0
        var high = knots.count
        while low < high {
            let middle = (low + high) / 2
            if knots[middle].agentNs <= ns { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
