/// The bounds that the exchanges of a zone allow together if no clock jumped in it: only the rate
/// may have changed, however often, within what any two clocks part by.
struct ZoneEnvelope: Sendable {
    private let rate: Double
    /// Instants of constraints, ns of the agent's clock, ascending.
    private(set) var times: [Int64] = []
    /// The bounds at each instant by all constraints up to it, and by all from it on.
    private var forward: [OffsetBounds] = []
    private var backward: [OffsetBounds] = []

    /// - Parameters:
    ///   - edges: instants and bounds at the zone's two ends.
    ///   - probes: those between, in order of t2.
    /// - Returns: nil where the constraints contradict each other: a clock did jump.
    init?(
        _ probes: ArraySlice<ClockProbe>, edges: [(at: Int64, bounds: OffsetBounds)],
        rules: MembershipRules
    ) {
        rate = rules.rate
        var constraints = edges
        for probe in probes {
            let bounds = rules.bounds(probe)
            constraints.append((probe.t2, OffsetBounds(low: bounds.low, high: .max)))
            constraints.append((probe.t3, OffsetBounds(low: .min, high: bounds.high)))
        }
        constraints.sort { $0.at < $1.at }
        times = constraints.map(\.at)
        guard let forward = Self.swept(constraints, rate: rate),
            let backward = Self.swept(constraints.reversed(), rate: rate)
        else { return nil }
        self.forward = forward
        self.backward = backward.reversed()
    }

    private static func swept(
        _ constraints: some Sequence<(at: Int64, bounds: OffsetBounds)>, rate: Double
    ) -> [OffsetBounds]? {
        var swept: [OffsetBounds] = []
        var last: Int64?
        for (at, bounds) in constraints {
            var bounds = bounds
            if let last, let known = swept.last {
                let moved = known.widened(from: last, to: at, rate: rate)
                guard max(bounds.low, moved.low) <= min(bounds.high, moved.high) else {
                    return nil
                }
                bounds = bounds.intersection(moved)
            }
            swept.append(bounds)
            last = at
        }
        return swept
    }

    func bounds(at agentNs: Int64) -> OffsetBounds {
        let next = times.partition { $0 > agentNs }
        var bounds = OffsetBounds.unknown
        if next > 0 {
            bounds = forward[next - 1].widened(from: times[next - 1], to: agentNs, rate: rate)
        }
        if next < times.count {
            bounds = bounds.intersection(
                backward[next].widened(from: times[next], to: agentNs, rate: rate))
        }
        return bounds
    }
}

extension OffsetBounds {
    /// The bounds at another instant when the offset moves by at most `rate` ns a second.
    func widened(from: Int64, to: Int64, rate: Double) -> OffsetBounds {
        let span = Double(to.clampedDifference(from).magnitude) / 1e9
        let drift = Int64(clamped: (span * rate).rounded(.up))
        return OffsetBounds(
            low: low == .min ? .min : low.clampedDifference(drift),
            high: high == .max ? .max : high.clampedSum(drift))
    }
}

extension MembershipRules {
    /// Whether an exchange took hardly longer than the least round trip: what it allows is no wider
    /// than twice what the budget leaves.
    func isShort(_ probe: ClockProbe) -> Bool {
        Double(probe.roundTripNs) <= leastRoundTrip + 2 * shrink
    }

    /// The bounds that an exchange gives by itself: at least the low at its t2, at most the high at
    /// its t3.
    func bounds(_ probe: ClockProbe) -> OffsetBounds {
        let shrink = Int64(clamped: (min(self.shrink, probe.shrinkLimit) - slack).rounded(.down))
        return OffsetBounds(
            low: probe.lowerNs.clampedSum(shrink), high: probe.upperNs.clampedDifference(shrink))
    }
}
