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
/// The exchange with the least round trip in each quarter of a second is a knot: there the offset (coordinator
/// minus agent) is the midpoint, known to half the round trip. Between knots the offset is
/// interpolated; the guaranteed interval is what both neighbours allow when the clocks part by at
/// most 600 ppm. Outside the probed interval only the nearest knot speaks, and the bound widens.
package struct ClockFit: Sendable {
    /// The largest rate at which two clocks are assumed to part, in parts per million.
    package static let maximumRatePPM: Int64 = 600
    /// Width of the windows of which the best exchange becomes a knot.
    package static let windowNs: Int64 = 250_000_000

    struct Knot: Hashable, Sendable {
        /// Agent time, midway between t2 and t3.
        var agentNs: Int64
        var offsetNs: Int64
        var halfWidthNs: Int64
    }

    let knots: [Knot]
    /// Exchanges that the fit rests on.
    package let exchanges: Int
    /// The least round trip seen, ns.
    package let minRTTNs: Int64
    /// The rate of coordinator against agent, in ppm over the probed interval; nil below a second.
    package let skewPPM: Double?
    /// Reasons why the mapping does not hold; empty when it does.
    package let reasons: [String]

    /// Whether the guaranteed interval exists everywhere in the probed interval.
    package var isValid: Bool { reasons.isEmpty }

    /// Fits `exchanges`, in any order.
    ///
    /// - Throws: ``ClockError`` for no exchange, or one that contradicts itself.
    /// - Complexity: O(n log n).
    package init(exchanges: [ClockExchange]) throws(ClockError) {
        var best: [Int64: Knot] = [:]
        var least = Int64.max
        for exchange in exchanges {
            guard let rtt = exchange.roundTripNs, let offset = exchange.offsetNs else {
                throw .impossibleExchange(train: exchange.train, member: exchange.member)
            }
            least = min(least, rtt)
            let knot = Knot(
                agentNs: exchange.t2 + (exchange.t3 - exchange.t2) / 2, offsetNs: offset,
                halfWidthNs: rtt / 2 + 1)
            let window = exchange.t2.floorDivided(by: Self.windowNs)
            if let held = best[window], held.halfWidthNs <= knot.halfWidthNs { continue }
            best[window] = knot
        }
        guard !best.isEmpty else { throw .noExchange }
        knots = best.values.sorted { $0.agentNs < $1.agentNs }
        self.exchanges = exchanges.count
        minRTTNs = least
        let first = knots[0]
        let last = knots[knots.count - 1]
        let span = last.agentNs.clampedDifference(first.agentNs)
        skewPPM =
            span >= 1_000_000_000
            ? Double(last.offsetNs.clampedDifference(first.offsetNs)) / Double(span) * 1e6 : nil
        reasons = Self.contradictions(in: knots)
    }

    /// Maps an agent's stamp.
    ///
    /// - Complexity: O(log knots).
    package func map(_ local: LocalInstant) -> MappedInstant {
        let upper = firstKnot(after: local.ns)
        let left = upper > 0 ? knots[upper - 1] : nil
        let right = upper < knots.count ? knots[upper] : nil
        var low = Int64.min
        var high = Int64.max
        for case let knot? in [left, right] {
            let slack = knot.halfWidthNs.clampedSum(Self.drift(over: local.ns, from: knot.agentNs))
            low = max(low, knot.offsetNs.clampedDifference(slack))
            high = min(high, knot.offsetNs.clampedSum(slack))
        }
        let offset = min(max(interpolated(local.ns, left, right), min(low, high)), max(low, high))
        return MappedInstant(
            coordinatorNs: local.ns.clampedSum(offset),
            hardLowNs: local.ns.clampedSum(min(low, high)),
            hardHighNs: local.ns.clampedSum(max(low, high)))
    }

    private func interpolated(_ ns: Int64, _ left: Knot?, _ right: Knot?) -> Int64 {
        guard let left else { return right?.offsetNs ?? 0 }
        guard let right, right.agentNs > left.agentNs else { return left.offsetNs }
        let share =
            Double(ns.clampedDifference(left.agentNs))
            / Double(right.agentNs.clampedDifference(left.agentNs))
        let rise = Double(right.offsetNs.clampedDifference(left.offsetNs)) * share
        return left.offsetNs.clampedSum(Int64(exactly: rise.rounded()) ?? 0)
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

    private static func drift(over ns: Int64, from knot: Int64) -> Int64 {
        let (difference, overflow) = ns.subtractingReportingOverflow(knot)
        guard !overflow else { return Int64.max / 4 }
        return Int64((Double(difference.magnitude) * Double(maximumRatePPM) / 1e6).rounded(.up))
    }

    private static func contradictions(in knots: [Knot]) -> [String] {
        var reasons: [String] = []
        for (a, b) in zip(knots, knots.dropFirst()) {
            let allowed = a.halfWidthNs.clampedSum(b.halfWidthNs)
                .clampedSum(drift(over: b.agentNs, from: a.agentNs))
            let moved = b.offsetNs.clampedDifference(a.offsetNs).magnitude
            guard moved > UInt64(allowed) else { continue }
            reasons.append(
                "the clocks moved apart by \(moved) ns within \(b.agentNs.clampedDifference(a.agentNs)) ns of agent "
                    + "time, more than \(maximumRatePPM) ppm: one of them was stepped or paused")
        }
        return reasons
    }
}
