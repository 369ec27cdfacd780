/// A zone of the agent's clock in which a break lies: nothing is extrapolated across it.
///
/// Whatever the clocks did in it, the piece between two breaks in which an instant lies has an
/// exchange next to the instant, before or after, or reaches to the zone's edge: so the hull of what
/// these two say holds, however many breaks the zone has, as long as each piece has an exchange.
struct BreakZone: Sendable {
    /// The exchanges of one stretch in the zone, and the bounds at its edges.
    struct Track: Sendable {
        /// In order of t2: those in the zone, and one more on each side where there is one.
        var probes: ArraySlice<ClockProbe>
        /// What is extrapolated from the side instead of that one more.
        var left: BoundSegment?
        var right: BoundSegment?
    }

    let fromNs: Int64
    let toNs: Int64
    /// One for each stretch: two where the agent's clock jumped back over the zone.
    let tracks: [Track]
    let hard: MembershipRules
    let budget: MembershipRules

    func bounds(at agentNs: Int64) -> BoundPair? {
        tracks.reduce(nil) { BoundPair.hull($0, bounds(at: agentNs, of: $1)) }
    }

    /// The hull over all pairs of neighbours between which the instant can lie.
    private func bounds(at agentNs: Int64, of track: Track) -> BoundPair? {
        let probes = track.probes
        var result: BoundPair?
        var isBeside = false
        for index in probes.indices.dropLast() {
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
        func drift(_ from: Int64) -> Int64 {
            let span = Double(agentNs.clampedDifference(from).magnitude) / 1e9
            return Int64(clamped: (span * rules.rate + rules.slack).rounded(.up))
        }
        let shrink = Int64(clamped: min(rules.shrink, probe.shrinkLimit).rounded(.down))
        return OffsetBounds(
            low: probe.lowerNs.clampedSum(shrink).clampedDifference(drift(probe.t2)),
            high: probe.upperNs.clampedDifference(shrink).clampedSum(drift(probe.t3)))
    }
}

extension ClockProbe {
    /// A round trip longer than this, ns, was held up by the network or a host that stood still, and
    /// the agent's clock is not taken to have run through it.
    private static let longestFlight: Int64 = 20_000_000

    /// Which stamps the agent can have taken between two neighbouring exchanges, their own included:
    /// more than those between theirs when its clock was set back, for then it ran up to the break
    /// and came by the same stamps again.
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
