import AgentCore
import CPriority
import EventLoop
import Glibc
import Host
import TimeBase
package import TokenLog

/// The priority of the thread that stamps and sends: asked for when its load begins, and given back
/// when the load is over, or earlier where it takes a processor from others.
///
/// Only that thread has it: threads and processes that it starts are normal (SCHED_RESET_ON_FORK).
/// Confined to the thread; a process has one at a time.
package final class LoadPriority {
    /// CPU time without a sleep after which the guard steps in, us: fifty times what a busy turn of
    /// the loop takes, a fifth of what the watch looks at.
    private static let guardUs: Int64 = 200_000

    private let wanted: ThreadPriority
    private var state = State.before

    private enum State {
        /// Exits to `raised` or `ordinary` (``raise()``).
        case before
        /// Runs before others since ``raise()``; exits to `ordinary`.
        case raised(PriorityAudit, PriorityWatch, nice: Int32)
        /// Runs like any other: nothing was given, or it was given back.
        case ordinary(PriorityAudit)
    }

    package init(wanted: ThreadPriority) { self.wanted = wanted }

    /// The outcome so far; nil before ``raise()``.
    package var audit: PriorityAudit? {
        switch state {
        case .before: nil
        case .raised(let audit, _, _): Self.judged(audit)
        case .ordinary(let audit): audit
        }
    }

    /// Asks for the priority on the calling thread; what cannot be had is noted.
    package func raise() {
        guard case .before = state else { return }
        let policy = sched_getscheduler(0) & ~Self.resetOnFork
        if policy == SCHED_RR || policy == SCHED_FIFO {
            // Whoever started the process chose it, and chose for all of it.
            state = .ordinary(PriorityAudit(wanted: wanted, got: .realTime))
            return
        }
        let nice = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let audit = Self.ask(for: wanted)
        if audit.got == .normal {
            state = .ordinary(audit)
        } else {
            let watch = PriorityWatch(cpuNs: ProcessTime.threadNs, at: RawClock.now())
            state = .raised(audit, watch, nice: nice)
        }
    }

    /// Looks, about once a second, at what the thread takes, and gives the priority back where that
    /// is too much.
    package func look() {
        guard case .raised(let audit, var watch, let nice) = state else { return }
        var judged = Self.judged(audit)
        if judged.stepBack == nil, watch.read(cpuNs: ProcessTime.threadNs, at: RawClock.now()) {
            judged.stepBack = .busy
        }
        guard judged.stepBack != nil else {
            state = .raised(audit, watch, nice: nice)
            return
        }
        legato_become_normal(nice)
        state = .ordinary(judged)
    }

    /// Gives the priority back: the load is over. Allowed at any time.
    package func lower() {
        guard case .raised(let audit, _, let nice) = state else { return }
        state = .ordinary(Self.judged(audit))
        legato_become_normal(nice)
    }

    // MARK: The system

    /// SCHED_RESET_ON_FORK, which the kernel sets in the policy that it tells.
    private static let resetOnFork: Int32 = 0x4000_0000

    private static func ask(for wanted: ThreadPriority) -> PriorityAudit {
        var audit = PriorityAudit(wanted: wanted, got: .normal)
        if wanted == .realTime {
            let failure = legato_become_realtime(guardUs)
            if failure == 0 {
                audit.got = .realTime
                return audit
            }
            audit.refusal = refusal(failure, isPermitted: legato_may_be_realtime())
        }
        if wanted != .normal {
            let failure = legato_become_nice()
            if failure == 0 {
                audit.got = .nice
            } else if audit.refusal == nil {
                audit.refusal = refusal(failure, isPermitted: false)
            }
        }
        return audit
    }

    /// Why a priority was refused with `failure` to a process that may have it or not.
    static func refusal(_ failure: Int32, isPermitted: Bool) -> PriorityAudit.Refusal {
        switch failure {
        case EPERM, EACCES: isPermitted ? .withheld : .notPermitted
        case ERANGE: .unguarded
        default: .unsupported
        }
    }

    /// The audit with what the guard did meanwhile.
    private static func judged(_ audit: PriorityAudit) -> PriorityAudit {
        guard audit.got == .realTime, legato_guard_stepped_in() else { return audit }
        var judged = audit
        judged.stepBack = .sleepless
        return judged
    }
}
