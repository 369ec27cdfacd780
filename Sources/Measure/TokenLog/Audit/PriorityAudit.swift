/// Before which threads of its node a thread runs.
package enum ThreadPriority: UInt8, Hashable, Sendable, CaseIterable {
    /// Like any other.
    case normal = 0
    /// A negative nice value: before those of nice 0, as far as the scheduler finds that fair.
    case nice = 1
    /// SCHED_RR at its lowest level: at once, before all of normal priority.
    case realTime = 2

    /// The name in options and files.
    package var name: String {
        switch self {
        case .normal: "normal"
        case .nice: "nice"
        case .realTime: "rr"
        }
    }

    /// The priority of this name; nil where there is none.
    package init?(named name: String) {
        guard let value = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = value
    }
}

/// How the thread that stamps and sends was to run over the load, and how it ran.
package struct PriorityAudit: Hashable, Sendable {
    package var wanted: ThreadPriority
    /// The priority that the load began with.
    package var got: ThreadPriority
    /// Why `got` is not what was wanted; nil where it is.
    package var refusal: Refusal?
    /// Why the thread went on at normal priority before the load was over; nil where it did not.
    package var stepBack: StepBack?

    package init(
        wanted: ThreadPriority, got: ThreadPriority, refusal: Refusal? = nil,
        stepBack: StepBack? = nil
    ) {
        self.wanted = wanted
        self.got = got
        self.refusal = refusal
        self.stepBack = stepBack
    }

    /// Why the system did not give a priority.
    package enum Refusal: UInt8, Hashable, Sendable, CaseIterable {
        /// The process has neither the capability (CAP_SYS_NICE) nor the limit for it.
        case notPermitted = 0
        /// It has, and its control group or container gives no real-time priority.
        case withheld = 1
        /// The process may use too little real-time CPU at once for a guard to step in before the
        /// kernel ends it (RLIMIT_RTTIME).
        case unguarded = 2
        /// The system knows no such priority.
        case unsupported = 3

        /// The name in files.
        package var name: String {
            switch self {
            case .notPermitted: "not_permitted"
            case .withheld: "withheld"
            case .unguarded: "unguarded"
            case .unsupported: "unsupported"
            }
        }
    }

    /// Why a thread gave its priority back.
    package enum StepBack: UInt8, Hashable, Sendable, CaseIterable {
        /// It took too large a share of a processor.
        case busy = 0
        /// It did not sleep once for longer than the guard allows (RLIMIT_RTTIME).
        case sleepless = 1

        /// The name in files.
        package var name: String {
            switch self {
            case .busy: "busy"
            case .sleepless: "sleepless"
            }
        }
    }
}
