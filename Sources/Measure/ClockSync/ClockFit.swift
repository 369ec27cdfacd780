package import TimeBase

/// The mapping from one agent's CLOCK_MONOTONIC_RAW to the coordinator's, fitted to probe
/// exchanges.
///
/// It says three things about every instant, see ``MappedInstant``: an interval that holds the
/// truth under assumptions about oscillators alone, one that also trusts the network's symmetry to
/// a stated share, and a point with its spread. Online the same initialiser is given the exchanges
/// of the last minute.
package struct ClockFit: Sendable {
    /// The options that the fit was made with.
    package let options: ClockFitOptions
    /// Exchanges that the fit rests on.
    package let exchanges: Int
    /// The least round trip seen, ns; of members 1 and later where there are any.
    package let minRTTNs: Int64
    /// The rate of coordinator against agent, in ppm over the probed interval; nil below a second.
    package let skewPPM: Double?
    /// Breaks that the bounds see, in order of time.
    package let events: [ClockEvent]
    /// Breaks too small for the bounds that the residuals suggest, in order of time.
    package let suspected: [SuspectedBreak]

    /// From the first to the last stamp of the agent in a probe.
    let probed: ClosedRange<LocalInstant>
    /// How many trains had an exchange that was answered.
    let trains: Int
    let ledger: ClockLedger
    let bounds: BoundMap
    let points: PointModel

    /// Fits `exchanges` and the agent's own `readings`, both in any order.
    ///
    /// - Throws: ``ClockError`` for no exchange, one that contradicts itself, or an agent's clock
    ///   that jumps back time and again.
    /// - Complexity: O(n log n); O(n) where the exchanges are in order.
    package init(
        exchanges: [ClockExchange], readings: [ClockReading] = [],
        options: ClockFitOptions = ClockFitOptions()
    ) throws(ClockError) {
        self.options = options
        self.exchanges = exchanges.count
        let probes = try ClockProbe.all(of: exchanges)
        guard let floor = RoundTripFloor(probes) else { throw .noExchange }
        minRTTNs = floor.leastNs
        let hard = MembershipRules(
            rate: options.maximumRatePPM * 1e3, wander: options.wanderPPBPerSecond, shrink: 0,
            leastRoundTrip: Double(floor.leastNs))
        var budget = hard
        budget.shrink = (1 - options.asymmetryBudget) * Double(floor.surelyNs) / 2
        let first = probes.reduce(Int64.max) { min($0, $1.t2) }
        let last = probes.reduce(Int64.min) { max($0, $1.t3) }
        probed = LocalInstant(ns: first)...LocalInstant(ns: last)
        trains = Set(probes.lazy.map(\.train)).count
        ledger = ClockLedger(readings)
        let stretches = try ClockStretch.all(
            of: probes, spacingNs: max(1, options.knotSpacing.ns), rate: hard.rate)
        let finder = BreakFinder(
            stretches, hard: hard, budget: budget, suspends: ledger.suspends)
        events = finder.events
        points = PointModel(stretches, partings: finder.partings)
        suspected = points.suspected
        bounds = finder.bounds(parted: suspected)
        skewPPM = points.meanRate.map { $0 / 1e3 }
    }

    /// Maps an agent's stamp.
    ///
    /// - Complexity: O(log exchanges).
    package func map(_ local: LocalInstant) -> MappedInstant {
        let pair = bounds.bounds(at: local.ns)
        let hard = pair?.hard ?? .unknown
        let budget = pair?.budget ?? .unknown
        let estimate = points.estimate(at: local.ns)
        let middle = budget.low.clampedSum(budget.high.clampedDifference(budget.low) / 2)
        let offset = min(max(estimate?.offsetNs ?? middle, budget.low), budget.high)
        // Three of them reach no farther than what is guaranteed.
        let farther = max(hard.high.clampedDifference(offset), offset.clampedDifference(hard.low))
        let sigma =
            estimate?.sigma ?? Double(budget.high.clampedDifference(budget.low)) / 6
        return MappedInstant(
            coordinatorNs: local.ns.clampedSum(offset),
            hardLowNs: local.ns.clampedSum(hard.low), hardHighNs: local.ns.clampedSum(hard.high),
            budgetLowNs: local.ns.clampedSum(budget.low),
            budgetHighNs: local.ns.clampedSum(budget.high),
            estSigmaNs: min(sigma, Double(farther) / 3))
    }
}

extension ClockFit: CustomStringConvertible {
    package var description: String {
        "fit of \(exchanges) exchanges, least round trip \(minRTTNs) ns, \(events.count) events, "
            + "\(suspected.count) suspected"
    }
}
