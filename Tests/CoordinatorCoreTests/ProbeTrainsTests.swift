import ClockSync
import Testing
import TimeBase
import Wire

@testable import CoordinatorCore

private func reply(to probe: Probe) -> ProbeReply {
    ProbeReply(
        train: probe.train, member: probe.member, t1: probe.t1, t2: probe.t1 + 100,
        t3: probe.t1 + 110,
        ledger: LedgerRow(rawNs: 0, monotonicNs: 0, boottimeNs: 0, realtimeNs: 0))
}

@Suite("Trains of clock probes")
struct ProbeTrainsTests {
    @Test("A train is four exchanges, each sent on receipt of the one before")
    func train() {
        var trains = ProbeTrains()
        var probe: Probe? = trains.trainDue(now: LocalInstant(ns: 0))
        var now: Int64 = 0
        while let sent = probe {
            now += 50
            probe = trains.replied(reply(to: sent), now: LocalInstant(ns: now))
        }
        #expect(trains.exchanges.map(\.member) == [0, 1, 2, 3])
        #expect(trains.exchanges.map(\.t1) == [0, 50, 100, 150])
        #expect(trains.exchanges.map(\.t4) == [50, 100, 150, 200])
    }

    @Test("A reply that is late, doubled or invented is not recorded")
    func strangeReplies() {
        var trains = ProbeTrains()
        let lost = trains.trainDue(now: LocalInstant(ns: 0))
        let probe = trains.trainDue(now: LocalInstant(ns: 1_000))
        #expect(trains.replied(reply(to: lost), now: LocalInstant(ns: 1_001)) == nil)
        #expect(trains.replied(reply(to: probe), now: LocalInstant(ns: 1_010))?.member == 1)
        #expect(trains.replied(reply(to: probe), now: LocalInstant(ns: 1_020)) == nil)
        #expect(trains.exchanges.count == 1)
    }
}
