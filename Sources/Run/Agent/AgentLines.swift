import AgentCore
import TimeBase
import Wire

/// Lines for a person at the agent's node, one for each step of its part.
struct AgentLines {
    let tell: @Sendable (String) -> Void
    private var isAway = false

    init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func dialling(_ options: AgentOptions) {
        tell(
            "looking for a coordinator at \(options.coordinator), for "
                + "\(Int64(options.patience.seconds.rounded(.up))) s at most (--patience)")
    }

    func welcomed(_ welcome: Welcome) {
        tell(
            "joined run \(welcome.runID) as agent \(welcome.agentIndex + 1) of "
                + "\(welcome.agentCount)")
    }

    func started() { tell("started") }

    /// Before the action is performed.
    mutating func will(_ action: AgentAction) {
        switch action {
        case .prepare(_, let shard, _):
            tell("preparing \(count(shard.count))")
        case .send(.ready): tell("ready: waiting for the start")
        case .stopLoad(_, let reason): tell("told to stop: \(reason)")
        case .dial where !isAway:
            isAway = true
            tell("the link to the coordinator is lost: going on, and dialling again")
        case .resume:
            isAway = false
            tell("back with the coordinator")
        case .send(.end(let end)):
            tell("load over: handing over \(count(Int(clamping: end.finishes)))")
        case .exit(.done): tell("done: everything is safe with the coordinator")
        default: break
        }
    }

    private func count(_ requests: Int) -> String {
        requests == 1 ? "1 request" : "\(requests) requests"
    }
}
