import AgentCore
import Testing
import TimeBase

@Suite("When servers are asked for their metrics")
struct ScrapeScheduleTests {
    private static let start = LocalInstant(ns: 50_000_000_000)

    private static func at(_ ms: Int64) -> LocalInstant { start + .milliseconds(ms) }

    private func schedule(_ servers: Int) -> ScrapeSchedule {
        ScrapeSchedule(servers: servers, start: Self.start, interval: .seconds(1))
    }

    @Test("All are asked at the start and each interval, never before")
    func grid() {
        var schedule = schedule(2)
        #expect(schedule.nextDue == Self.at(0))
        #expect(schedule.takeDue(now: Self.at(-1)) == [])
        #expect(schedule.takeDue(now: Self.at(2)) == [0, 1])
        #expect(schedule.nextDue == Self.at(1_000))
        schedule.answered(0)
        schedule.answered(1)
        #expect(schedule.takeDue(now: Self.at(999)) == [])
        #expect(schedule.takeDue(now: Self.at(1_001)) == [0, 1])
    }

    @Test("One that has not answered is passed over; what was missed is not made up for")
    func slow() {
        var schedule = schedule(2)
        #expect(schedule.takeDue(now: Self.at(0)) == [0, 1])
        schedule.answered(1)
        #expect(schedule.takeDue(now: Self.at(1_000)) == [1])
        schedule.answered(1)
        schedule.answered(0)
        #expect(schedule.takeDue(now: Self.at(5_400)) == [0, 1])
        #expect(schedule.nextDue == Self.at(6_000))
    }

    @Test("A server that never answers is left after three tries, one that did after many more")
    func tries() {
        var schedule = schedule(2)
        var ms: Int64 = 0
        func ask(_ schedule: inout ScrapeSchedule) -> [Int] {
            defer { ms += 1_000 }
            return schedule.takeDue(now: Self.at(ms))
        }
        for round in 1...ScrapeSchedule.tries {
            #expect(ask(&schedule) == [0, 1])
            #expect(schedule.failed(0) == (round == ScrapeSchedule.tries))
            schedule.answered(1)
        }
        for round in 1...ScrapeSchedule.triesAfterAnswer {
            #expect(ask(&schedule) == [1])
            // An answer begins the count anew.
            if round == 5 {
                schedule.answered(1)
                break
            }
            #expect(schedule.failed(1) == false)
        }
        for round in 1...ScrapeSchedule.triesAfterAnswer {
            #expect(ask(&schedule) == [1])
            #expect(schedule.failed(1) == (round == ScrapeSchedule.triesAfterAnswer))
        }
        #expect(schedule.nextDue == nil)
        #expect(ask(&schedule) == [])
    }

    @Test("Without servers nothing is due")
    func nobody() { #expect(schedule(0).nextDue == nil) }
}
