import ClockSync
import JSON
import JournalSamples
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog
import Wire

@testable import Results

@Suite("A run's header, from its journal")
struct JournalHeaderTests {
    private typealias Draft = JournalDraft

    /// The sample, with entries that `change` adds ahead of its last one.
    private func scored(
        _ sample: SampleJournal = SampleJournal(), _ change: (inout JournalDraft) -> Void = { _ in }
    ) throws -> ScoredJournal {
        var draft = sample.draft
        change(&draft)
        return try ScoredJournal(draft.source)
    }

    /// Two agents with a request each, of which the first has a clock of its own, and a part of one
    /// second where `first` says nothing else.
    private func pair(seconds: Double = 1, first: Double = 1) -> JournalDraft {
        var draft = Draft(agents: 2, requests: 2)
        draft.open()
        for agent in 0..<2 {
            draft.hear(
                .hello(Draft.hello(agent, boot: agent == 0 ? "another" : Draft.boot)), by: agent)
            let server = TargetState(
                url: "http://server-\(agent)", model: "m\(agent)", detail: "", profileJSON: "{}",
                remarks: [], tls: nil)
            draft.hear(.ready(Ready(connections: 1, targets: [server])), by: agent)
            draft.deal([UInt32(agent)], to: agent) { _ in 0 }
            draft.probe(agent, train: 0, at: -0.5)
            draft.start(agent)
        }
        for agent in 0..<2 {
            draft.batch(agent, Draft.request(UInt32(agent), 0))
            draft.probe(agent, train: 1, at: 0.5)
        }
        draft.end(0, at: first)
        draft.end(1, at: seconds)
        draft.end(at: seconds)
        return draft
    }

    @Test("A request is of its own agent's server")
    func servers() throws {
        let read = try ReadJournal(pair().source)
        #expect(read.requests.map(\.target) == ["http://server-0", "http://server-1"])
        #expect(read.requests.map(\.model) == ["m0", "m1"])
    }

    @Test("A clock is bounded over its agent's own part, not over the whole run")
    func ownPart() throws {
        func bounds(_ seconds: Double) throws -> ClockBounds? {
            try JournalRun(pair(seconds: seconds).source).maps[0].bounds
        }
        let short = try #require(try bounds(1))
        #expect(try bounds(500) == short)
    }

    @Test("An agent's own part goes on to its End, also behind its last probe")
    func untilTheEnd() throws {
        let bounds = try [1, 3].map { first in
            try #require(try JournalRun(pair(seconds: 4, first: first).source).maps[0].bounds)
        }
        // Two seconds more of a rate that nobody knows.
        #expect(bounds[1].low < bounds[0].low - 30_000)
        #expect(bounds[1].high > bounds[0].high + 30_000)
    }

    @Test("A run that nothing disturbed is valid, complete and lossless")
    func undisturbed() throws {
        for offsetNs in [nil, 3_000_000, -50_000_000_000] as [Int64?] {
            var sample = SampleJournal()
            sample.agents = 3
            sample.offsetNs = offsetNs
            let scored = try scored(sample)
            #expect(scored.header.validity.verdict == .valid, "\(scored.header.validity)")
            #expect(scored.header.complete && scored.header.lossless)
            #expect(scored.requests.count == 12 && scored.header.gaps.isEmpty)
            #expect(scored.requests.allSatisfy { $0.outcome == .completed })
            #expect(scored.summary.journalDamage == nil && scored.header.findings.isEmpty)
            #expect(scored.header.runID == scored.run.runID && scored.header.seed == 5)
            #expect(scored.header.name == "sample" && scored.header.version == "0.0.1")
            #expect(scored.header.scenario == ["name": "sample"])
            // Own clocks are mapped to where shared ones are.
            for request in scored.requests {
                let due = Int64(request.id) * 50_000_000
                #expect(abs(request.scheduled.ns - due) < 1_000)
                #expect(abs(request.finish.ns - due - 130_000_000) < 1_000)
            }
            for (agent, index) in zip(scored.header.agents, 0...) {
                let offset = Double((offsetNs ?? 0) * Int64(index + 1))
                #expect(abs((agent.clockOffset ?? .infinity) - offset) < 1_000)
                #expect(agent.clock?.isShared == (offsetNs == nil))
                #expect((agent.clockHalfWidth ?? 0) > 9_000 && agent.clockBounds != nil)
                #expect(abs((agent.startError ?? .max) - 3_000) < 1_000)
                #expect(agent.start?.bounds?.contains(3_000) == true)
            }
        }
    }

    @Test("Requests stand in the order of their terminal records")
    func order() throws {
        let scored = try scored()
        #expect(scored.requests.map(\.id) != scored.requests.map(\.id).sorted())
        // Whole ones of each agent come in the order of their ends.
        for name in ["node-1", "node-2"] {
            let ends = scored.requests.filter { $0.agent == name }.map(\.finish)
            #expect(ends == ends.sorted())
        }
    }

    @Test("Agents stand by the number in their names")
    func agentOrder() throws {
        var sample = SampleJournal()
        sample.agents = 11
        sample.requestsEach = 1
        let names = try scored(sample).header.agents.map(\.name)
        #expect(names == (1...11).map { "node-\($0)" })
    }

    @Test("The epoch is on all of the coordinator's clocks, by the reading nearest to the start")
    func epoch() throws {
        func reading(_ seconds: Double, _ ahead: Int64) -> ClockReading {
            let raw = Draft.at(seconds).ns
            return ClockReading(
                rawNs: raw, monotonicNs: raw + ahead, boottimeNs: raw,
                realtimeNs: raw + 1_000 * ahead)
        }
        let scored = try scored { draft in
            draft.add(.clocks([reading(-5, 1), reading(0.25, 7), reading(0.5, 9)]))
        }
        let start = Draft.start.ns
        #expect(
            scored.header.epoch
                == RunEpoch(
                    raw: start, monotonic: start + 7, realtime: start + 7_000, bootID: Draft.boot))
        #expect(scored.header.clockLedger.count == 3)
        let none = try self.scored()
        #expect(
            none.header.epoch == RunEpoch(raw: start, monotonic: 0, realtime: 0, bootID: Draft.boot)
        )
    }

    @Test("Without probes nothing places an agent's stamps, and the run is not valid")
    func noProbes() throws {
        var draft = Draft(agents: 1, requests: 1)
        draft.open()
        draft.hear(.hello(Draft.hello(0, boot: "other")), by: 0)
        draft.deal([0], to: 0) { _ in 0 }
        draft.start(0, offsetNs: 5_000)
        draft.batch(0, Draft.request(0, 0, offsetNs: 5_000))
        draft.end(0, at: 1)
        draft.end(at: 1)
        let scored = try ScoredJournal(draft.source)
        #expect(scored.header.validity.verdict == .notValid)
        #expect(scored.header.validity.intervals.map(\.cause) == [.clock])
        #expect(scored.header.validity.intervals.first?.reason.contains("no clock probe") == true)
        // Placed by the offset of the start all the same.
        #expect(scored.request(0)?.scheduled.ns == 0 && scored.request(0)?.finish.ns == 40_000_000)
        #expect(scored.header.agents[0].clockBounds == nil && scored.summary.clock == nil)
    }

    @Test("A reboot breaks the timeline, in words")
    func reboot() throws {
        let scored = try scored { draft in
            draft.hear(.hello(Draft.hello(1, boot: "second")), by: 1)
        }
        #expect(scored.header.validity.verdict == .notValid)
        #expect(scored.header.validity.intervals.map(\.node) == ["node-2"])
        #expect(scored.header.validity.intervals.first?.reason.contains("2 boots") == true)
    }

    @Test("A client that was the limit spoils the run, as far as it was")
    func client() throws {
        var late = ClientAudit()
        late.sends = 1_000
        late.latenessP99Ns = 5_000_000
        let scored = try scored { $0.end(0, at: 0.55, audit: late) }
        #expect(scored.header.validity.verdict == .notValid)
        #expect(scored.header.validity.intervals.map(\.cause) == [.client])
        #expect(scored.header.agents[0].audit == late)
        // The status tells of an agent that never said End.
        var draft = SampleJournal().draft
        let status = Message.status(
            AgentStatus(
                at: Draft.at(0.1), running: 0, waiting: 0, loopBusyPermille: 0, latenessP99Ns: 0,
                spoolBytes: 0, cpuNs: 0, audit: late))
        draft.hear(status, by: 1, at: 0.1)
        #expect(try ScoredJournal(draft.source).header.agents[1].audit == late)
    }

    @Test("Causes and effects that the mapping turns round are said, and spoil the clock")
    func reversed() throws {
        var draft = Draft(agents: 1, requests: 1)
        draft.open()
        draft.hear(.hello(Draft.hello(0)), by: 0)
        draft.probe(0, train: 0, at: -0.5)
        draft.deal([0], to: 0) { _ in 0 }
        draft.start(0)
        draft.batch(
            0,
            [
                Draft.sent(0, 0.1, sent: 0.2), Draft.token(0, 0.15), Draft.token(0, 0.3),
                Draft.finish(0, 0.4, tokens: 2),
            ])
        draft.probe(0, train: 1, at: 0.5)
        draft.end(0, at: 0.6)
        draft.end(at: 0.7)
        let scored = try ScoredJournal(draft.source)
        let reasons = scored.header.validity.intervals.map(\.reason)
        #expect(reasons.contains { $0.contains("1 response maps before") }, "\(reasons)")
    }

    @Test("A class, a model and a target that no plan and no agent has are no trap")
    func unknownNames() throws {
        var draft = Draft(agents: 1, requests: 1)
        draft.open()
        draft.deal([0], to: 0) { _ in 0 }
        draft.start(0)
        draft.batch(
            0,
            [
                .sent(
                    SentRecord(
                        request: 0, scheduled: Draft.at(0), sent: Draft.at(0), target: 9)),
                Draft.finish(0, 0.1),
            ])
        let scored = try ScoredJournal(draft.source)
        #expect(scored.request(0)?.target == "" && scored.request(0)?.className == "chat")
        #expect(scored.request(0)?.agent == "agent-1")
        #expect(scored.header.agents.map(\.name) == ["agent-1"])
    }

    @Test("The evidence for one clock is the journal's, by the agent's name")
    func clockOf() throws {
        let sample = SampleJournal()
        let (evidence, damage) = try sample.draft.source.clock(of: "node-2")
        #expect(evidence.exchanges.count == 4 * sample.trains && damage == nil)
        func refusal(_ name: String?, _ draft: JournalDraft) -> String? {
            do throws(FileProblem) {
                _ = try draft.source.clock(of: name)
                return nil
            } catch {
                return error.problem
            }
        }
        #expect(refusal("x", sample.draft) == #"names no agent "x"; it has node-1, node-2"#)
        #expect(refusal(nil, sample.draft)?.contains("choose one with --agent") == true)
        var draft = sample.draft
        draft.hear(.hello(Draft.hello(0, boot: "second")), by: 0)
        #expect(refusal("node-1", draft)?.contains("has no one clock of node-1") == true)
        #expect(refusal("node-2", draft) == nil)
    }
}
