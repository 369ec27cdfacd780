import Randomness
import Testing
import TimeBase
import Workload

@testable import AgentCore

private let origin = LocalInstant(ns: 1_000_000)

private func at(_ ns: Int64) -> LocalInstant { origin + TimeSpan(ns: ns) }

private func request(
    _ index: UInt32, session: UInt32? = nil, turn: UInt16 = 0, stage: UInt16 = 0,
    at scheduled: Int64? = nil, think: Int64 = 0, phase: Phase = .scored
) -> PlannedRequest {
    PlannedRequest(
        index: index, phase: phase, stage: stage, classIndex: 0, session: session ?? index,
        turn: turn, scheduledNs: scheduled, thinkNs: think, inputTokens: 1, outputTokens: 1,
        prompt: [PromptSegment(seed: UInt64(index), tokens: 1)])
}

private struct Run: Equatable {
    var id: UInt32
    var due: Int64
    var free: Int64
}

/// Runs a schedule whose requests take `service` ns, looked at every `tick` ns; gives what was
/// sent, and the greatest number in flight.
private func simulate(
    _ schedule: inout RequestSchedule, service: Int64, tick: Int64 = 1
) -> (runs: [Run], most: Int) {
    var runs: [Run] = []
    var most = 0
    var flying: [(finish: Int64, ordinal: Int)] = []
    var now: Int64 = 0
    while true {
        flying.sort { $0.finish < $1.finish }
        while let first = flying.first, first.finish <= now {
            schedule.finished(ordinal: first.ordinal, at: at(first.finish))
            flying.removeFirst()
        }
        while let next = schedule.takeDue(now: at(now)) {
            flying.append((now + service, next.ordinal))
            let id = schedule.request(next.ordinal).index
            #expect(schedule.ordinal(of: id) == next.ordinal)
            runs.append(
                Run(id: id, due: (next.scheduled - origin).ns, free: (next.free - origin).ns))
            most = max(most, schedule.inFlight)
        }
        guard schedule.nextDue != nil || !flying.isEmpty else { return (runs, most) }
        now += tick
    }
}

@Suite("Open loops with a bound, closed loops without an end of sessions")
struct BoundedScheduleTests {
    private func bounded(_ most: UInt32, end: Int64? = nil) -> StagePlan {
        StagePlan(kind: .open, beginNs: 0, endNs: end, maxInFlight: most)
    }

    @Test("What is due beyond the bound waits in order; its time stays, and the slot's is told")
    func waits() {
        var schedule = RequestSchedule(
            requests: (0..<5).map { request($0, at: Int64($0) * 10) }, stages: [bounded(2)],
            start: origin)
        let (runs, most) = simulate(&schedule, service: 100)
        #expect(most == 2)
        #expect(
            runs == [
                Run(id: 0, due: 0, free: 0), Run(id: 1, due: 10, free: 10),
                Run(id: 2, due: 20, free: 100), Run(id: 3, due: 30, free: 110),
                Run(id: 4, due: 40, free: 200),
            ])
        #expect(schedule.remaining == 0 && schedule.takeNeverDue() == [])
    }

    @Test("A client that looks late is late from when the slot was free, not from the due time")
    func lateness() {
        var schedule = RequestSchedule(
            requests: (0..<4).map { request($0, at: 5) }, stages: [bounded(1)], start: origin)
        let (runs, _) = simulate(&schedule, service: 40, tick: 30)
        // Sent at 30, 90, 150, 210; the slots were free at 70, 130, 190.
        #expect(runs.map(\.free) == [5, 70, 130, 190])
        #expect(runs.map(\.due) == [5, 5, 5, 5])
    }

    @Test("Slots that became free between two looks are taken by who waited, the first one first")
    func severalSlots() {
        var schedule = RequestSchedule(
            requests: [0, 0, 5, 6, 50].enumerated().map { request(UInt32($0), at: $1) },
            stages: [bounded(2)], start: origin)
        let first = (0..<3).map { _ in schedule.takeDue(now: at(20))?.ordinal }
        #expect(first == [0, 1, nil])
        schedule.finished(ordinal: 0, at: at(40))
        schedule.finished(ordinal: 1, at: at(70))
        let next = (0..<2).compactMap { _ in schedule.takeDue(now: at(100)) }
        #expect(next.map(\.free) == [at(40), at(70)])
        schedule.finished(ordinal: 2, at: at(110))
        schedule.finished(ordinal: 3, at: at(120))
        #expect(schedule.takeDue(now: at(130))?.free == at(110))
    }

    @Test("A bound counts everything in flight: later turns, and the warm-up's last requests")
    func allStages() {
        var schedule = RequestSchedule(
            requests: [
                request(0, session: 0, stage: 0, at: 0, phase: .warmup),
                request(1, session: 1, stage: 1, at: 10),
                request(2, session: 1, turn: 1, stage: 1, think: 5),
                request(3, session: 2, stage: 1, at: 12),
            ], stages: [bounded(1), bounded(1)], start: origin)
        let (runs, most) = simulate(&schedule, service: 100)
        #expect(most == 1)
        #expect(runs.map(\.id) == [0, 1, 3, 2])
        #expect(runs.map(\.due) == [0, 10, 12, 205])
        #expect(runs.map(\.free) == [0, 100, 200, 300])
    }

    @Test("Slots are exact against a queue with servers", arguments: [1, 2, 3, 7] as [UInt32])
    func queue(most: UInt32) {
        var random = RandomStream(seed: UInt64(most))
        var due: [Int64] = (0..<200).map { _ in Int64.random(in: 0..<3_000, using: &random) }
        due.sort()
        var schedule = RequestSchedule(
            requests: due.enumerated().map { request(UInt32($0), at: $1) },
            stages: [bounded(most)], start: origin)
        let (runs, inFlight) = simulate(&schedule, service: 37)
        var slots = [Int64](repeating: .min, count: Int(most))
        for (run, due) in zip(runs, due) {
            slots.sort()
            let free = max(due, slots[0])
            slots[0] = free + 37
            #expect(run.due == due && run.free == free)
        }
        #expect(runs.count == 200 && inFlight <= Int(most))
    }

    @Test("Stopping tells those that waited apart from those that were not due")
    func stop() {
        var schedule = RequestSchedule(
            requests: [
                request(0, at: 0), request(1, at: 10), request(2, at: 20), request(3, at: 90),
            ],
            stages: [bounded(1)], start: origin)
        #expect(schedule.takeDue(now: at(15))?.ordinal == 0)
        #expect(schedule.takeDue(now: at(15)) == nil)
        let waiting = schedule.takeWaiting(now: at(30))
        #expect(waiting.map(\.ordinal) == [1, 2])
        #expect(waiting.map(\.scheduled) == [at(10), at(20)])
        #expect(waiting.map(\.free) == [at(30), at(30)])
        #expect(schedule.stop() == [3])
        #expect(schedule.remaining == 1 && schedule.nextDue == nil)
        schedule.finished(ordinal: 0, at: at(50))
        #expect(schedule.remaining == 0)
    }

    @Test("A closed stage that repeats sends to its end, whatever the server's speed")
    func repeats() {
        let rounds = PlanRounds(requests: 10, sessions: 10)
        var schedule = RequestSchedule(
            requests: [
                request(1, phase: .warmup), request(4), request(7, session: 7),
                request(8, session: 7, turn: 1, think: 2),
            ],
            stages: [
                StagePlan(kind: .closed(concurrency: 1), beginNs: 0, endNs: 50, repeats: true)
            ], rounds: rounds, start: origin)
        #expect(schedule.upcoming(5) == [0, 1, 2, 5, 6])
        let (runs, _) = simulate(&schedule, service: 5)
        // The warm-up once, then the sessions again and again, a turn not begun after the end.
        #expect(runs.map(\.id) == [1, 4, 7, 8, 14, 17, 18, 24, 27, 34])
        #expect(runs.map(\.due) == [0, 5, 10, 17, 22, 27, 34, 39, 44, 49])
        #expect(schedule.takeNeverDue() == [] && schedule.remaining == 0)
        #expect(schedule.upcoming(5) == [])
    }

    @Test("More slots than sessions are all used where sessions come again")
    func slots() {
        var schedule = RequestSchedule(
            requests: [request(0)],
            stages: [
                StagePlan(
                    kind: .closed(concurrency: 3), beginNs: 0, endNs: 1_000_000, repeats: true)
            ], rounds: PlanRounds(requests: 1, sessions: 1), start: origin)
        let first = (0..<3).compactMap { _ in schedule.takeDue(now: at(500_000)) }
        #expect(first.map { schedule.request($0.ordinal).index } == [0, 1, 2])
        #expect(schedule.inFlight == 3 && schedule.remaining == 3)
    }
}
