import Glibc
import Testing
import TimeBase
import TokenLog

@testable import Agent
@testable import EventLoop
@testable import ServingClient

@Suite("The load's audit of itself")
struct LoadAuditTests {
    /// Readings at the ends of seconds of which so many thousandths were busy.
    private func audit(busy: [Int64]) -> ClientAudit {
        var audit = LoadAudit()
        var idle: Int64 = 0
        func reading(_ seconds: Int) -> LoadAudit.Reading {
            let at = Int64(seconds) * 1_000_000_000
            return LoadAudit.Reading(
                load: LoopLoad(at: TimeSpan(ns: at), idle: TimeSpan(ns: idle)), cpuNs: 0,
                at: LocalInstant(ns: at))
        }
        audit.began(reading(0))
        for (second, permille) in busy.enumerated() {
            idle += (1_000 - permille) * 1_000_000
            // The last stretch is seen by the end alone.
            if second < busy.count - 1 { _ = audit.takeRecent(reading(second + 1)) }
        }
        return audit.audit(reading(busy.count), reads: ReadAudit())
    }

    @Test("A busy second is kept with its instant, however idle the rest was")
    func busySecond() {
        let figures = audit(busy: [10, 20, 1_000, 10, 900, 5, 5, 5, 5, 5])
        #expect(figures.busyPermille < 300 && figures.busiestPermille == 1_000)
        #expect(figures.overload.totalNs == 2_000_000_000)
        #expect(figures.overload.fromNs == 2_000_000_000)
        #expect(figures.overload.toNs == 5_000_000_000)
        #expect(audit(busy: [800, 700, 799]).overload == Overload())
    }

    @Test("A status has the lateness since the one before, and the end has all of it")
    func recentLateness() {
        var audit = LoadAudit()
        let reading = LoadAudit.Reading(
            load: LoopLoad(at: .zero, idle: .zero), cpuNs: 0, at: LocalInstant(ns: 0))
        audit.sent(lateness: .milliseconds(40))
        #expect((39_000_000...41_000_000).contains(audit.takeRecent(reading).latenessP99Ns))
        audit.sent(lateness: .microseconds(50))
        #expect((49_000...51_000).contains(audit.takeRecent(reading).latenessP99Ns))
        #expect(audit.takeRecent(reading).latenessP99Ns == 0)
        let whole = audit.audit(reading, reads: ReadAudit())
        #expect(whole.sends == 2 && whole.latenessMaxNs >= 39_000_000)
    }

    @Test("All that reads were like is in it")
    func reads() {
        var reads = ReadAudit()
        reads.delay.add(7)
        reads.waiting.add(8)
        reads.lateJoins.add(delayNs: nil, sinceNs: 9, isFirst: true)
        reads.outOfOrder = 10
        reads.unstamped = 11
        let load = LoopLoad(at: .zero, idle: .zero)
        let audit = LoadAudit().audit(
            LoadAudit.Reading(load: load, cpuNs: 0, at: LocalInstant(ns: 0)), reads: reads)
        #expect(audit.readDelay == reads.delay && audit.readWaiting == reads.waiting)
        #expect(audit.lateJoins == reads.lateJoins)
        #expect(audit.outOfOrder == 10 && audit.unstamped == 11)
    }

    @Test(
        "A refusal tells what is missing from what takes it away",
        arguments: [
            (EPERM, false, PriorityAudit.Refusal.notPermitted), (EPERM, true, .withheld),
            (EACCES, false, .notPermitted), (EACCES, true, .withheld), (ERANGE, true, .unguarded),
            (EINVAL, true, .unsupported), (ENOSYS, false, .unsupported),
        ])
    func refusal(failure: Int32, isPermitted: Bool, expected: PriorityAudit.Refusal) {
        #expect(LoadPriority.refusal(failure, isPermitted: isPermitted) == expected)
    }

    @Test("The last stretch counts, though no status saw it")
    func lastStretch() {
        let figures = audit(busy: [10, 950])
        #expect(figures.busiestPermille == 950)
        #expect(figures.overload.fromNs == 1_000_000_000)
        #expect(figures.overload.toNs == 2_000_000_000)
    }
}
