import PlainText
import Testing
import TimeBase
import Workload

@testable import AgentCore

private func request(
    _ index: UInt32, session: UInt32? = nil, turn: UInt16 = 0, stage: UInt16 = 0,
    at scheduled: Int64? = nil, think: Int64 = 0
) -> PlannedRequest {
    PlannedRequest(
        index: index, phase: .scored, stage: stage, classIndex: 0, session: session ?? index,
        turn: turn, scheduledNs: scheduled, thinkNs: think, inputTokens: 1, outputTokens: 1,
        prompt: [PromptSegment(seed: 1, tokens: 1)])
}

private let origin = LocalInstant(ns: 1_000_000)

/// Runs a schedule to its end with a fixed service time; gives (ordinal, due, finish), and the
/// rest.
private func simulate(
    _ schedule: inout RequestSchedule, service: Int64
) -> (runs: [(ordinal: Int, due: Int64, finish: Int64)], neverDue: [Int]) {
    var runs: [(ordinal: Int, due: Int64, finish: Int64)] = []
    var flying: [(finish: Int64, ordinal: Int)] = []
    while true {
        let due = schedule.nextDue.map { ($0 - origin).ns }
        let end = flying.map(\.finish).min()
        if let due, due <= end ?? .max {
            while let next = schedule.takeDue(now: origin + TimeSpan(ns: due)) {
                let at = (next.scheduled - origin).ns
                flying.append((at + service, next.ordinal))
                runs.append((next.ordinal, at, at + service))
            }
        } else if let end, let index = flying.firstIndex(where: { $0.finish == end }) {
            let done = flying.remove(at: index)
            schedule.finished(ordinal: done.ordinal, at: origin + TimeSpan(ns: end))
        } else {
            return (runs, schedule.takeNeverDue())
        }
    }
}

@Suite("What a shard makes due")
struct RequestScheduleTests {
    @Test("An open stage ignores the server and keeps the order of time")
    func open() {
        var schedule = RequestSchedule(
            requests: [request(0, at: 50), request(1, at: 10), request(2, at: 10)],
            stages: [StagePlan(kind: .open, beginNs: 0, endNs: 100)], start: origin)
        #expect(schedule.nextDue == origin + TimeSpan(ns: 10))
        #expect(schedule.takeDue(now: origin + TimeSpan(ns: 9)) == nil)
        let (runs, rest) = simulate(&schedule, service: 1_000)
        #expect(runs.map(\.ordinal) == [1, 2, 0])
        #expect(runs.map(\.due) == [10, 10, 50])
        #expect(rest.isEmpty && schedule.remaining == 0)
    }

    @Test("A later turn is due its think time after the turn before has finished")
    func turns() {
        var schedule = RequestSchedule(
            requests: [
                request(0, session: 7, at: 5), request(1, session: 7, turn: 1, think: 30),
                request(2, session: 7, turn: 2, think: 40),
            ],
            stages: [StagePlan(kind: .open, beginNs: 0, endNs: 10)], start: origin)
        let (runs, _) = simulate(&schedule, service: 100)
        #expect(runs.map(\.due) == [5, 135, 275])
    }

    @Test("A closed loop's slots begin apart; none holds two, and each is due when it became free")
    func closed() {
        var schedule = RequestSchedule(
            requests: (0..<10).map { request($0) },
            stages: [StagePlan(kind: .closed(concurrency: 3), beginNs: 20, endNs: nil)],
            start: origin)
        let (runs, rest) = simulate(&schedule, service: 1_000_000)
        let first: [Int64] = [20, 100_020, 200_020]
        let due = first + first.map { $0 + 1_000_000 } + first.map { $0 + 2_000_000 } + [3_000_020]
        #expect(runs.map(\.due) == due)
        #expect(rest.isEmpty && schedule.remaining == 0)
    }

    @Test("A closed loop's end leaves its reserve unused, and later turns too")
    func closedByTime() {
        var schedule = RequestSchedule(
            requests: [
                request(0, session: 0), request(1, session: 0, turn: 1, think: 500),
                request(2, session: 1), request(3, session: 2),
            ],
            stages: [StagePlan(kind: .closed(concurrency: 1), beginNs: 0, endNs: 150)],
            start: origin)
        let (runs, rest) = simulate(&schedule, service: 100)
        // The session's second turn would come at 600, after the end: the slot goes on.
        #expect(runs.map(\.ordinal) == [0, 2])
        #expect(rest == [1, 3])
        #expect((0...3).allSatisfy { schedule.isReserve($0) })
        #expect(schedule.remaining == 0)
    }

    @Test("A slot that becomes free at the very end of its stage takes no further session")
    func closedAtItsEnd() {
        var schedule = RequestSchedule(
            requests: (0..<4).map { request($0) },
            stages: [StagePlan(kind: .closed(concurrency: 1), beginNs: 0, endNs: 200)],
            start: origin)
        let (runs, rest) = simulate(&schedule, service: 100)
        #expect(runs.map(\.ordinal) == [0, 1] && rest == [2, 3])
    }

    @Test("The last stage is over in time, whatever is in flight; the drain counts from there")
    func overByTime() {
        let stages = [
            StagePlan(kind: .open, beginNs: 0, endNs: 30),
            StagePlan(kind: .closed(concurrency: 1), beginNs: 30, endNs: 100),
        ]
        var schedule = RequestSchedule(
            requests: [request(0, at: 5), request(1, stage: 1)], stages: stages, start: origin)
        #expect(schedule.over == origin + TimeSpan(ns: 100))
        #expect(schedule.cut(after: TimeSpan(ns: 7)) == origin + TimeSpan(ns: 107))
        #expect(schedule.cut(after: TimeSpan(ns: -7)) == origin + TimeSpan(ns: 100))
        #expect(schedule.cut(after: TimeSpan(ns: .max)) == nil)
        _ = schedule.takeDue(now: origin + TimeSpan(ns: 5))
        schedule.finished(ordinal: 0, at: origin + TimeSpan(ns: 900))
        #expect(schedule.over == origin + TimeSpan(ns: 100))
    }

    @Test(
        "A stage that ends with its requests is over when the last was sent, and while others end")
    func overByRequests() {
        let stages = [
            StagePlan(kind: .open, beginNs: 0, endNs: nil),
            StagePlan(kind: .closed(concurrency: 1), beginNs: 0, endNs: 20),
        ]
        var schedule = RequestSchedule(
            requests: [
                request(0, session: 7, at: 5), request(1, session: 7, turn: 1, think: 30),
                request(2, at: 6), request(3, stage: 1),
            ], stages: stages, start: origin)
        func at(_ ns: Int64) -> LocalInstant { origin + TimeSpan(ns: ns) }
        while schedule.takeDue(now: at(8)) != nil {}
        // The session's second turn is still to come, and may be for long.
        #expect(schedule.over == nil && schedule.cut(after: .zero) == nil)
        schedule.finished(ordinal: 0, at: at(50))
        #expect(schedule.over == nil)
        #expect(schedule.takeDue(now: at(81))?.ordinal == 1)
        #expect(schedule.over == at(81))
        // The closed stage has an end of its own: what ends of it puts nothing off.
        schedule.finished(ordinal: 3, at: at(95))
        #expect(schedule.over == at(81))
        schedule.finished(ordinal: 2, at: at(120))
        #expect(schedule.over == at(120))
        #expect(schedule.stop() == [] && schedule.inFlight == 1)
    }

    @Test("Stopped, nothing more is waited for: what is in flight is all that is left")
    func overWhenStopped() {
        var schedule = RequestSchedule(
            requests: [request(0, at: 5), request(1, at: 500)],
            stages: [StagePlan(kind: .open, beginNs: 0, endNs: nil)], start: origin)
        _ = schedule.takeDue(now: origin + TimeSpan(ns: 9))
        #expect(schedule.over == nil)
        #expect(schedule.stop() == [1])
        #expect(schedule.over == origin + TimeSpan(ns: 9))
    }

    @Test("Stopping gives back what was not sent, once")
    func stop() {
        var schedule = RequestSchedule(
            requests: [request(0, at: 0), request(1, at: 10), request(2, at: 20)],
            stages: [StagePlan(kind: .open, beginNs: 0, endNs: 30)], start: origin)
        #expect(schedule.takeDue(now: origin)?.ordinal == 0)
        #expect(schedule.stop() == [1, 2])
        #expect(schedule.stop() == [])
        #expect(schedule.nextDue == nil)
        #expect(schedule.remaining == 1)
        schedule.finished(ordinal: 0, at: origin + TimeSpan(ns: 50))
        #expect(schedule.remaining == 0)
    }
}
