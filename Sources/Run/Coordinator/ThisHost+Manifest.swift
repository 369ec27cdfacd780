import Host
import JSON
import Journal
import Wire

extension ThisHost {
    /// The facts of this host, read once.
    static let facts = HostFacts.read()

    /// Whether an agent's CLOCK_MONOTONIC_RAW is this process's own, by its name.
    static func hasClock(of agent: Hello) -> Bool { clock.isSameClock(as: agent.clock) }

    /// The manifest's words on the coordinator's host.
    static var manifestFacts: JSONValue {
        .object([
            "hostname": .string(hostname),
            "kernel": .string(facts.kernel),
            "clock_source": .string(facts.clockSource),
            "clock_reading_ns": .integer(Int64(facts.clockReadingNs)),
            "cores": .integer(Int64(facts.cores)),
        ])
    }
}

extension Hello {
    /// The clock of the agent's stamps.
    var clock: ClockName {
        ClockName(host: host.hostname, bootID: bootID, timeNamespace: timeNamespace)
    }
}
