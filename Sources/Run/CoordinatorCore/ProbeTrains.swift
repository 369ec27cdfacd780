package import ClockSync
package import RunRecord
package import TimeBase
package import Wire

/// The clock probes of one agent: trains of back-to-back exchanges.
///
/// Single spaced probes pay the hosts' cold wake-up; in a train each exchange is sent on receipt of
/// the one before, so the later members see a warm path. The connection is a stream, so a probe
/// that is late holds up every later one: while an answer is awaited no further train begins, and
/// what comes late counts, for it bounds like any other.
package struct ProbeTrains: Sendable {
    /// Exchanges of a train.
    package static let members = ProbeRow.trainMembers
    /// A peer that leaves a probe unanswered for this long is behind a dead connection.
    package static let silence = TimeSpan.seconds(5)

    private var train: UInt32 = 0
    private var awaited: Probe?
    /// The position of the train's next probe; nil outside a train.
    private var nextMember: UInt16?

    package init() {}

    /// A new train is due: its first probe, to be sent at once; nil while an answer is awaited.
    package mutating func trainDue(now: LocalInstant) -> Probe? {
        guard awaited == nil else { return nil }
        train &+= 1
        nextMember = 0
        return nextProbe(now: now)
    }

    /// The train's next probe, to be sent at once; nil when it is complete, or an answer is
    /// awaited.
    package mutating func nextProbe(now: LocalInstant) -> Probe? {
        guard awaited == nil, let member = nextMember else { return nil }
        nextMember = member + 1 < Self.members ? member + 1 : nil
        awaited = Probe(train: train, member: member, t1: now.ns)
        return awaited
    }

    /// The probe was sent at `instant`, not before the instant that it was made at: its t1.
    package mutating func sent(at instant: LocalInstant) {
        precondition(awaited != nil, "a probe was sent that nobody made")
        awaited?.t1 = instant.ns
    }

    /// A reply arrived at `now`, by the kernel's own stamp at `kernel`: what it tells, nil when it
    /// is not the one awaited. ``nextProbe(now:)`` has what follows.
    ///
    /// - Throws: ``ClockError`` for a reply that cannot be: a peer whose stamps lie farther apart
    ///   than the exchange took.
    package mutating func replied(
        _ reply: ProbeReply, at now: LocalInstant, kernel: LocalInstant?
    ) throws(ClockError) -> ProbeRow? {
        guard let probe = awaited, probe.train == reply.train, probe.member == reply.member
        else { return nil }
        awaited = nil
        var exchange = ClockExchange(
            train: probe.train, member: probe.member, t1: probe.t1, t2: reply.t2, t3: reply.t3,
            t4: now.ns)
        guard exchange.roundTripNs != nil else {
            throw .impossibleExchange(train: probe.train, member: probe.member)
        }
        exchange.addKernelStamps(k2: reply.k2, k4: kernel?.ns)
        return ProbeRow(exchange: exchange, reading: reply.ledger)
    }

    /// The connection is gone, and with it what was on its way.
    package mutating func connectionLost() {
        awaited = nil
        nextMember = nil
    }

    /// Whether an answer has been awaited for longer than ``silence``.
    package func isSilent(now: LocalInstant) -> Bool {
        guard let awaited else { return false }
        return now - LocalInstant(ns: awaited.t1) > Self.silence
    }
}

extension ClockExchange {
    /// Takes each stamp of the kernel that can be true: not after the process's own reading of the
    /// same receipt, not before the message could have been there (`k4` not before `t1`; the agent
    /// checks `k2` by its own reply before), and leaving the round trip above zero. Another says
    /// that CLOCK_REALTIME was stepped between the stamp and its conversion.
    fileprivate mutating func addKernelStamps(k2: Int64?, k4: Int64?) {
        if let k2, k2 <= t2 { self.k2 = k2 }
        if let k4, (t1...t4).contains(k4) { self.k4 = k4 }
        guard stampedByKernel.roundTripNs == nil else { return }
        self.k2 = nil
        self.k4 = nil
    }
}
