/// Finds the breaks of a run, and the bounds about them.
struct BreakFinder: Sendable {
    let events: [ClockEvent]
    /// Where the point starts afresh, ascending: once or twice an event.
    let partings: [PointParting]
    private let stretches: [ClockStretch]
    private let hard: MembershipRules
    private let budget: MembershipRules
    private let map: BoundMap

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
        var map = BoundMap(stretches, events: zones, hard: hard, budget: budget)
        let known = zones
        // Where no change of rate explains a zone there may be two, as of a slew, and its end after
        // the last exchange that shows it.
        zones = ClockStretch.merged(
            zones.map { zone in
                map.isContinuous(over: zone)
                    ? zone : stretches.reduce(zone) { $1.withGapsBeside(zone, in: $0) }
            })
        if zones != known {
            map = BoundMap(stretches, events: zones, hard: hard, budget: budget)
        }
        let kinds = zones.map { zone -> ClockEvent.Kind in
            let slept = suspends.contains { zone.overlaps($0.fromNs...$0.toNs) }
            return map.isContinuous(over: zone) ? .rate : slept ? .suspend : .step
        }
        let placements = BreakPlacement.all(zones, kinds, of: stretches)
        partings = zip(kinds, placements).flatMap { kind, placement in
            placement.partings.map { PointParting(at: $0, isContinuous: kind == .rate) }
        }
        events = zones.indices.map { index in
            ClockEvent(
                kind: kinds[index], fromAgentNs: zones[index].lowerBound,
                toAgentNs: zones[index].upperBound, atAgentNs: placements[index].at)
        }
        self.map = map
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
