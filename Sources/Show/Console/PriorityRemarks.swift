package import TokenLog

/// Facts that a reader should know of the priority that clients ran at, in few sentences for many
/// agents.
package enum PriorityRemarks {
    /// A sentence a reason, each with the clients that it is about.
    package static func sentences(_ clients: [(name: String, priority: PriorityAudit)]) -> [String]
    {
        var sentences: [String] = []
        for refusal in PriorityAudit.Refusal.allCases {
            let refused = clients.filter { $0.priority.refusal == refusal }
            for wanted in ThreadPriority.allCases {
                let names = refused.filter { $0.priority.wanted == wanted }.map(\.name)
                if !names.isEmpty { sentences.append(sentence(refusal, wanted, names)) }
            }
        }
        for cause in PriorityAudit.StepBack.allCases {
            let names = clients.filter { $0.priority.stepBack == cause }.map(\.name)
            if !names.isEmpty { sentences.append(sentence(cause, names)) }
        }
        return sentences
    }

    /// `rr`; `rr*` where it was given back, which a sentence explains; `-` where it was never said.
    static func cell(_ priority: PriorityAudit?) -> String {
        guard let priority else { return "-" }
        return priority.got.name + (priority.stepBack == nil ? "" : "*")
    }

    private static func sentence(
        _ refusal: PriorityAudit.Refusal, _ wanted: ThreadPriority, _ names: [String]
    ) -> String {
        let subject =
            "\(list(names)) \(names.count == 1 ? "was" : "were") refused the priority "
            + "\(wanted.name), so that a busy node makes sends late and joins reads: "
        let asIs = "; --priority normal asks for none."
        switch (refusal, wanted) {
        case (.notPermitted, .nice):
            return subject + "`setcap cap_sys_nice+ep` of the executable, LimitNICE=-20 of the "
                + "unit or `ulimit -e 40` allows it" + asIs
        case (.notPermitted, _):
            return subject + "`setcap cap_sys_nice+ep` of the executable, LimitRTPRIO=1 of the "
                + "unit or `ulimit -r 1` allows it" + asIs
        case (.withheld, _):
            return subject + "it may ask, but its control group (cpu.rt_runtime_us) or container "
                + "gives none" + asIs
        case (.unguarded, _):
            return subject + "its hard limit of real-time CPU is too small for a guard; "
                + "LimitRTTIME=1s of the unit or more allows it" + asIs
        case (.unsupported, _): return subject + "its kernel or sandbox knows none" + asIs
        }
    }

    private static func sentence(_ cause: PriorityAudit.StepBack, _ names: [String]) -> String {
        let reason =
            switch cause {
            case .busy: "took over half of a core for a second"
            case .sleepless: "computed 0.2 s without a pause"
            }
        return "\(list(names)) went back to normal priority during the load, because the thread "
            + "that stamps and sends \(reason): no server was to wait for it; use more agents or a "
            + "lower rate."
    }

    /// `a`, `a and b`, `a, b and 3 more`.
    private static func list(_ names: [String]) -> String {
        switch names.count {
        case 1: names[0]
        case 2: "\(names[0]) and \(names[1])"
        default: "\(names[0]), \(names[1]) and \(names.count - 2) more"
        }
    }
}
