import Randomness
import Testing
import TimeBase

@testable import Workload

private let origin = LocalInstant(ns: 5_000)

/// A shard of random graphs: each turn waits for some of those before it, or for none.
private struct RandomGraphs {
    var requests: [PlannedRequest] = []
    var random: SplitMix64

    init(seed: UInt64, sessions: Int, isOpen: Bool) {
        random = SplitMix64(seed: seed)
        for session in 0..<UInt32(sessions) {
            let at = Int64.random(in: 0...2_000, using: &random)
            for turn in 0..<UInt16.random(in: 1...9, using: &random) {
                let parents = (0..<turn).filter { _ in Bool.random(using: &random) }
                // Some say nothing, and wait for the turn before.
                let after = Int.random(in: 0..<4, using: &random) == 0 || turn == 0 ? nil : parents
                let begins = turn == 0 || after?.isEmpty == true
                requests.append(
                    PlannedRequest(
                        index: UInt32(requests.count), phase: .scored, stage: 0, classIndex: 0,
                        session: session, turn: turn, scheduledNs: begins && isOpen ? at : nil,
                        thinkNs: begins ? 0 : Int64.random(in: 0...500, using: &random),
                        after: after, inputTokens: 1, outputTokens: 1,
                        prompt: [PromptSegment(seed: 1, tokens: 1)]))
            }
        }
    }
}

@Suite("Sessions that are graphs, as they become due")
struct SessionGraphTests {
    private struct Run {
        var due: [Int: Int64] = [:]
        var end: [Int: Int64] = [:]
        /// Most sessions that had a request due or in flight at once.
        var mostSessions = 0
    }

    /// Sends what is due, and ends it after a random time, until nothing is left.
    private func drive(_ graphs: RandomGraphs, _ stage: StagePlan, rounds: PlanRounds? = nil)
        throws -> (Run, left: [Int])
    {
        var random = graphs.random
        var schedule = RequestSchedule(
            requests: graphs.requests, stages: [stage], rounds: rounds, start: origin)
        var run = Run()
        var flying: [(end: Int64, ordinal: Int)] = []
        while true {
            let due = schedule.nextDue.map { ($0 - origin).ns } ?? .max
            let end = flying.map(\.end).min() ?? .max
            guard min(due, end) < .max else { break }
            if end <= due, let index = flying.firstIndex(where: { $0.end == end }) {
                let ordinal = flying.remove(at: index).ordinal
                run.end[ordinal] = end
                schedule.finished(ordinal: ordinal, at: origin + TimeSpan(ns: end))
                continue
            }
            while let next = schedule.takeDue(now: origin + TimeSpan(ns: due)) {
                #expect(run.due[next.ordinal] == nil, "due twice")
                run.due[next.ordinal] = (next.scheduled - origin).ns
                flying.append(
                    (due + Int64.random(in: 1...900, using: &random), next.ordinal))
            }
            #expect(schedule.inFlight == flying.count)
            let sessions = Set(flying.map { schedule.request($0.ordinal).session })
            run.mostSessions = max(run.mostSessions, sessions.count)
        }
        let left = schedule.takeNeverDue()
        #expect(schedule.remaining == 0 && schedule.inFlight == 0)
        return (run, left)
    }

    private func parents(_ request: PlannedRequest) -> [UInt16] {
        request.beginsSession ? [] : request.after ?? [request.turn - 1]
    }

    /// Each request that was due was so its wait after the last of those that it waits for.
    private func check(_ run: Run, _ graphs: RandomGraphs) throws {
        var ordinals: [UInt64: Int] = [:]
        for (ordinal, request) in graphs.requests.enumerated() {
            ordinals[UInt64(request.session) << 16 | UInt64(request.turn)] = ordinal
        }
        for (ordinal, due) in run.due {
            let (round, planned) = ordinal.quotientAndRemainder(dividingBy: graphs.requests.count)
            let request = graphs.requests[planned]
            guard !request.beginsSession else { continue }
            let ends = try parents(request).map { turn in
                let parent = try #require(ordinals[UInt64(request.session) << 16 | UInt64(turn)])
                return try #require(run.end[parent + round * graphs.requests.count])
            }
            #expect(due == (ends.max() ?? -1) + request.thinkNs)
        }
    }

    @Test("Every request is due once, its wait behind the last of its parents", arguments: 0..<60)
    func open(seed: UInt64) throws {
        let graphs = RandomGraphs(seed: seed, sessions: 20, isOpen: true)
        let (run, left) = try drive(graphs, StagePlan(kind: .open, beginNs: 0, endNs: 2_001))
        #expect(run.due.count == graphs.requests.count && left.isEmpty)
        try check(run, graphs)
        for (ordinal, request) in graphs.requests.enumerated() where request.beginsSession {
            #expect(run.due[ordinal] == request.scheduledNs)
        }
    }

    @Test("A slot is free when all of its session has ended", arguments: 0..<60)
    func closed(seed: UInt64) throws {
        let graphs = RandomGraphs(seed: seed, sessions: 20, isOpen: false)
        let slots = 1 + UInt32(seed % 3)
        let stage = StagePlan(kind: .closed(concurrency: slots), beginNs: 0, endNs: nil)
        let (run, left) = try drive(graphs, stage)
        #expect(run.due.count == graphs.requests.count && left.isEmpty)
        #expect(run.mostSessions <= Int(slots))
        try check(run, graphs)
        guard slots == 1 else { return }
        // One session after the other, each at the instant at which the one before had ended.
        let sessions = Dictionary(grouping: graphs.requests.indices) {
            graphs.requests[$0].session
        }
        for session in 1..<UInt32(sessions.count) {
            let before = sessions[session - 1]?.compactMap { run.end[$0] }.max()
            for ordinal in sessions[session] ?? [] where graphs.requests[ordinal].beginsSession {
                #expect(run.due[ordinal] == before)
            }
        }
    }

    @Test(
        "A stage's end leaves what is behind it never due, in later rounds too", arguments: 0..<60)
    func timed(seed: UInt64) throws {
        let graphs = RandomGraphs(seed: seed, sessions: 4, isOpen: false)
        let rounds = PlanRounds(requests: UInt32(graphs.requests.count), sessions: 4)
        let stage = StagePlan(
            kind: .closed(concurrency: 2), beginNs: 0, endNs: 120_000, repeats: true)
        let (run, left) = try drive(graphs, stage, rounds: rounds)
        try check(run, graphs)
        #expect(run.due.values.allSatisfy { $0 < 120_000 })
        #expect(run.mostSessions <= 2)
        // Conservation: of the plan, each was due or is left over.
        let planned = run.due.keys.filter { $0 < graphs.requests.count }
        #expect(Set(planned).isDisjoint(with: left))
        #expect(planned.count + left.count == graphs.requests.count)
        #expect(run.due.count > graphs.requests.count)
    }

    @Test("What waits for a turn that does not exist is never due")
    func missing() throws {
        var graphs = RandomGraphs(seed: 1, sessions: 1, isOpen: true)
        graphs.requests = Array(graphs.requests.prefix(1))
        var orphan = graphs.requests[0]
        (orphan.index, orphan.turn, orphan.scheduledNs, orphan.after) = (1, 5, nil, [0, 3])
        graphs.requests.append(orphan)
        let (run, left) = try drive(graphs, StagePlan(kind: .open, beginNs: 0, endNs: 2_001))
        #expect(run.due.count == 1 && left == [1])
    }
}
