package import TimeBase

/// The mapping from one agent's CLOCK_MONOTONIC_RAW to the coordinator's, fitted to probe exchanges.
///
/// The exchange with the least round trip in each quarter of a second is a knot: there the offset
/// (coordinator minus agent) lies within half the round trip of the midpoint. Knots are tightened by
/// their neighbours (``OffsetKnots``), given that the clocks part by at most 600 ppm and that this rate
/// changes by at most 100 ppb/s. Between knots the offset is interpolated; the guaranteed interval is
/// what both neighbours allow. Outside the probed interval only the nearest knot speaks, and the bound
/// widens. Online the same initialiser is given the exchanges of the last minute.
package struct ClockFit: Sendable {
    /// The options that the fit was made with.
    package let options: ClockFitOptions
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

    /// Breaks that the bounds see, in order of time.
    package let events: [ClockEvent] = []
    /// Breaks too small for the bounds that the residuals suggest, in order of time.
    package let suspected: [SuspectedBreak] = []
    private let sigmaNs: Double

    /// Fits `exchanges` and the agent's own `readings`, both in any order.
    ///
    /// - Throws: ``ClockError`` for no exchange, or one that contradicts itself.
    /// - Complexity: O(n log n).
    package init(
        exchanges: [ClockExchange], readings: [ClockReading] = [],
        options: ClockFitOptions = ClockFitOptions()
    ) throws(ClockError) {
        self.options = options
        var best: [Int64: (rtt: Int64, knot: OffsetKnot)] = [:]
        var least = Int64.max
        for exchange in exchanges {
            guard let rtt = exchange.roundTripNs, let offset = exchange.offsetNs else {
                throw .impossibleExchange(train: exchange.train, member: exchange.member)
            }
            least = min(least, rtt)
            let window = exchange.t2.floorDivided(by: max(1, options.knotSpacing.ns))
            if let held = best[window], held.rtt <= rtt { continue }
            best[window] = (rtt, Self.knot(exchange, offset: offset, rtt: rtt))
        }
        guard !best.isEmpty else { throw .noExchange }
        let bestKnots = best.values.map(\.knot).sorted { $0.agentNs < $1.agentNs }
        let tightened = OffsetKnots(
            bestKnots, ratePPM: options.maximumRatePPM, wander: options.wanderPPBPerSecond / 1e9)
        self.tightened = tightened
        let squares = zip(bestKnots, tightened.knots).map { raw, knot in
            Double(raw.offsetNs.clampedDifference(knot.offsetNs)).magnitude
        }
        sigmaNs = (squares.map { $0 * $0 }.reduce(0, +) / Double(squares.count)).squareRoot()
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
            hardHighNs: local.ns.clampedSum(max(low, high)),
            budgetLowNs: local.ns.clampedSum(min(low, high)),
            budgetHighNs: local.ns.clampedSum(max(low, high)), estSigmaNs: sigmaNs)
    }

    /// What the validity rules say about a window, in words; empty when the mapping is good there.
    package func problems(in window: ClosedRange<LocalInstant>) -> [String] {
        let width = hardHalfWidth(in: window).maximum
        return reasons
            + (width > 1_000_000
                ? ["the guaranteed bound reaches \(width / 1_000) us in the window"] : [])
    }

    /// The median and the largest guaranteed half width over `window`, ns.
    package func hardHalfWidth(
        in window: ClosedRange<LocalInstant>
    ) -> (median: Int64, maximum: Int64) {
        let span = window.upperBound.ns.clampedDifference(window.lowerBound.ns)
        let widths = (0...1_000).map { index in
            map(LocalInstant(ns: window.lowerBound.ns.clampedSum(span / 1_000 * index)))
                .hardHalfWidthNs
        }.sorted()
        return (widths[widths.count / 2], widths[widths.count - 1])
    }

    /// The rate of a gap; beyond the probed interval that of the outermost gap, which may have wandered.
    private func rate(of gap: Int, from knot: Int64, at ns: Int64) -> OffsetRate {
        let rates = tightened.rates
        guard !rates.isEmpty else { return tightened.unknown }
        if rates.indices.contains(gap) { return rates[gap] }
        let outermost = gap < 0 ? rates[0] : rates[rates.count - 1]
        let seconds = Double(ns.clampedDifference(knot).magnitude) / 1e9
        let wander = tightened.wanderPerSecond * seconds
        return OffsetRate(
            low: max(outermost.low - wander, tightened.unknown.low),
            high: min(outermost.high + wander, tightened.unknown.high))
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
