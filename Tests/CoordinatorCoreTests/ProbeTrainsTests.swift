import ClockSync
import RunRecord
import Testing
import TimeBase
import Wire

@testable import CoordinatorCore

private let noReading = ClockReading(rawNs: 0, monotonicNs: 0, boottimeNs: 0, realtimeNs: 0)

/// The reply of an agent whose clock is 1,000 ahead, after 20 ns on the way and 10 of its own.
private func reply(to probe: Probe, k2: Int64? = nil) -> ProbeReply {
    ProbeReply(
        train: probe.train, member: probe.member, t1: probe.t1, t2: probe.t1 + 1_020, k2: k2,
        t3: probe.t1 + 1_030, ledger: noReading)
}

private func begin(_ trains: inout ProbeTrains, at ns: Int64) throws -> Probe {
    let probe = trains.trainDue(now: LocalInstant(ns: ns))
    return try #require(probe)
}

@Suite("Trains of clock probes")
struct ProbeTrainsTests {
    @Test("A train is four exchanges, each sent on receipt of the one before")
    func train() throws {
        var trains = ProbeTrains()
        var probe = trains.trainDue(now: LocalInstant(ns: 0))
        var rows: [ProbeRow] = []
        var now: Int64 = 0
        while let sent = probe {
            now += 50
            let row = try trains.replied(
                reply(to: sent), at: LocalInstant(ns: now), kernel: nil)
            rows += [try #require(row)]
            probe = trains.nextProbe(now: LocalInstant(ns: now))
        }
        #expect(rows.map(\.exchange.member) == [0, 1, 2, 3])
        #expect(rows.map(\.exchange.t1) == [0, 50, 100, 150])
        #expect(rows.map(\.exchange.t4) == [50, 100, 150, 200])
        #expect(try begin(&trains, at: 900).train == 2)
    }

    @Test(
        "A probe counts from the instant at which it was sent, not from that at which it was made")
    func sent() throws {
        var trains = ProbeTrains()
        let probe = try begin(&trains, at: 0)
        trains.sent(at: LocalInstant(ns: 40))
        #expect(!trains.isSilent(now: LocalInstant(ns: ProbeTrains.silence.ns + 40)))
        #expect(trains.isSilent(now: LocalInstant(ns: ProbeTrains.silence.ns + 41)))
        let row = try trains.replied(reply(to: probe), at: LocalInstant(ns: 90), kernel: nil)
        #expect(row?.exchange.t1 == 40 && row?.exchange.t4 == 90)
    }

    @Test("While an answer is awaited nothing else is sent, and a late one counts")
    func late() throws {
        var trains = ProbeTrains()
        let probe = try begin(&trains, at: 0)
        let another = trains.trainDue(now: LocalInstant(ns: 1_000))
        #expect(another == nil)
        let next = trains.nextProbe(now: LocalInstant(ns: 1_000))
        #expect(next == nil)
        let row = try trains.replied(reply(to: probe), at: LocalInstant(ns: 9_999), kernel: nil)
        #expect(row?.exchange.t1 == 0 && row?.exchange.t4 == 9_999)
    }

    @Test("A reply that is doubled, invented or of a lost connection is not recorded")
    func strangeReplies() throws {
        var trains = ProbeTrains()
        let lost = try begin(&trains, at: 0)
        trains.connectionLost()
        let now = LocalInstant(ns: 2_000)
        let probe = try begin(&trains, at: 1_000)
        let answers = try [lost, probe, probe].map {
            try trains.replied(reply(to: $0), at: now, kernel: nil) != nil
        }
        #expect(answers == [false, true, false])
        let next = trains.nextProbe(now: now)
        #expect(next?.member == 1)
    }

    @Test("The coordinator's own t1 counts, whatever the reply says")
    func ownStamp() throws {
        var trains = ProbeTrains()
        let probe = try begin(&trains, at: 7)
        var answer = reply(to: probe)
        answer.t1 = -1
        let row = try trains.replied(answer, at: LocalInstant(ns: 100), kernel: nil)
        #expect(row?.exchange.t1 == 7)
    }

    @Test("A reply whose stamps lie farther apart than the exchange took is refused")
    func impossible() throws {
        var trains = ProbeTrains()
        let probe = try begin(&trains, at: 0)
        #expect(throws: ClockError.impossibleExchange(train: 1, member: 0)) {
            try trains.replied(reply(to: probe), at: LocalInstant(ns: 9), kernel: nil)
        }
    }

    @Test(
        "Kernel stamps count where they can be true, and both go where together they cannot",
        arguments: [
            (1_015, 95, 1_015, 95), (nil, 95, nil, 95), (1_021, 95, nil, 95),
            (1_015, 101, 1_015, nil), (1_015, -1, 1_015, nil), (900, 5, nil, nil),
        ] as [(Int64?, Int64?, Int64?, Int64?)])
    func kernelStamps(k2: Int64?, k4: Int64?, used2: Int64?, used4: Int64?) throws {
        var trains = ProbeTrains()
        let probe = try begin(&trains, at: 0)
        let row = try trains.replied(
            reply(to: probe, k2: k2), at: LocalInstant(ns: 100),
            kernel: k4.map { LocalInstant(ns: $0) })
        #expect(row?.exchange.k2 == used2)
        #expect(row?.exchange.k4 == used4)
    }

    @Test("A peer that answers nothing for five seconds is silent")
    func silence() {
        var trains = ProbeTrains()
        #expect(!trains.isSilent(now: LocalInstant(ns: .max)))
        _ = trains.trainDue(now: LocalInstant(ns: 0))
        #expect(!trains.isSilent(now: LocalInstant(ns: ProbeTrains.silence.ns)))
        #expect(trains.isSilent(now: LocalInstant(ns: ProbeTrains.silence.ns + 1)))
        trains.connectionLost()
        #expect(!trains.isSilent(now: LocalInstant(ns: .max)))
    }
}
