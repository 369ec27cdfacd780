import ClockSync
import Journal
import JournalSamples
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@Suite("The facts of a journal, folded")
struct RunRecordTests {
    /// The record of the entries of `draft`, each at the byte at which it begins.
    private func fold(_ draft: JournalDraft) -> RunRecord {
        var record = RunRecord()
        for (entry, range) in zip(draft.entries, draft.ranges.dropFirst()) {
            record.add(entry, at: range.lowerBound)
        }
        return record
    }

    private func joined(agents: Int = 2, requests: Int = 4) -> JournalDraft {
        var draft = JournalDraft(agents: agents, requests: requests)
        draft.open()
        for agent in 0..<agents { draft.hear(.hello(JournalDraft.hello(agent)), by: agent) }
        return draft
    }

    @Test("Facts in their order are what a whole run is known by")
    func inOrder() throws {
        var sample = SampleJournal()
        sample.agents = 3
        var draft = sample.draft
        let readings = [ClockReading(rawNs: 1, monotonicNs: 2, boottimeNs: 3, realtimeNs: 4)]
        draft.add(.clocks(readings))
        draft.add(.clocks(readings))
        let record = fold(draft)
        #expect(record.fault == nil)
        #expect(record.opening == draft.opening)
        #expect(record.agents.map(\.hello) == (0..<3).map { JournalDraft.hello($0) })
        #expect(record.agents.allSatisfy { $0.ready == JournalDraft.ready() })
        #expect(Array(record.plan.owners) == (0..<12).map { Int32($0 % 3) })
        #expect(record.start == JournalDraft.start)
        #expect(record.agents.allSatisfy { $0.started?.achieved.ns == 100_000_003_000 })
        #expect(record.agents.allSatisfy { $0.log.count == 4 * sample.trains })
        #expect(
            record.agents.map(\.batches)
                == (0..<3).map { UInt64(sample.batches(of: $0).count) })
        #expect(record.agents.allSatisfy { $0.end?.said.batches == $0.batches })
        #expect(record.clocks == readings + readings)
        #expect(record.interrupted == nil)
        #expect(record.ended == JournalDraft.at(sample.seconds + 0.1))
        #expect(record.over == JournalDraft.at(sample.seconds + 0.05))
        #expect(record.isLossless)
        #expect((0..<3).allSatisfy { record.sharesClock($0) })
    }

    @Test("A second opening and second hellos change nothing")
    func doubled() {
        var once = joined()
        let twice = {
            var draft = once
            draft.open()
            for agent in 0..<2 { draft.hear(.hello(JournalDraft.hello(agent)), by: agent) }
            draft.deal([0, 2], to: 0) { Int64($0) }
            return draft
        }()
        once.deal([0, 2], to: 0) { Int64($0) }
        let (a, b) = (fold(once), fold(twice))
        #expect(b.fault == nil)
        #expect(b.agents.map(\.hello) == a.agents.map(\.hello))
        #expect(b.agents.map(\.clocks) == a.agents.map(\.clocks))
        #expect(b.agents[0].clocks.count == 1)
        #expect(b.plan.owners.elementsEqual(a.plan.owners))
    }

    @Test("Another run's opening is no opening, and the first one stays")
    func otherOpening() {
        var draft = joined()
        let opening = draft.opening
        draft.opening.seed += 1
        draft.open()
        draft.deal([1], to: 1) { Int64($0) }
        let record = fold(draft)
        #expect(record.opening == opening)
        #expect(record.fault?.offset == draft.ranges[4].lowerBound)
        #expect(record.fault?.problem.contains("opens as another") == true)
        #expect(Array(record.plan.owners) == [-1, 1, -1, -1])
    }

    @Test("Facts before the opening that is read are nonsense, unless it is known already")
    func beforeTheOpening() {
        var draft = JournalDraft(agents: 2, requests: 2)
        draft.hear(.hello(JournalDraft.hello(1)), by: 1)
        draft.deal([1], to: 1) { Int64($0) }
        draft.open()
        draft.deal([0], to: 0) { Int64($0) }
        let record = fold(draft)
        #expect(record.fault?.offset == draft.ranges[1].lowerBound)
        #expect(Array(record.plan.owners) == [0, -1])
        var known = RunRecord(draft.opening)
        for (entry, range) in zip(draft.entries, draft.ranges.dropFirst()) {
            known.add(entry, at: range.lowerBound)
        }
        #expect(known.fault == nil)
        #expect(Array(known.plan.owners) == [0, 1])
        #expect(known.agents.map(\.hello.name) == ["agent-1", "node-2"])
    }

    @Test("An agent whose hello is missing is known by its index, and its clock is nobody's")
    func withoutHello() {
        var draft = JournalDraft(agents: 3, requests: 4)
        draft.open()
        draft.hear(.ready(JournalDraft.ready()), by: 1)
        draft.start(1, offsetNs: 7)
        let record = fold(draft)
        #expect(record.fault == nil)
        // The third has said nothing at all.
        #expect(record.agents.map(\.hello.name) == ["agent-1", "agent-2"])
        #expect(record.agents[1].ready == JournalDraft.ready())
        #expect(record.agents[1].start?.offsetNs == 7 && record.agents[0].start == nil)
        #expect(record.start == JournalDraft.start)
        #expect(!record.sharesClock(1))
    }

    @Test("What is of no agent of the run is passed over, and the first such byte is kept")
    func unknownAgents() {
        var draft = joined()
        draft.hear(.ready(JournalDraft.ready()), by: 2)
        draft.batch(4, JournalDraft.request(0, 0))
        draft.probe(9, train: 0, at: 0)
        draft.start(1)
        let record = fold(draft)
        #expect(record.fault?.offset == draft.ranges[4].lowerBound)
        #expect(record.fault?.problem.contains("there is no agent 2") == true)
        #expect(record.agents.count == 2)
        #expect(record.start == JournalDraft.start)
    }

    @Test("A message that is no fact is a fault, and so are bytes that are none")
    func noFacts() {
        for fact in [
            RunFact.heard(agent: 0, at: LocalInstant(ns: 0), .goodbye("over")),
            .heard(agent: 0, at: LocalInstant(ns: 0), .shardHeld(ShardDigest(count: 1, hash: 2))),
            .told(agent: 0, .batchAck(BatchAck(through: 1))), .told(agent: 0, .ended),
        ] {
            var draft = joined()
            draft.add(fact)
            #expect(fold(draft).fault?.offset == draft.ranges[4].lowerBound, "\(fact)")
        }
        var draft = joined()
        draft.add(.fact([99]))
        draft.add(.probes(JournalProbes(agentIndex: 0, incarnation: 1, payload: [255])))
        #expect(fold(draft).fault?.offset == draft.ranges[4].lowerBound)
        #expect(fold(draft).agents[0].log.count == 0)
    }

    @Test("Batches count as far as they follow each other from the first")
    func holes() {
        var draft = joined()
        for number in 0..<6 {
            draft.batch(0, [JournalDraft.token(0, Double(number))], isLost: number == 3)
            draft.batch(1, [JournalDraft.token(1, Double(number))], isLost: number == 0)
        }
        let last = draft.entries.count - 1
        draft.add(draft.entries[last - 1])
        let record = fold(draft)
        #expect(record.agents.map(\.batches) == [3, 0])
        #expect(record.fault == nil)
    }

    @Test("An absence that ended is one absence, however often it was told")
    func absences() {
        func instant(_ seconds: Double) -> LocalInstant { JournalDraft.at(seconds) }
        var draft = joined()
        draft.add(.absence(agent: 0, Absence(from: instant(1), reason: "cut")))
        draft.add(.absence(agent: 1, Absence(from: instant(1), reason: "cut too")))
        draft.add(.absence(agent: 0, Absence(from: instant(1), to: instant(2), reason: "cut")))
        draft.add(.absence(agent: 0, Absence(from: instant(3), reason: "silent")))
        // Its end was lost, and another one began.
        draft.add(.absence(agent: 1, Absence(from: instant(5), to: instant(6), reason: "again")))
        let record = fold(draft)
        #expect(
            record.agents[0].absences == [
                Absence(from: instant(1), to: instant(2), reason: "cut"),
                Absence(from: instant(3), reason: "silent"),
            ])
        #expect(
            record.agents[1].absences == [
                Absence(from: instant(1), reason: "cut too"),
                Absence(from: instant(5), to: instant(6), reason: "again"),
            ])
    }

    @Test("A reboot makes a second clock, and a return to the first none")
    func reboot() {
        var draft = joined()
        draft.hear(.hello(JournalDraft.hello(0, boot: "other")), by: 0)
        draft.hear(.hello(JournalDraft.hello(0)), by: 0)
        let record = fold(draft)
        #expect(record.agents[0].clocks.map(\.bootID) == [JournalDraft.boot, "other"])
        #expect(record.agents[1].clocks.map(\.bootID) == [JournalDraft.boot])
        #expect(!record.sharesClock(0) && record.sharesClock(1))
    }

    @Test("One name is one clock until an exchange says otherwise")
    func bentClock() {
        var draft = joined()
        draft.probe(0, train: 0, at: 0)
        draft.probe(1, train: 0, at: 0, offsetNs: 40_000)
        let record = fold(draft)
        #expect(record.sharesClock(0) && !record.sharesClock(1))
    }

    @Test("An agent that was lost was there until then, and the run is not lossless")
    func lost() {
        var draft = joined()
        draft.end(0, at: 4)
        draft.end(at: 5)
        let gap = Absence(from: JournalDraft.at(2), to: JournalDraft.at(4.5), reason: "reset")
        var open = gap
        open.to = nil
        var (closed, still) = (draft, draft)
        closed.add(.lost(agent: 1, gap))
        still.add(.lost(agent: 1, open))
        #expect(fold(closed).agents[1].lost == gap)
        #expect(fold(closed).agents[1].over == JournalDraft.at(4.5))
        #expect(fold(closed).over == JournalDraft.at(4.5))
        #expect(fold(still).agents[1].over == JournalDraft.at(2))
        #expect(fold(still).over == JournalDraft.at(4))
        for record in [fold(draft), fold(closed)] { #expect(!record.isLossless) }
        draft.end(1, at: 4)
        #expect(fold(draft).isLossless)
    }

    @Test("A run without its last word is not lossless, and is over with its agents")
    func died() {
        var draft = joined()
        draft.end(0, at: 4)
        draft.end(1, at: 3)
        let record = fold(draft)
        #expect(record.ended == nil && !record.isLossless)
        #expect(record.over == JournalDraft.at(4))
    }

    @Test("The last word on how an agent keeps up is its status, then its end")
    func audits() {
        func status(_ sends: UInt64) -> Message {
            var audit = ClientAudit()
            audit.sends = sends
            return .status(
                AgentStatus(
                    at: LocalInstant(ns: 0), running: 0, waiting: 0, loopBusyPermille: 0,
                    latenessP99Ns: 0, spoolBytes: 0, cpuNs: 0, audit: audit))
        }
        var draft = joined()
        draft.hear(status(3), by: 0)
        draft.hear(status(5), by: 0)
        #expect(fold(draft).agents[0].audit?.sends == 5)
        #expect(fold(draft).agents[1].audit == nil)
        var audit = ClientAudit()
        audit.sends = 8
        draft.end(0, at: 1, audit: audit)
        #expect(fold(draft).agents[0].audit?.sends == 8)
    }

    @Test("The first interruption counts, and the last end")
    func interrupted() {
        var draft = joined()
        draft.add(.interrupted(at: JournalDraft.at(1)))
        draft.add(.interrupted(at: JournalDraft.at(2)))
        draft.end(at: 3)
        let record = fold(draft)
        #expect(record.interrupted == JournalDraft.at(1))
        #expect(record.ended == JournalDraft.at(3))
    }

    @Test("A request that is dealt twice, or is of no plan, is a fault; the first agent has it")
    func deals() {
        var draft = joined()
        draft.deal([0, 1], to: 0) { Int64($0) }
        draft.deal([1, 2], to: 1) { Int64($0) }
        let record = fold(draft)
        #expect(record.fault?.offset == draft.ranges[5].lowerBound)
        #expect(Array(record.plan.owners[0...1]) == [0, 0])
        var beyond = joined()
        beyond.deal([3, 4], to: 1) { Int64($0) }
        #expect(fold(beyond).fault?.problem.contains("not of the plan") == true)
        #expect(Array(fold(beyond).plan.owners) == [-1, -1, -1, 1])
    }
}
