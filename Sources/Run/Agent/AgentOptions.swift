package import AgentCore
package import EventLoop
package import ServingClient
package import TimeBase
package import TokenLog
package import Transport

/// Options of `legato agent`.
package struct AgentOptions: Sendable {
    package var coordinator: HostPort
    /// Unique among the agents of a run.
    package var name: String
    /// Base URLs of this node's servers; empty with an embedded engine.
    package var urls: [String]
    package var embeddedEngine: Bool
    /// Nil for the standard location, named by host and agent.
    package var spoolFolder: String?
    package var spoolLimitBytes: UInt64
    /// How long to go on without the coordinator; nil takes the run's own.
    package var grace: TimeSpan?
    package var security: Security
    /// The fields that the servers want before they answer, and the certificates that are trusted.
    package var access: TargetAccess
    /// How long to keep trying to reach the coordinator.
    package var patience: TimeSpan
    /// The priority that the thread that stamps and sends asks for.
    package var priority = ThreadPriority.realTime
    /// Inherited by a local agent, which ends with the coordinator that started it
    /// (``ParentProcess``); such a one leaves the talking to the coordinator.
    package var lifeline: Int32?
    /// Hears a line for each step of the agent's part, from any thread.
    package var tell: @Sendable (String) -> Void = { _ in }
    /// Hears how the agent stands, some times a second where that changes; nil where nobody asks.
    package var watch: (@Sendable (AgentFigures) -> Void)?
    /// Gets a sentence now and then while something is waited for, on any thread.
    package var progress: @Sendable (String) -> Void

    package init(
        coordinator: HostPort, name: String, urls: [String], embeddedEngine: Bool,
        spoolFolder: String?, spoolLimitBytes: UInt64, grace: TimeSpan?, security: Security,
        access: TargetAccess, patience: TimeSpan,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.coordinator = coordinator
        self.name = name
        self.urls = urls
        self.embeddedEngine = embeddedEngine
        self.spoolFolder = spoolFolder
        self.spoolLimitBytes = spoolLimitBytes
        self.grace = grace
        self.security = security
        self.access = access
        self.patience = patience
        self.progress = progress
    }
}
