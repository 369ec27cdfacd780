import Bytes
package import CoordinatorCore
package import EventLoop
package import RunRecord
package import TimeBase
package import Transport
package import Workload

/// Everything a run needs to know, decided before it starts.
package struct RunOptions: Sendable {
    /// Where agents come from.
    package enum Agents: Sendable {
        /// `count` child processes on this machine, with the servers they drive (none: an embedded
        /// engine each).
        case local(count: Int, urls: [String])
        /// `count` agents that dial in.
        case remote(count: Int)

        package var areRemote: Bool {
            switch self {
            case .local: false
            case .remote: true
            }
        }

        /// The names of agents that are started here; nil where others dial in.
        package var names: [String]? {
            switch self {
            case .local(let count, _): (1...count).map { "local-\($0)" }
            case .remote: nil
            }
        }

        package var count: Int {
            switch self {
            case .local(let count, _), .remote(let count): count
            }
        }
    }

    package var agents: Agents
    /// Where to listen; port 0 lets the system choose.
    package var listen: HostPort
    package var security: Security
    /// The secret of local agents.
    package var token: SharedToken?
    /// Header fields of local agents' requests, `NAME: VALUE` a line: secret, handed over by
    /// descriptor, in no file and no log.
    package var localFields = ""
    /// Options of local agents that are no secret, such as whose certificates they take.
    package var localArguments: [String] = []
    /// The agents' parts, in the order of the deal.
    package var assignments: [Assignment]
    /// The rule of which agent gets which of them.
    package var dealOrder: DealOrder
    /// The plan that the assignments were dealt from.
    package var plan: WorkloadPlan
    package var patience: CoordinatorMachine.Patience
    package var drain: TimeSpan
    /// How long a local agent goes on without its coordinator, as `legato agent --grace` reads it.
    package var grace: TimeSpan
    /// The executable that local agents are started from.
    package var executable: String
    /// Where local agents keep their spools.
    package var spoolFolder = "spool"
    /// All that is known of the run before an agent joins.
    package var opening: RunOpening
    /// Whether the run ends as soon as it is known to ask for more than its servers can serve.
    package var endsOverSaturated = false

    package init(
        agents: Agents, listen: HostPort, security: Security, token: SharedToken?,
        assignments: [Assignment], dealOrder: DealOrder, plan: WorkloadPlan,
        patience: CoordinatorMachine.Patience, drain: TimeSpan, grace: TimeSpan, executable: String,
        opening: RunOpening
    ) {
        self.agents = agents
        self.listen = listen
        self.security = security
        self.token = token
        self.assignments = assignments
        self.dealOrder = dealOrder
        self.plan = plan
        self.patience = patience
        self.drain = drain
        self.grace = grace
        self.executable = executable
        self.opening = opening
    }
}
