/// Finds the breaks of a run, and the bounds about them.
struct BreakFinder: Sendable {
    private(set) var events: [ClockEvent] = []
    /// Where the point starts afresh, ascending: once or twice an event.
    private(set) var partings: [Int64] = []
    private let stretches: [ClockStretch]
    private let hard: MembershipRules
    private let budget: MembershipRules
    private var map: BoundMap

    /// - Parameter suspends: times in which the agent's own clocks say that its host stood still.
    init(
        _ stretches: [ClockStretch], hard: MembershipRules, budget: MembershipRules,
        suspends: [ClockLedger.Jump]
    ) {
        self.stretches = stretches
        self.hard = hard
        self.budget = budget
        var zones: [ClosedRange<Int64>] = []
        for stretch in stretches {
            for zone in BreakDetection.zones(stretch, rules: budget) {
                zones.append(
                    stretch.withAllStamps(
                        stretch.interval(zone.lowerBound..<zone.upperBound + 1)))
            }
        }
        for (number, late) in stretches.enumerated().dropFirst() {
            for early in stretches[..<number] where late.startNs <= early.endNs {
                zones.append(late.startNs...early.endNs)
            }
            // The last of one and the first of the next are those about the jump.
            let before = stretches[number - 1]
            zones.append(
                ClockProbe.stamps(
                    between: before.probes[before.probes.count - 1], and: late.probes[0]))
        }
        zones = ClockStretch.merged(zones)
        map = BoundMap(stretches, events: zones, hard: hard, budget: budget)
        for zone in zones {
            let slept = suspends.contains { zone.overlaps($0.fromNs...$0.toNs) }
            let kind: ClockEvent.Kind =
                map.isContinuous(over: zone) ? .rate : slept ? .suspend : .step
            let within = stretches.filter { $0.spanNs.overlaps(zone) }
            // Where the clock jumped back, all stamps of the zone are those of two instants.
            let at =
                within.count == 1
                ? BreakPlacement.place(kind, in: zone, of: within[0], others: zones)
                : zone.upperBound
            partings +=
                within.count == 1
                ? BreakPlacement.partings(at, in: zone, of: within[0], others: zones) : [at]
            events.append(
                ClockEvent(
                    kind: kind, fromAgentNs: zone.lowerBound, toAgentNs: zone.upperBound,
                    atAgentNs: at))
        }
    }

    /// The bounds, which extrapolate across neither an event nor one of `suspected`.
    func bounds(parted suspected: [SuspectedBreak]) -> BoundMap {
        guard !suspected.isEmpty else { return map }
        let zones = suspected.flatMap { place in
            let zone = place.fromAgentNs...place.toAgentNs
            return stretches.filter { $0.spanNs.overlaps(zone) }.map { $0.withAllStamps(zone) }
        }
        return BoundMap(
            stretches, events: events.map { $0.fromAgentNs...$0.toAgentNs }, suspected: zones,
            hard: hard, budget: budget)
    }
}
