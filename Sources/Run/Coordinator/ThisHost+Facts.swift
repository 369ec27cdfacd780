import Host
import Journal
import RunRecord
import Wire

extension ThisHost {
    /// The facts of this host, read once.
    static let facts = HostFacts.read()

    /// Whether an agent's CLOCK_MONOTONIC_RAW is this process's own, by its name.
    static func hasClock(of agent: Hello) -> Bool { clock.isSameClock(as: agent.clock) }
}
