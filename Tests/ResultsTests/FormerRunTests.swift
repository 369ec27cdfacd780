import ClockSync
import Goodput
import Journal
import RunRecord
import Testing
import TimeBase
import Timeline
import TokenLog

@testable import Results

/// Runs of former versions: a journal of format 2 beside a manifest and lines.
@Suite("A run of a former version")
struct FormerRunTests {
    private let sample = FormerSample()

    /// The times of a request, all of them.
    private func times(_ request: MeasuredRequest) -> [Int64] {
        [request.scheduled.ns, request.sent?.ns ?? -1, request.finish.ns]
            + (request.tokens ?? []).map(\.time)
    }

    /// The times of the whole request `id` on the coordinator's clock.
    private func truth(_ id: UInt32) -> [Int64] {
        [0, 1, 80, 50, 60, 70].map { FormerSample.due(id) + $0 * 1_000_000 }
    }

    @Test("Where one line lacks its token times, all times are the journal's: never two fits")
    func twoFitsInOneFigureAreImpossible() throws {
        var sample = sample
        for id in [0, 1, 2] { sample.result.requests[id].tokens = FormerSample.tokens(UInt32(id)) }
        let (requests, run) = try sample.requests()
        #expect(requests.count == 4)
        for request in requests {
            let found = times(request)
            if request.agent == "a" {
                #expect(found == truth(request.id))
            } else {
                let local = truth(request.id).map {
                    LocalInstant(ns: $0 + FormerSample.startNs - FormerSample.offsetsNs[1])
                }
                #expect(found == local.map { run.maps[1].instant($0).ns })
                // The exchange is symmetric but for half the agent's 5 us.
                #expect(zip(found, truth(request.id)).allSatisfy { ($0 - $1).magnitude < 3_000 })
            }
        }
        // Every other field is the line's.
        for (request, line) in zip(requests, sample.result.requests) {
            var other = request
            other.scheduled = line.scheduled
            other.sent = line.sent
            other.tokens = line.tokens
            other.finish = line.finish
            #expect(other == line)
        }
    }

    @Test("Lines' times are in no figure and in no bound")
    func shiftedLines() throws {
        var shifted = sample
        for id in shifted.result.requests.indices {
            shifted.result.requests[id].scheduled.ns += 1_000_000_000
            shifted.result.requests[id].sent?.ns += 1_000_000_000
            shifted.result.requests[id].finish.ns += 1_000_000_000
        }
        #expect(try shifted.summary() == sample.summary())
    }

    @Test("Without tokens a pass gives the same requests")
    func withoutTokens() throws {
        let (whole, run) = try sample.requests()
        let pass = FormerRequests(run, sample.result.requests)
        var requests: [MeasuredRequest] = []
        try pass.forEach(withTokens: false) { requests.append($0) }
        #expect(
            requests.sorted { $0.id < $1.id }.map { times($0).prefix(3) }
                == whole.map { times($0).prefix(3) })
    }

    @Test("The header is the manifest's, its clocks judged anew")
    func header() throws {
        var sample = sample
        let client = InvalidInterval(node: "b", cause: .client, from: 1, to: 2, reason: "busy")
        sample.result.header.validity.intervals = [
            InvalidInterval(node: "b", cause: .clock, from: 0, to: 9, reason: "then"), client,
        ]
        let header = try sample.summary().header
        #expect(header.validity.intervals == [client])
        #expect(header.validity.verdict == .partial)
        #expect(header.notes == ["a note of then"] && header.version == "0.1.0")
        #expect(header.agents.map(\.clock?.exchanges) == [320, 320])
        #expect(header.agents.map(\.clock?.isShared) == [true, false])
        #expect(header.agents.map(\.clock?.isValid) == [true, true])
        let offset = try #require(header.agents[1].clockOffset)
        #expect((offset - Double(FormerSample.offsetsNs[1])).magnitude < 3_000)
        let bounds = try #require(header.agents[1].clockBounds)
        #expect(bounds.low < 0 && bounds.high > 0 && bounds.width < 300_000)
    }

    @Test("A clock that was two clocks spoils its agent, and says so")
    func twoBoots() throws {
        var sample = sample
        sample.entries.insert(FormerSample.note(1, boot: "third"), at: 3)
        let header = try sample.summary().header
        #expect(header.validity.verdict == .notValid)
        #expect(header.validity.intervals.map(\.node) == ["b"])
        #expect(header.validity.intervals.map(\.cause) == [.clock])
        #expect(header.validity.intervals[0].reason.contains("2 boots of its host"))
        #expect(throws: FileProblem.self) { try sample.journal.clock(of: "b") }
        #expect(try sample.journal.clock(of: "a").0.exchanges.count == 320)
    }

    @Test("Requests are their agents' wherever the notes stand: at the deal, or as ever at joining")
    func owners() throws {
        let whole = try sample.summary()
        #expect(whole.header.validity.verdict == .valid && whole.journalDamage == nil)
        #expect(whole.run.totals.tokens == 9 && whole.warmups == 1)
        var late = sample
        late.entries.swapAt(1, 2)
        #expect(try late.summary() == whole)
        var last = sample
        last.entries.append(last.entries.remove(at: 1))
        #expect(try last.summary() == whole)
        // A note again, as of an agent that came back.
        var twice = sample
        twice.entries.insert(FormerSample.note(0), at: 2)
        #expect(try twice.summary() == whole)
    }

    @Test("Requests of later rounds are of the agents of those that they repeat")
    func laterRounds() throws {
        var sample = sample
        sample.entries.insert(
            FormerSample.batch(FormerSample.records(4), of: 0, number: 3), at: 9)
        // An agent that came back has another note: the plan is no longer for that.
        sample.entries.insert(FormerSample.note(0), at: 2)
        sample.result.requests.append(FormerSample.line(4))
        let (requests, _) = try sample.requests()
        #expect(requests.map(\.id) == [0, 1, 2, 3, 4])
        #expect(times(requests[4]) == truth(4))
    }

    @Test("Errors are the lines', whatever words the records have")
    func errors() throws {
        let now = RequestError(kind: .httpStatus, status: 503, detail: "busy")
        for detail in ["busy", "the server answered 503: busy"] {
            var sample = sample
            let written = RequestError(kind: .httpStatus, status: 503, detail: detail)
            sample.entries[FormerSample.index(of: 2)] = FormerSample.batch(
                FormerSample.records(2, outcome: .failed, error: written), of: 0, number: 2)
            sample.result.requests[2].outcome = .failed
            sample.result.requests[2].error = now
            let (requests, _) = try sample.requests()
            #expect(requests[2].error == now && requests[2].outcome == .failed)
        }
    }

    @Test("An agent that was lost: the coordinator's own words on its requests stay")
    func lostAgent() throws {
        var sample = sample
        // Request 3 was in flight, and 1 was never sent.
        let cut = Array(FormerSample.records(3).dropLast())
        sample.entries[FormerSample.index(of: 1)] = FormerSample.batch(cut, of: 1, number: 1)
        sample.entries.removeSubrange(FormerSample.index(of: 3)...)
        sample.entries.append(FormerSample.end(of: 0))
        let down = RequestError(kind: .agentDown, detail: "it was silent")
        for id in [1, 3] {
            sample.result.requests[id].outcome = .unfinished
            sample.result.requests[id].error = down
        }
        sample.result.requests[1].sent = nil
        sample.result.requests[1].tokens = []
        sample.result.requests[3].finish = ClusterInstant(ns: 900_000_000)
        sample.result.header.lossless = false
        sample.result.header.gaps = [
            RunGap(agent: "b", from: 670_000_000, to: 900_000_000, reason: "it was silent")
        ]
        let (requests, run) = try sample.requests()
        #expect(requests[1] == sample.result.requests[1])
        #expect(requests[3].error == down && requests[3].outcome == .unfinished)
        #expect(requests[3].tokenCount == 3)
        #expect((requests[3].finish.ns - 900_000_000).magnitude < 1_000)
        #expect(run.reading.damages.isEmpty)
        let summary = try sample.summary()
        #expect(summary.journalDamage == nil && summary.header.validity.verdict == .partial)
        #expect(summary.header.gaps == sample.result.header.gaps)
    }

    @Test("An agent that was gone before the start is no damage")
    func goneBeforeTheStart() throws {
        var sample = sample
        sample.entries = [
            FormerSample.note(0, requests: [0, 1, 2, 3]), FormerSample.startNote,
            FormerSample.probes(of: 0)[0],
            FormerSample.batch(FormerSample.records(0), of: 0, number: 1),
            FormerSample.batch(FormerSample.records(2), of: 0, number: 2), FormerSample.end(of: 0),
        ]
        sample.result.requests = [FormerSample.line(0), FormerSample.line(2)]
        sample.result.header.lossless = false
        sample.result.header.gaps = [RunGap(agent: "b", from: 0, to: 9, reason: "it was silent")]
        let summary = try sample.summary()
        #expect(summary.journalDamage == nil && summary.run.totals.tokens == 3)
        #expect(summary.header.agents[1] == sample.result.header.agents[1])
    }

    @Test("A journal of format 2 alone is refused in one sentence; its clocks can be looked at")
    func alone() throws {
        let words = "is of a former version, and says too little of its run to be scored alone"
        for make in [
            { _ = try JournalRun(sample.journal) },
            {
                _ = try StoredRun(
                    of: sample.journal, header: nil, requests: nil, folder: "")
            },
            {
                _ = try StoredRun(
                    of: sample.journal, header: sample.result.header, requests: nil, folder: "")
            },
        ] as [() throws -> Void] {
            let error = #expect(throws: FileProblem.self) { try make() }
            #expect(error?.kind == .content && error?.problem.contains(words) == true)
        }
        let (evidence, damage) = try sample.journal.clock(of: "b")
        #expect(evidence.exchanges.count == 320 && evidence.readings.count > 30 && damage == nil)
        let unnamed = #expect(throws: FileProblem.self) { try sample.journal.clock(of: nil) }
        #expect(unnamed?.problem == "has 2 agents; choose one with --agent: a, b")
    }

    @Test("Files of different runs are not put together")
    func foreign() throws {
        func problem(_ change: (inout FormerSample) -> Void) -> String? {
            var sample = sample
            change(&sample)
            return #expect(throws: FileProblem.self) { try sample.summary() }?.problem
        }
        #expect(problem { $0.result.header.runID = "x" }?.contains("keep a run's files") == true)
        #expect(
            problem { $0.result.header.epoch.bootID = "x" }?.contains("timeline is broken") == true)
        #expect(
            problem { $0.result.requests[2].agent = "b" }?.contains("know request 2 of") == true)
        #expect(
            problem { $0.result.requests.append(FormerSample.line(7)) }?
                .contains("know request 7 of") == true)
    }
}
