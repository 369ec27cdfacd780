/// An exchange as the fit uses it: what it says about g = coordinator - agent.
struct ClockProbe: Hashable, Sendable {
    /// Agent time at which g >= ``lowerNs``.
    var t2: Int64
    /// Agent time at which g <= ``upperNs``.
    var t3: Int64
    var lowerNs: Int64
    var upperNs: Int64
    var roundTripNs: Int64
    /// Both limits and the round trip by the kernel's stamps, for the point estimate alone: where
    /// an exchange has both stamps, else the same as above. One alone would move the middle.
    var pointLowerNs: Int64
    var pointUpperNs: Int64
    var pointRoundTripNs: Int64
    /// Whether it counts for the point estimate: member 0 pays the hosts' cold wake-up.
    var isPoint: Bool
    var train: UInt32
    /// Coordinator time, for the order of exchanges whatever the agent's clock does.
    var t1: Int64
    var t4: Int64
    /// No constraint is moved beyond its exchange's middle, ns.
    var shrinkLimit: Double
}

extension ClockProbe {
    /// A midpoint between stamps farther apart than this, ns, is nowhere near either.
    private static let longestTurnaround: Int64 = 1_000_000_000

    /// The exchanges as probes, in order of coordinator time, each once.
    static func all(of exchanges: [ClockExchange]) throws(ClockError) -> [ClockProbe] {
        var probes: [ClockProbe] = []
        probes.reserveCapacity(exchanges.count)
        for exchange in exchanges {
            let (lower, a) = exchange.t1.subtractingReportingOverflow(exchange.t2)
            let (upper, b) = exchange.t4.subtractingReportingOverflow(exchange.t3)
            guard let rtt = exchange.roundTripNs, !a, !b else {
                throw .impossibleExchange(train: exchange.train, member: exchange.member)
            }
            let exact =
                exchange.k2 == nil || exchange.k4 == nil ? exchange : exchange.stampedByKernel
            let exactTrip = exact.roundTripNs
            probes.append(
                ClockProbe(
                    t2: exchange.t2, t3: exchange.t3, lowerNs: lower, upperNs: upper,
                    roundTripNs: rtt,
                    pointLowerNs: exactTrip == nil ? lower : exact.t1.clampedDifference(exact.t2),
                    pointUpperNs: exactTrip == nil ? upper : exact.t4.clampedDifference(exact.t3),
                    pointRoundTripNs: exactTrip ?? rtt,
                    isPoint: exchange.member > 0 && exchange.t3 - exchange.t2 < longestTurnaround,
                    train: exchange.train, t1: exchange.t1, t4: exchange.t4,
                    shrinkLimit: Double(rtt) / 2))
        }
        // A run of nothing but first members has its point estimate from these.
        if !probes.contains(where: \.isPoint) {
            for index in probes.indices { probes[index].isPoint = true }
        }
        func isBefore(_ a: ClockProbe, _ b: ClockProbe) -> Bool {
            (a.t1, a.t4, a.t2, a.t3) < (b.t1, b.t4, b.t2, b.t3)
        }
        if zip(probes, probes.dropFirst()).contains(where: { isBefore($1, $0) }) {
            probes.sort(by: isBefore)
        }
        var last: ClockProbe?
        probes.removeAll { probe in
            defer { last = probe }
            return probe == last
        }
        return probes
    }
}
