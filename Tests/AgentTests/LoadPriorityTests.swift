import CPriority
import Dispatch
import EventLoop
import Foundation
import Glibc
import Host
import Testing
import TimeBase
import TokenLog

@testable import Agent

/// A thread's policy and nice value as the kernel tells them.
private struct Schedule: Hashable {
    var policy: Int32
    var nice: Int32

    static let normal = Schedule(policy: SCHED_OTHER, nice: 0)

    /// The schedule of a thread of this process by its id; 0 for the calling one.
    static func of(_ thread: pid_t) -> Schedule {
        Schedule(
            policy: sched_getscheduler(thread) & 0xFF,
            nice: getpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(thread)))
    }
}

/// Real threads at real priorities; one at a time, for a process guards one.
@Suite(
    "The priority of the load's thread", .serialized,
    .enabled(
        if: legato_may_be_realtime(),
        "this process may not have SCHED_RR: CAP_SYS_NICE or `ulimit -r 1` allows it"))
struct LoadPriorityTests {
    /// Runs `body` on a thread of its own, which ends with it.
    private func onThread<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.start()
        }
    }

    @Test(arguments: [
        (ThreadPriority.realTime, Schedule(policy: SCHED_RR, nice: 0)),
        (.nice, Schedule(policy: SCHED_OTHER, nice: -20)), (.normal, .normal),
    ])
    private func theThreadHasWhatItAsksFor(wanted: ThreadPriority, meant: Schedule) async {
        let seen = await onThread {
            let priority = LoadPriority(wanted: wanted)
            let silence = priority.audit
            priority.raise()
            let during = Schedule.of(0)
            // Asked for twice it is had once, and can be given back.
            priority.raise()
            let audit = priority.audit
            // Threads that it starts are normal ones, whatever it is itself.
            let child = DispatchSemaphore(value: 0)
            let childs = Guarded<Schedule?>(nil)
            Thread.detachNewThread {
                childs.withLock { $0 = .of(0) }
                child.signal()
            }
            child.wait()
            // The rest of the process is as it was.
            let main = Schedule.of(getpid())
            priority.look()
            priority.lower()
            return (silence, during, audit, childs.withLock { $0 }, main, Schedule.of(0))
        }
        #expect(seen.0 == nil)
        #expect(seen.1 == meant)
        #expect(seen.2 == PriorityAudit(wanted: wanted, got: wanted))
        #expect(seen.3 == .normal)
        #expect(seen.4 == .normal)
        #expect(seen.5 == .normal)
    }

    @Test(
        "A loop that never sleeps loses its priority within its guard, and the process lives",
        arguments: [true, false])
    func theGuardStepsIn(isLookedAt: Bool) async {
        let seen = await onThread {
            let priority = LoadPriority(wanted: .realTime)
            priority.raise()
            let begun = ProcessTime.threadNs
            // No look() in between: only the kernel's signal can step in.
            while Schedule.of(0).policy == SCHED_RR, ProcessTime.threadNs - begun < 5_000_000_000 {}
            let taken = ProcessTime.threadNs - begun
            let during = priority.audit
            if isLookedAt { priority.look() }
            let after = Schedule.of(0)
            priority.lower()
            // The next load is another one, and has not lost anything.
            let next = LoadPriority(wanted: .nice)
            next.raise()
            let nexts = next.audit
            next.lower()
            return (taken, during, after, priority.audit, nexts)
        }
        #expect(seen.0 > 100_000_000 && seen.0 < 1_000_000_000, "\(seen.0) ns of CPU")
        let expected = PriorityAudit(wanted: .realTime, got: .realTime, stepBack: .sleepless)
        #expect(seen.1 == expected)
        #expect(seen.2 == .normal)
        #expect(seen.3 == expected)
        #expect(seen.4 == PriorityAudit(wanted: .nice, got: .nice))
    }

    @Test("A loop that sleeps, but computes most of the time, steps back at the next look")
    func theWatchStepsBack() async {
        let seen = await onThread {
            let priority = LoadPriority(wanted: .realTime)
            priority.raise()
            let end = RawClock.now() + .seconds(1)
            while RawClock.now() < end {
                let begun = ProcessTime.threadNs
                while ProcessTime.threadNs - begun < 20_000_000 {}
                usleep(1_000)
            }
            let before = Schedule.of(0).policy
            priority.look()
            let after = Schedule.of(0)
            return (before, after, priority.audit)
        }
        #expect(seen.0 == SCHED_RR)
        #expect(seen.1 == .normal)
        #expect(
            seen.2 == PriorityAudit(wanted: .realTime, got: .realTime, stepBack: .busy))
    }

    @Test("A calm loop keeps its priority however long it is looked at")
    func aCalmLoopKeepsIt() async {
        let seen = await onThread {
            let priority = LoadPriority(wanted: .realTime)
            priority.raise()
            usleep(950_000)
            priority.look()
            defer { priority.lower() }
            return (Schedule.of(0).policy, priority.audit?.stepBack)
        }
        #expect(seen.0 == SCHED_RR && seen.1 == nil)
    }

    @Test("One that was real-time before stays so: the user chose it for the whole process")
    func whatTheUserChoseStays() async {
        let seen = await onThread {
            var level = sched_param(sched_priority: 2)
            sched_setscheduler(0, SCHED_FIFO, &level)
            let priority = LoadPriority(wanted: .normal)
            priority.raise()
            let during = Schedule.of(0).policy
            priority.lower()
            return (during, Schedule.of(0).policy, priority.audit)
        }
        #expect(seen.0 == SCHED_FIFO && seen.1 == SCHED_FIFO)
        #expect(seen.2 == PriorityAudit(wanted: .normal, got: .realTime))
    }
}
