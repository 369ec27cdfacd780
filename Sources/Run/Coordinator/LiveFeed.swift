import Results
import TimeBase
import TokenLog
import Wire

/// Hands the state of a run to whoever shows it beside the console, once a second.
///
/// The receiver is called on the coordinator's loop and returns at once.
struct LiveFeed {
    static let interval = TimeSpan.seconds(1)

    private var about: LiveState.About
    private let hand: @Sendable (LiveState) -> Void
    private var servers = LiveServers()
    private var rows: [Row] = []

    /// An agent's words on itself.
    private struct Row {
        var targets: [String]
        var health = LiveSnapshot.Health.working
        var status: AgentStatus?
    }

    init(_ about: LiveState.About, hand: @escaping @Sendable (LiveState) -> Void) {
        self.about = about
        self.hand = hand
    }

    /// - Parameter engine: The one that agents embed that have no servers.
    mutating func joined(_ hello: Hello, engine: String) {
        let urls = hello.targets.map(\.url)
        rows.append(Row(targets: hello.embeddedEngine ? ["embedded engine"] : urls))
        if hello.embeddedEngine, !about.facts.contains(engine) { about.facts.insert(engine, at: 0) }
    }

    mutating func health(_ health: LiveSnapshot.Health, of agent: Int) {
        guard rows.indices.contains(agent) else { return }
        rows[agent].health = health
    }

    mutating func status(_ status: AgentStatus, of agent: Int) {
        guard rows.indices.contains(agent) else { return }
        rows[agent].status = status
    }

    /// - Parameter second: The run's, at an instant of the agent's clock.
    mutating func add(
        _ scrapes: [ScrapeRecord], of agent: Int, second: (LocalInstant) -> Int64
    ) {
        let targets = rows.indices.contains(agent) ? rows[agent].targets : []
        for scrape in scrapes {
            servers.add(
                scrape, agent: agent,
                name: { targets.indices.contains($0) ? targets[$0] : "\($0)" },
                second: second(scrape.at))
        }
    }

    /// - Parameter snapshot: The figures of the agents, and their clocks; none before the start.
    func show(_ phase: LiveState.Phase, _ snapshot: LiveSnapshot?, _ detail: LiveDetail?) {
        var state = LiveState(about: about, phase: phase)
        if var snapshot {
            for (index, row) in zip(snapshot.agents.indices, rows) {
                snapshot.agents[index].health = row.health
                snapshot.agents[index].busy = row.status.map { Double($0.loopBusyPermille) / 1000 }
                snapshot.agents[index].cpuNs = row.status?.cpuNs
            }
            state.snapshot = snapshot
        }
        state.detail = detail
        state.servers = servers.servers
        hand(state)
    }
}
