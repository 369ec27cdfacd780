import Journal
import JournalSamples
import Results
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire

/// Journals whose coordinator did not live to end them.
@Suite("A coordinator that died")
struct JournalDeathTests {
    private typealias Draft = JournalDraft

    /// Two agents under way: of the first, 0 is over, 2 in flight and 4 not sent yet.
    private func underWay() -> JournalDraft {
        var draft = Draft(agents: 2, requests: 6)
        draft.open()
        for agent in 0..<2 {
            draft.hear(.hello(Draft.hello(agent)), by: agent)
            draft.probe(agent, train: 0, at: -0.5)
        }
        draft.deal([0, 2, 4], to: 0) { Int64($0) * 100_000_000 }
        draft.deal([1, 3, 5], to: 1) { $0 == 5 ? nil : Int64($0) * 100_000_000 }
        for agent in 0..<2 { draft.start(agent) }
        draft.batch(0, Draft.request(0, 0) + [Draft.sent(2, 0.2), Draft.token(2, 0.25)])
        draft.batch(1, Draft.request(1, 0.1))
        for agent in 0..<2 { draft.probe(agent, train: 1, at: 0.2) }
        draft.batch(0, [Draft.token(2, 0.45)])
        draft.probe(0, train: 2, at: 0.46)
        return draft
    }

    @Test("What was whole counts, what was in flight is unfinished, and the hole says why")
    func inFlight() throws {
        let scored = try ScoredJournal(underWay().source)
        #expect(scored.requests.map(\.id) == [0, 1, 2, 4])
        #expect(scored.request(0)?.outcome == .completed)
        let open = try #require(scored.request(2))
        #expect(open.outcome == .unfinished && open.error?.kind == .coordinatorDown)
        #expect(open.error?.detail == "the coordinator ended before the run did")
        #expect(open.finish.ns == 450_000_000 && open.outputTokens == 2)
        // Due at 0.4 s, and the agent was heard of at 0.45 s.
        let unsent = try #require(scored.request(4))
        #expect(unsent.outcome == .unfinished && unsent.sent == nil)
        #expect(unsent.error?.kind == .coordinatorDown && unsent.finish.ns == 450_000_000)
        // The second agent's 3 was due at 0.3 s, after its last record; its 5 nobody knows when.
        #expect(scored.request(3) == nil && scored.request(5) == nil)
        #expect(scored.header.load?.scored == LoadPlan.Count(planned: 6, notNeeded: 2))
        #expect(
            scored.header.gaps == [
                RunGap(
                    agent: "node-1", from: 450_000_000, to: 450_000_000,
                    reason: "the coordinator ended before the run did"),
                RunGap(
                    agent: "node-2", from: 140_000_000, to: 450_000_000,
                    reason: "the coordinator ended before the run did"),
            ])
        #expect(scored.header.validity.verdict == .partial)
        #expect(scored.header.complete && !scored.header.lossless)
        #expect(scored.summary.journalDamage == nil)
        #expect(scored.header.notes.contains { $0.contains("in their spools") })
        #expect(
            scored.header.notes.contains {
                $0.hasPrefix("1 request of the plan had not come due when their agents")
            })
        // Nobody's drain was too short, and the run's own end cut nothing off.
        #expect(scored.summary.balance.unfinished == 1 && scored.summary.balance.cutByEnd == 0)
        #expect(!scored.header.findings.contains { $0.name == "cut_by_end" })
    }

    @Test("An entry that was being written is no damage")
    func cutOff() throws {
        var draft = underWay()
        let whole = try ScoredJournal(draft.source)
        draft.batch(1, Draft.request(3, 0.3))
        let ranges = draft.ranges
        let last = ranges[ranges.count - 1]
        for end in [last.lowerBound + 1, last.lowerBound + 9, last.upperBound - 1] {
            let scored = try ScoredJournal(MemoryJournal(Array(draft.bytes[..<end])))
            #expect(scored.summary == whole.summary)
            #expect(scored.lines == whole.lines)
        }
        #expect(try ScoredJournal(draft.source).request(3)?.outcome == .completed)
    }

    /// The kernel's stamp of a token may be older than what the batch before it has.
    @Test("What was in flight ends at the newest stamp, whichever batch that came in")
    func newestStamp() throws {
        var draft = underWay()
        draft.batch(1, [Draft.sent(3, 0.3), Draft.token(3, 0.5)])
        draft.batch(1, [Draft.token(3, 0.5), Draft.sent(5, 0.31), Draft.token(5, 0.33)])
        draft.batch(1, [Draft.token(5, 0.35)])
        let scored = try ScoredJournal(draft.source)
        #expect(scored.request(5)?.finish.ns == 500_000_000)
        #expect(scored.request(3)?.finish.ns == 500_000_000)
    }

    /// A journal of which there is more each time it is read, up to the last length.
    private final class Growing: JournalSource {
        let path = "tokens.log"
        private let bytes: [UInt8]
        private var lengths: [Int]

        init(_ bytes: [UInt8], lengths: [Int]) { (self.bytes, self.lengths) = (bytes, lengths) }

        func read(
            _ body: (JournalEntry, Int) throws(FileProblem) -> Void
        ) throws(FileProblem) -> JournalReading {
            let length = lengths.count > 1 ? lengths.removeFirst() : lengths[0]
            return try MemoryJournal(Array(bytes[..<length])).read(body)
        }
    }

    @Test("An entry that is written on while the journal is read is in no figure")
    func growsMeanwhile() throws {
        var draft = underWay()
        let whole = try ScoredJournal(draft.source)
        draft.batch(1, Draft.request(3, 0.3))
        let last = draft.ranges[draft.ranges.count - 1]
        draft.probe(1, train: 2, at: 0.46)
        for first in [last.lowerBound, last.lowerBound + 1, last.upperBound - 1] {
            let source = Growing(draft.bytes, lengths: [first, draft.bytes.count])
            let scored = try ScoredJournal(source)
            #expect(scored.summary == whole.summary, "read to \(first) at first")
            #expect(scored.lines == whole.lines)
        }
    }

    @Test("An agent that was done, or lost before, is not missing for it")
    func othersWereDone() throws {
        var draft = underWay()
        draft.batch(1, Draft.request(3, 0.3))
        draft.end(1, at: 0.6)
        var scored = try ScoredJournal(draft.source)
        #expect(scored.header.gaps.map(\.agent) == ["node-1"])
        #expect(scored.header.gaps.first?.to == 600_000_000)
        draft.add(.lost(agent: 0, Absence(from: Draft.at(0.5), reason: "reset")))
        scored = try ScoredJournal(draft.source)
        #expect(scored.header.gaps.map(\.reason) == ["reset"])
        #expect(scored.request(2)?.error?.kind == .agentDown)
    }

    @Test("When every agent was done, nothing is in spools any more")
    func onlyTheLastWord() throws {
        var draft = SampleJournal().draft
        let whole = try ScoredJournal(draft.source)
        #expect(whole.header.validity.verdict == .valid, "\(whole.header.validity)")
        let bytes = Array(draft.bytes[..<draft.ranges[draft.ranges.count - 1].lowerBound])
        let scored = try ScoredJournal(MemoryJournal(bytes))
        #expect(scored.lines == whole.lines)
        #expect(!scored.header.lossless && scored.header.validity.verdict == .partial)
        #expect(scored.header.gaps.isEmpty)
        #expect(!scored.header.notes.contains { $0.contains("spools") })
        draft.end(at: 9)
        #expect(try ScoredJournal(draft.source).lines == whole.lines)
    }

    private func refusal(_ source: MemoryJournal) -> FileProblem? {
        do throws(FileProblem) {
            _ = try JournalRun(source)
            return nil
        } catch {
            return error
        }
    }

    @Test("Before the start there is no run: the file says what it holds")
    func noRun() {
        #expect(refusal(MemoryJournal([]))?.problem == "is empty")
        var draft = Draft(agents: 1, requests: 1)
        #expect(refusal(draft.source)?.problem == "says no start: the run never began")
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.deal([0], to: 0) { _ in 0 }
        #expect(refusal(draft.source)?.problem == "says no start: the run never began")
        draft.hear(.ready(Draft.ready()), by: 3)
        let fault = refusal(draft.source)
        #expect(fault?.problem.hasPrefix("cannot be used from byte") == true)
        #expect(fault?.kind == .content && fault?.path == "tokens.log")
        #expect(
            refusal(MemoryJournal(Array("no journal".utf8)))?.problem.contains("byte 0") == true)
    }
}
