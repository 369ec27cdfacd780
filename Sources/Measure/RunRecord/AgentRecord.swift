import Bytes
package import Journal
package import TimeBase
package import TokenLog
package import Wire

/// The journal's knowledge of one agent.
package struct AgentRecord: Sendable {
    /// Its Hello; where damage has taken that, one that names it by its index.
    package private(set) var hello: Hello
    /// Its report that it is ready.
    package var ready: Ready?
    /// When it was told to start, and the offset that its clock was taken to have.
    package var start: StartCommand?
    package var started: Started?
    /// Its last word on how it keeps up.
    package var audit: ClientAudit?
    /// All of them, the last of which may still last.
    package var absences: [Absence<LocalInstant>] = []
    /// From its last records to when it was there for the last time, where it was given up.
    package var lost: Absence<LocalInstant>?
    /// Its End, and when that arrived.
    package var end: (said: AgentEnd, at: LocalInstant)?
    /// The exchanges that its clock is fitted from.
    package var log: ExchangeLog
    /// Names that it gave its clock, in order, without repetition: more than one after a reboot.
    package var clocks: [ClockName] = []
    /// Batches that follow each other without a hole, from 1.
    package internal(set) var batches: UInt64 = 0

    /// An agent that has not said who it is.
    init(_ index: Int, log: ExchangeLog) {
        hello = Hello(
            name: "agent-\(index + 1)", identity: AgentIdentity(high: 0, low: 0), incarnation: 0,
            heldRun: nil, bootID: "", host: .unknown,
            targets: [], embeddedEngine: false)
        self.log = log
    }

    /// It says Hello, perhaps as another process of the same name.
    mutating func say(_ hello: Hello) {
        self.hello = hello
        if !clocks.contains(hello.clock) { clocks.append(hello.clock) }
    }

    /// When its part ended, on the coordinator's clock; nil where the journal does not say.
    package var over: LocalInstant? { end?.at ?? lost?.to ?? lost?.from }
}

extension HostFacts {
    /// A host of which the journal says nothing.
    package static let unknown = HostFacts(
        hostname: "", kernel: "", clockSource: "", cores: 0, memoryBytes: 0, gpus: [])
}

extension Hello {
    /// The clock of the agent's stamps.
    package var clock: ClockName {
        ClockName(host: host.hostname, bootID: bootID, timeNamespace: timeNamespace)
    }
}
