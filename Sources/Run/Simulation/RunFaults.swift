package import AgentCore
package import CoordinatorCore
package import RunRecord
package import TimeBase

/// A fault that can happen in a simulated run.
package enum RunFault: Int, Hashable, Sendable, CaseIterable {
    /// Both sides see the session end; what is under way is lost.
    case linkCut
    /// From now on everything on the agent's connections vanishes, and neither side is told.
    case linkSilent
    /// The session ends, and one side alone is told.
    case linkHalfCut
    /// Nothing gets to the agent's host or from it for 0.5 to 25 s: what is sent meanwhile arrives
    /// late where the connection outlives it, and nobody can be reached.
    case outage
    /// The same for 25 to 65 s: it may outlast the grace.
    case longOutage
    /// The agent's process ends; its kernel closes the connections. It comes back, too late.
    case agentKilled
    /// The agent's machine ends: nobody is told, and what it did not sync may be lost or damaged.
    case agentLosesPower
    /// Someone at the node asks the agent to leave.
    case agentInterrupted
    /// The agent's spool cannot be written.
    case spoolFails
    /// The agent's targets never answer.
    case neverReady
    /// The agent's targets refuse.
    case cannotPrepare
    /// The agent's clock connection never comes up.
    case clockBlocked
    /// A person asks the coordinator to stop; a second time where the draw says so.
    case interrupted
    /// The coordinator's journal cannot be written.
    case journalFails
    /// The agent's process stands still for up to 6 s.
    case agentPaused
    /// The coordinator's process stands still for up to 6 s.
    case coordinatorPaused
    /// Syncs of the coordinator's disk take seconds from now on.
    case journalSlow
    /// Syncs of the agent's disk take up to a second from now on.
    case spoolSlow

    /// Faults that cost time and nothing else: a run that meets only these is complete and
    /// lossless.
    package static let harmless: Set<RunFault> = [
        .agentPaused, .coordinatorPaused, .journalSlow, .spoolSlow,
    ]

    /// Faults of one agent's links: while the load is under way it comes back, and nothing is
    /// missing.
    package static let ofLinks: Set<RunFault> = [.linkCut, .linkSilent, .linkHalfCut, .outage]

    /// Faults that strike one agent, and end its part unless they are of its links.
    package static let ofOneAgent: Set<RunFault> = [
        .linkCut, .linkSilent, .linkHalfCut, .outage, .longOutage, .agentKilled, .agentLosesPower,
        .agentInterrupted, .spoolFails, .neverReady, .cannotPrepare, .clockBlocked,
    ]
}

/// How a simulated run is disturbed.
package struct RunFaults: Hashable, Sendable {
    /// Agents of the run.
    package var agents: Int
    /// Faults between `from` and `until`, each of one of `kinds`, of an agent drawn at random.
    package var count: Int
    package var kinds: Set<RunFault>
    package var from: TimeSpan
    package var until: TimeSpan
    /// Time for requests in flight after the last stage.
    package var drain: TimeSpan

    package init(
        agents: Int = 2, count: Int = 0, kinds: Set<RunFault> = Set(RunFault.allCases),
        from: TimeSpan = .zero, until: TimeSpan = .seconds(7), drain: TimeSpan = .seconds(30)
    ) {
        self.agents = agents
        self.count = count
        self.kinds = kinds
        self.from = from
        self.until = until
        self.drain = drain
    }
}

/// The result of a simulated run without violation.
package struct RunOutcome: Equatable, Sendable {
    /// The same for the same seed and faults.
    package var traceHash: UInt64
    package var ending: RunEnding
    /// When the load began, in the world's time; nil where it did not.
    package var start: LocalInstant?
    /// How each agent's first life ended by its own account; nil where its process or machine was
    /// ended from outside. By the agent's number, not its index in the run.
    package var exits: [AgentExit?]
    /// Every request as its agent logged it, and as the coordinator merged it; by id.
    package var logged: [MergedRequest]
    /// Requests of the plan; what has an id beyond them is of a later round.
    package var planned: Int
    package var merged: [MergedRequest]
    /// Indices of agents that met a fault which is not harmless.
    package var struck: Set<Int>
    /// How often an agent came back over a new link.
    package var returns: Int
    /// The unknown time of each agent that was lost.
    package var gaps: [Absence<LocalInstant>]
    /// The coordinator's journal as it lies on its disk, whole.
    package var journal: [UInt8]
    /// When the first fault took place; nil where none did.
    package var firstFault: LocalInstant?
    /// Events of the world.
    package var events: Int
}
