/// One probe exchange between the coordinator (C) and an agent (A), all stamps in ns of each side's
/// CLOCK_MONOTONIC_RAW.
package struct ClockExchange: Hashable, Sendable {
    /// The train it belongs to, and its place in it; member 0 pays the hosts' cold wake-up.
    package var train: UInt32
    package var member: UInt16
    /// C sent the probe.
    package var t1: Int64
    /// A received it.
    package var t2: Int64
    /// A sent the reply.
    package var t3: Int64
    /// C received the reply.
    package var t4: Int64
    /// The kernel's stamps of the two receipts, on the same clocks as `t2` and `t4` and not after
    /// them; nil where there is none that can be used. They are nearer to the truth, but were
    /// converted from CLOCK_REALTIME, which can be stepped: they improve the point estimate, and
    /// what is guaranteed rests on `t2` and `t4` alone.
    package var k2: Int64?
    package var k4: Int64?

    package init(
        train: UInt32, member: UInt16, t1: Int64, t2: Int64, t3: Int64, t4: Int64,
        k2: Int64? = nil, k4: Int64? = nil
    ) {
        self.k2 = k2
        self.k4 = k4
        self.train = train
        self.member = member
        self.t1 = t1
        self.t2 = t2
        self.t3 = t3
        self.t4 = t4
    }

    /// The exchange with the kernel's stamps in place of the processes' own, where it has them.
    package var stampedByKernel: ClockExchange {
        var exchange = self
        exchange.t2 = k2 ?? t2
        exchange.t4 = k4 ?? t4
        return exchange
    }

    /// The round trip without the agent's turnaround, in ns; nil when the stamps contradict
    /// themselves (a negative round trip, or spans beyond Int64).
    package var roundTripNs: Int64? {
        let (outer, a) = t4.subtractingReportingOverflow(t1)
        let (inner, b) = t3.subtractingReportingOverflow(t2)
        guard !a, !b, outer >= 0, inner >= 0, outer >= inner else { return nil }
        return outer - inner
    }

    /// The midpoint estimate of coordinator minus agent, in ns; nil beyond Int64.
    package var offsetNs: Int64? {
        let (out, a) = t1.subtractingReportingOverflow(t2)
        let (back, b) = t4.subtractingReportingOverflow(t3)
        guard !a, !b else { return nil }
        return back + (out - back) / 2
    }
}
