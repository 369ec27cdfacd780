import Goodput
import JournalSamples
import Results
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

/// Requests beyond the plan, and those of it that nobody needed.
@Suite("Later rounds of a plan, and reserves")
struct JournalRoundsTests {
    private typealias Draft = JournalDraft

    /// A closed loop of three planned requests: 0 is warm-up.
    private func draft(usesTexts: Bool = false) -> JournalDraft {
        var draft = Draft(agents: 1, requests: 3, rounds: PlanRounds(requests: 3, sessions: 3))
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.probe(0, train: 0, at: -0.5)
        draft.deal(
            [0, 1, 2], to: 0, scheduledNs: { _ in nil },
            phase: { $0 == 0 ? .warmup : .scored }, usesTexts: usesTexts)
        draft.start(0)
        return draft
    }

    private func ended(_ draft: JournalDraft) throws -> ScoredJournal {
        var draft = draft
        draft.probe(0, train: 1, at: 0.9)
        draft.end(0, at: 1)
        draft.end(at: 1.1)
        return try ScoredJournal(draft.source)
    }

    @Test("A later round's requests are planned by being sent, in sessions of their own")
    func later() throws {
        var draft = draft()
        for (index, id) in ([0, 1, 2, 3, 4, 7] as [UInt32]).enumerated() {
            draft.batch(0, Draft.request(id, Double(index) / 10))
        }
        let scored = try ended(draft)
        #expect(scored.requests.map(\.id) == [0, 1, 2, 3, 4, 7])
        #expect(scored.requests.map(\.session) == [0, 1, 2, 3, 4, 7])
        #expect(
            scored.requests.map(\.phase) == [.warmup, .scored, .scored, .warmup, .scored, .scored])
        #expect(scored.requests.allSatisfy { $0.askedInput == 4 && $0.askedOutput == 3 })
        #expect(scored.header.load?.scored == LoadPlan.Count(planned: 4, notNeeded: 0))
        #expect(scored.header.load?.warmup == LoadPlan.Count(planned: 2, notNeeded: 0))
        #expect(scored.header.complete && scored.header.lossless)
        #expect(scored.header.findings.isEmpty, "\(scored.header.findings)")
        #expect(scored.header.notes.isEmpty)
    }

    @Test("Given texts that are sent again are counted")
    func textsAgain() throws {
        var draft = draft(usesTexts: true)
        for (index, id) in ([0, 1, 2, 3, 4] as [UInt32]).enumerated() {
            draft.batch(0, Draft.request(id, Double(index) / 10))
        }
        let scored = try ended(draft)
        #expect(scored.header.notes.count == 1)
        #expect(scored.header.notes[0].contains("used up: 2 requests sent one"))
        #expect(scored.requests.allSatisfy { $0.askedInput == nil })
    }

    @Test("A reserve that was never due is in no file, and in the plan")
    func notNeeded() throws {
        var draft = draft()
        draft.batch(
            0,
            Draft.request(0, 0) + [
                Draft.finish(1, 0.9, .notNeeded), Draft.finish(2, 0.9, .notNeeded),
            ])
        let scored = try ended(draft)
        #expect(scored.requests.map(\.id) == [0])
        #expect(scored.header.load?.scored == LoadPlan.Count(planned: 2, notNeeded: 2))
        #expect(scored.header.load?.warmup == LoadPlan.Count(planned: 1, notNeeded: 0))
        #expect(scored.header.complete)
        #expect(scored.header.findings.map(\.name) == ["nothing_due"])
    }

    @Test("A request without a word in the journal makes the run incomplete")
    func missing() throws {
        var draft = draft()
        for id in [0, 1] as [UInt32] { draft.batch(0, Draft.request(id, Double(id) / 10)) }
        let scored = try ended(draft)
        #expect(!scored.header.complete && scored.header.validity.verdict == .partial)
        #expect(scored.header.findings.map(\.name) == ["requests_unaccounted"])
    }

    @Test("A later round's request in flight at a loss is unfinished, one not begun is nothing")
    func lostInFlight() throws {
        var draft = draft(usesTexts: true)
        for id in [0, 1, 2] as [UInt32] { draft.batch(0, Draft.request(id, Double(id) / 10)) }
        draft.batch(0, [Draft.sent(4, 0.5), Draft.token(4, 0.6)])
        draft.add(.lost(agent: 0, Absence(from: Draft.at(0.7), reason: "cut")))
        draft.end(at: 1)
        let scored = try ScoredJournal(draft.source)
        #expect(scored.requests.map(\.id) == [0, 1, 2, 4])
        #expect(scored.request(4)?.outcome == .unfinished && scored.request(4)?.session == 4)
        #expect(scored.header.load?.scored == LoadPlan.Count(planned: 3, notNeeded: 0))
        #expect(scored.header.notes.contains { $0.contains("1 requests sent one") })
    }

    @Test("Counted by the final usage, an answer has as many tokens as that says")
    func finalUsage() throws {
        var draft = draft()
        var records = Draft.request(1, 0.1)
        records[records.count - 1] = .finish(
            FinishRecord(
                request: 1, at: Draft.at(0.2), outcome: .completed, evidence: .finalUsage,
                outputTokens: 8))
        draft.batch(0, records)
        let scored = try ended(draft)
        #expect(scored.request(1)?.tokens?.map(\.count) == [3, 3, 2])
        #expect(scored.request(1)?.outputTokens == 8)
    }
}
