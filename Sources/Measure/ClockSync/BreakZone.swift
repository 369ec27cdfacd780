/// A zone of the agent's clock in which a break lies: nothing is extrapolated across it.
///
/// Whatever the clocks did in it, the piece between two breaks in which an instant lies has an
/// exchange next to the instant, before or after, or reaches to the zone's edge: so the hull of
/// what these two say holds, however many breaks the zone has, as long as each piece has an
/// exchange.
struct BreakZone: Sendable {
    /// The exchanges of one stretch in the zone, and the bounds at its edges.
    struct Track: Sendable {
        /// In order of t2: those in the zone, and one more on each side where there is one.
        var probes: ArraySlice<ClockProbe>
        /// The segment of each side that is extrapolated where that one more is missing.
        var left: BoundSegment?
        var right: BoundSegment?
        /// How far from its t2 an exchange has stamps between it and a neighbour, at most, ns.
        private(set) var reach: Int64

        init(probes: ArraySlice<ClockProbe>, left: BoundSegment?, right: BoundSegment?) {
            (self.probes, self.left, self.right) = (probes, left, right)
            reach = zip(probes, probes.dropFirst()).reduce(0) { reach, pair in
                let stamps = ClockProbe.stamps(between: pair.0, and: pair.1)
                return max(
                    reach, stamps.upperBound.clampedDifference(pair.0.t2),
                    pair.0.t2.clampedDifference(stamps.lowerBound))
            }
        }
    }

    let fromNs: Int64
    let toNs: Int64
    /// One for each stretch: two where the agent's clock jumped back over the zone.
    let tracks: [Track]
    let hard: MembershipRules
    let budget: MembershipRules
    /// The knowledge beside the hull: that of a change of rate, or of a break too small to be an
    /// event.
    let knowledge: Knowledge

    enum Knowledge: Sendable {
        case nothing
        case continuous(hard: ZoneEnvelope, budget: ZoneEnvelope)
        case small(before: OneSidedBounds, after: OneSidedBounds)
    }

    /// Whether the rate changed rather than that a clock jumped.
    var isContinuous: Bool {
        if case .continuous = knowledge { return true }
        return false
    }

    /// - Parameter sides: where bounds do not contradict each other and there is one break at most:
    ///   what is known from before, and from after, each instant.
    init(
        _ zone: ClosedRange<Int64>, tracks: [Track], hard: MembershipRules,
        budget: MembershipRules, sides: (before: OneSidedBounds, after: OneSidedBounds)?
    ) {
        (fromNs, toNs) = (zone.lowerBound, zone.upperBound)
        (self.tracks, self.hard, self.budget) = (tracks, hard, budget)
        if let sides {
            knowledge = .small(before: sides.before, after: sides.after)
            return
        }
        guard tracks.count == 1, let left = tracks[0].left, let right = tracks[0].right else {
            knowledge = .nothing
            return
        }
        let edges = [(zone.lowerBound, left), (zone.upperBound, right)]
            .map { ($0, $1.bounds(at: $0)) }
        let probes = tracks[0].probes.dropFirst().dropLast()
        guard Self.meet(left, right, in: zone), !Self.isBlind(probes, in: zone, budget),
            let envelope = ZoneEnvelope(
                probes, edges: edges.map { ($0, $1.hard) }, rules: hard),
            let narrow = ZoneEnvelope(
                probes, edges: edges.map { ($0, $1.budget) }, rules: budget)
        else {
            knowledge = .nothing
            return
        }
        knowledge = .continuous(hard: envelope, budget: narrow)
    }

    /// A jump can hide among long round trips that last longer than this, ns.
    private static let blindNs: Int64 = 1_000_000_000

    /// Whether for some time in the zone no exchange had a short round trip.
    private static func isBlind(
        _ probes: ArraySlice<ClockProbe>, in zone: ClosedRange<Int64>, _ rules: MembershipRules
    ) -> Bool {
        var last = zone.lowerBound
        for probe in probes where rules.isShort(probe) {
            if probe.t2.clampedDifference(last) > blindNs { return true }
            last = probe.t2
        }
        return zone.upperBound.clampedDifference(last) > blindNs
    }

    /// Whether what is before and what is after can meet somewhere in the zone.
    private static func meet(
        _ left: BoundSegment, _ right: BoundSegment, in zone: ClosedRange<Int64>
    ) -> Bool {
        let steps: Int64 = 200
        let span = zone.upperBound.clampedDifference(zone.lowerBound)
        return (0...steps).contains { step in
            let at = zone.lowerBound + span / steps * step
            let (a, b) = (left.bounds(at: at).budget, right.bounds(at: at).budget)
            return max(a.low, b.low) <= min(a.high, b.high)
        }
    }

    func bounds(at agentNs: Int64) -> BoundPair? {
        let hull = tracks.reduce(nil) { BoundPair.hull($0, bounds(at: agentNs, of: $1)) }
        guard let hull else { return nil }
        switch knowledge {
        case .nothing: return hull
        case .continuous(let hard, let budget):
            return hull.intersection(
                BoundPair(hard: hard.bounds(at: agentNs), budget: budget.bounds(at: agentNs)))
        case .small(let before, let after):
            // The break is after the instant or before it: one of the two has none.
            guard let early = before.bounds(at: agentNs), let late = after.bounds(at: agentNs),
                let both = BoundPair.hull(early, late)
            else { return hull }
            return hull.intersection(both)
        }
    }

    /// The hull over all pairs of neighbours between which the instant can lie.
    private func bounds(at agentNs: Int64, of track: Track) -> BoundPair? {
        let probes = track.probes
        var result: BoundPair?
        var isBeside = false
        // A pair can hold the instant only where the early one's t2 is within reach of it.
        let first = probes.partition { $0.t2 >= agentNs.clampedDifference(track.reach) }
        let last = probes.dropLast().partition { $0.t2 > agentNs.clampedSum(track.reach) }
        for index in first..<max(first, last) {
            let between = ClockProbe.stamps(between: probes[index], and: probes[index + 1])
            guard between.contains(agentNs) else { continue }
            result = BoundPair.hull(result, pair(index, of: track, at: agentNs))
            result = BoundPair.hull(result, pair(index + 1, of: track, at: agentNs))
            isBeside = true
        }
        if isBeside || probes.isEmpty { return result }
        let next = probes.partition { $0.t2 > agentNs }
        let before = next > probes.startIndex ? pair(next - 1, of: track, at: agentNs) : nil
        let after = next < probes.endIndex ? pair(next, of: track, at: agentNs) : nil
        return BoundPair.hull(before, after)
    }

    private func pair(_ index: Int, of track: Track, at agentNs: Int64) -> BoundPair {
        if index == track.probes.startIndex, let left = track.left {
            return left.bounds(at: agentNs)
        }
        if index == track.probes.endIndex - 1, let right = track.right {
            return right.bounds(at: agentNs)
        }
        return pair(track.probes[index], at: agentNs)
    }

    private func pair(_ probe: ClockProbe, at agentNs: Int64) -> BoundPair {
        BoundPair(
            hard: bounds(probe, at: agentNs, hard), budget: bounds(probe, at: agentNs, budget))
    }

    private func bounds(
        _ probe: ClockProbe, at agentNs: Int64, _ rules: MembershipRules
    ) -> OffsetBounds {
        let own = rules.bounds(probe)
        return OffsetBounds(
            low: own.widened(from: probe.t2, to: agentNs, rate: rules.rate).low,
            high: own.widened(from: probe.t3, to: agentNs, rate: rules.rate).high)
    }
}

extension ClockProbe {
    /// A round trip longer than this, ns, was held up by the network or a host that stood still,
    /// and the agent's clock is not taken to have run through it.
    private static let longestFlight: Int64 = 20_000_000

    /// Which stamps the agent can have taken between two neighbouring exchanges, their own
    /// included: more than those between theirs when its clock was set back, for then it ran up to
    /// the break and came by the same stamps again.
    static func stamps(between early: ClockProbe, and late: ClockProbe) -> ClosedRange<Int64> {
        let apart = max(0, late.t1.clampedDifference(early.t4))
            .clampedSum(min(early.roundTripNs, longestFlight))
            .clampedSum(min(late.roundTripNs, longestFlight))
        // By an agent's clock that is up to 1,000 ppm fast.
        let span = apart.clampedSum(apart / 1_000 + 1)
        let low = min(early.t2, late.t2.clampedDifference(span))
        return low...max(low, late.t3, early.t3.clampedSum(span))
    }
}
