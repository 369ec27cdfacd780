package import ClockSync
package import TimeBase
package import Wire

/// The clock probes of one agent: trains of back-to-back exchanges, and what they brought.
///
/// Single spaced probes pay the hosts' cold wake-up; in a train each exchange is sent on receipt of
/// the one before, so the later members see a warm path. A train whose reply is missing when the next
/// one is due has ended there.
package struct ProbeTrains: Sendable {
    /// Exchanges of a train.
    package static let members: UInt16 = 4
    /// The most exchanges kept: 3 days at 4 a train and 1 train a second.
    package static let limit = 1 << 20

    /// Every exchange that was answered, in order.
    package private(set) var exchanges: [ClockExchange] = []
    private var train: UInt32 = 0
    private var awaited: (train: UInt32, member: UInt16)?

    package init() {}

    /// A new train is due: its first probe, to be sent at once.
    package mutating func trainDue(now: LocalInstant) -> Probe {
        train &+= 1
        awaited = (train, 0)
        return Probe(train: train, member: 0, t1: now.ns)
    }

    /// A reply arrived at `now`: the train's next probe, nil when the train is complete or the reply
    /// is not the one awaited.
    package mutating func replied(_ reply: ProbeReply, now: LocalInstant) -> Probe? {
        guard let expected = awaited, expected == (reply.train, reply.member) else { return nil }
        awaited = nil
        if exchanges.count < Self.limit {
            exchanges.append(
                ClockExchange(
                    train: reply.train, member: reply.member, t1: reply.t1, t2: reply.t2,
                    t3: reply.t3, t4: now.ns))
        }
        let next = reply.member + 1
        guard next < Self.members else { return nil }
        awaited = (reply.train, next)
        return Probe(train: reply.train, member: next, t1: now.ns)
    }
}
