import Goodput
import JournalSamples
import Results
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire

/// The ends of the requests of an agent that was lost.
@Suite("A lost agent's requests")
struct JournalLostAgentTests {
    private typealias Draft = JournalDraft

    private static func joined(agents: Int, requests: Int) -> JournalDraft {
        var draft = Draft(agents: agents, requests: requests)
        draft.open()
        for agent in 0..<agents {
            draft.hear(.hello(Draft.hello(agent)), by: agent)
            draft.probe(agent, train: 0, at: -0.5)
        }
        return draft
    }

    /// A run of one agent and a closed loop whose newest stamp is of 0.5 s, and which was there
    /// until 8.5 s.
    private func lost(_ absences: [Absence<LocalInstant>]) throws -> ScoredJournal {
        var draft = Self.joined(agents: 1, requests: 3)
        draft.deal([0, 1, 2], to: 0) { _ in nil }
        draft.start(0)
        draft.batch(0, [Draft.sent(0, 0.1), Draft.token(0, 0.5)])
        for absence in absences { draft.add(.absence(agent: 0, absence)) }
        draft.add(
            .lost(
                agent: 0,
                Absence(from: Draft.at(8.2), to: Draft.at(8.5), reason: "reset")))
        draft.end(at: 9)
        return try ScoredJournal(draft.source)
    }

    @Test("One in flight ends when the agent was last there; the hole begins with its records")
    func inFlight() throws {
        let away = Absence(from: Draft.at(8.5), reason: "reset")
        for absences in [[], [away]] {
            let scored = try lost(absences)
            #expect(scored.requests.map(\.id) == [0])
            let request = try #require(scored.requests.first)
            #expect(request.outcome == .unfinished && request.outputTokens == 1)
            #expect(request.error == RequestError(kind: .agentDown, detail: "reset"))
            #expect(request.finish == ClusterInstant(ns: 8_500_000_000))
            #expect(request.tokens?.map(\.time) == [500_000_000])
            #expect(
                scored.header.gaps == [
                    RunGap(agent: "node-1", from: 500_000_000, to: 8_500_000_000, reason: "reset")
                ])
            // A closed loop's others were not due, as far as anybody knows.
            #expect(scored.header.load?.scored == LoadPlan.Count(planned: 3, notNeeded: 2))
            #expect(scored.header.complete && !scored.header.lossless)
            #expect(scored.header.validity.verdict != .valid)
            #expect(scored.summary.journalDamage == nil)
        }
    }

    @Test("Of one that had come back, and was lost before all it kept had arrived, that is the end")
    func behind() throws {
        let away = Absence(from: Draft.at(0.6), to: Draft.at(8.1), reason: "reset")
        #expect(try lost([away]).requests.first?.finish == ClusterInstant(ns: 500_000_000))
        // All that it kept had arrived: it is known until it was lost.
        let short = Absence(from: Draft.at(0.3), to: Draft.at(0.4), reason: "reset")
        #expect(try lost([short]).requests.first?.finish == ClusterInstant(ns: 8_500_000_000))
    }

    @Test("What was due and never sent is unfinished then; what was due later was not needed")
    func unsent() throws {
        var draft = Self.joined(agents: 2, requests: 6)
        draft.deal([0, 2, 4], to: 0) { Int64($0) * 1_000_000_000 }
        draft.deal([1, 3, 5], to: 1) { Int64($0) * 1_000_000_000 }
        for agent in 0..<2 { draft.start(agent) }
        draft.batch(0, Draft.request(0, 0))
        draft.add(
            .lost(agent: 0, Absence(from: Draft.at(0.2), to: Draft.at(2.5), reason: "gone")))
        for id in [1, 3] as [UInt32] { draft.batch(1, Draft.request(id, Double(id))) }
        draft.end(1, at: 3.5)
        draft.end(at: 4)
        let scored = try ScoredJournal(draft.source)
        #expect(scored.requests.map(\.id) == [0, 1, 3, 2])
        let request = try #require(scored.request(2))
        #expect(request.outcome == .unfinished && request.sent == nil && request.tokens == [])
        #expect(request.scheduled.ns == 2_000_000_000 && request.finish.ns == 2_500_000_000)
        #expect(request.error == RequestError(kind: .agentDown, detail: "gone"))
        // 4 was due after the run's end; 5 of the agent that lived is simply missing.
        #expect(scored.header.load?.scored == LoadPlan.Count(planned: 6, notNeeded: 1))
        #expect(!scored.header.complete)
        #expect(scored.summary.balance.neverSent == 1)
    }

    @Test("What was due and never sent is so at the same instant on a clock of its own")
    func ownClock() throws {
        let ahead: Int64 = 400_000_000
        var draft = Draft(agents: 1, requests: 2)
        draft.open()
        draft.hear(.hello(Draft.hello(0, boot: "another")), by: 0)
        draft.probe(0, train: 0, at: -0.5, offsetNs: ahead)
        draft.deal([0, 1], to: 0) { Int64($0) * 1_000_000_000 }
        draft.start(0, offsetNs: ahead)
        draft.batch(0, Draft.request(0, 0, offsetNs: ahead))
        draft.probe(0, train: 1, at: 2, offsetNs: ahead)
        draft.add(
            .lost(agent: 0, Absence(from: Draft.at(0.2), to: Draft.at(2.5), reason: "gone")))
        draft.end(at: 3)
        let request = try #require(try ReadJournal(draft.source).request(1))
        #expect(request.outcome == .unfinished && request.sent == nil)
        #expect(abs(request.scheduled.ns - 1_000_000_000) < 100_000)
    }

    @Test("An agent that was lost changes nothing of another one's requests")
    func others() throws {
        func draft(isLost: Bool) -> JournalDraft {
            var draft = Self.joined(agents: 2, requests: 4)
            draft.deal([0, 2], to: 0) { Int64($0) * 10_000_000 }
            draft.deal([1, 3], to: 1) { Int64($0) * 10_000_000 }
            for agent in 0..<2 { draft.start(agent) }
            draft.batch(0, Draft.request(0, 0) + [Draft.sent(2, 0.02)])
            draft.batch(1, Draft.request(1, 0.01))
            if isLost {
                draft.add(
                    .lost(agent: 0, Absence(from: Draft.at(0.1), to: Draft.at(1), reason: "r")))
            } else {
                draft.batch(0, [Draft.finish(2, 0.9)])
                draft.end(0, at: 1)
            }
            draft.batch(1, Draft.request(3, 0.03))
            draft.end(1, at: 1)
            draft.end(at: 2)
            return draft
        }
        let (calm, disturbed) = (
            try ScoredJournal(draft(isLost: false).source),
            try ScoredJournal(draft(isLost: true).source)
        )
        #expect(calm.header.complete && calm.header.lossless && calm.header.gaps.isEmpty)
        for id in [0, 1, 3] as [UInt32] {
            #expect(calm.request(id) != nil && calm.lines[id] == disturbed.lines[id])
        }
        #expect(calm.request(2)?.outcome == .completed)
        #expect(disturbed.request(2)?.outcome == .unfinished)
        // Those that the coordinator closed come last.
        #expect(disturbed.requests.map(\.id) == [0, 1, 3, 2])
    }

    @Test("One that was lost before its first record was there until then")
    func silent() throws {
        var draft = Self.joined(agents: 1, requests: 1)
        draft.deal([0], to: 0) { _ in 100_000_000 }
        draft.start(0)
        draft.add(.lost(agent: 0, Absence(from: Draft.at(0.7), reason: "cut")))
        draft.end(at: 1)
        let scored = try ScoredJournal(draft.source)
        #expect(scored.request(0)?.finish.ns == 700_000_000)
        #expect(
            scored.header.gaps == [
                RunGap(agent: "node-1", from: 700_000_000, to: 700_000_000, reason: "cut")
            ])
    }

    @Test("The reason of a loss, which may be long, is cut in each request's error")
    func longReason() throws {
        var draft = Self.joined(agents: 1, requests: 1)
        draft.deal([0], to: 0) { _ in 0 }
        draft.start(0)
        let reason = String(repeating: "é", count: 500)
        draft.add(.lost(agent: 0, Absence(from: Draft.at(1), reason: reason)))
        draft.end(at: 1)
        let scored = try ScoredJournal(draft.source)
        #expect(scored.request(0)?.error?.detail == String(repeating: "é", count: 200))
        #expect(scored.header.gaps.first?.reason == reason)
    }
}
