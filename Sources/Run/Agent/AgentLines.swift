import AgentCore
import PlainText
import TimeBase
import Wire

/// Lines for a person at the agent's node, one for each step of its part.
struct AgentLines {
    let tell: @Sendable (String) -> Void
    private var isAway = false
    /// Why attempts to reach a coordinator failed, as far as they were told.
    private var causes: Set<String> = []
    private static let mostCauses = 8

    init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func dialling(_ options: AgentOptions) {
        tell(
            "looking for a coordinator at \(options.coordinator), for "
                + "\(Int64(options.patience.seconds.rounded(.up))) s at most (--patience)")
    }

    /// An attempt failed, and another one follows: said once for each cause.
    mutating func unreachable(_ reason: String) {
        guard causes.count < Self.mostCauses, causes.insert(reason).inserted else { return }
        tell("not joined yet, and trying again: \(reason)")
    }

    func welcomed(_ welcome: Welcome) {
        tell(
            "joined run \(welcome.runID): \(welcome.agentIndex + 1) of "
                + "\(welcome.agentCount) agents have")
    }

    func started() { tell("started") }

    /// Before the action is performed.
    mutating func will(_ action: AgentAction) {
        switch action {
        case .prepare(_, let shard, _):
            tell("preparing \(Figures.count(shard.count, "request"))")
        case .send(.ready): tell("ready: waiting for the start")
        case .stopLoad(_, let reason): tell("told to stop: \(reason)")
        case .dial where !isAway:
            isAway = true
            tell("the link to the coordinator is lost: going on, and dialling again")
        case .resume:
            isAway = false
            tell("back with the coordinator")
        case .send(.end(let end)):
            tell("load over: handing over \(Figures.count(Int(clamping: end.finishes), "request"))")
        case .exit(.done): tell("done: everything is safe with the coordinator")
        default: break
        }
    }
}
