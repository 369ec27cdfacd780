package import TimeBase

/// How a journal simulation is disturbed, and for how long.
package struct JournalFaults: Hashable, Sendable {
    /// Agents of the run.
    package var agents: Int
    /// Batches that each agent makes; those that a loss of power takes are not made again.
    package var batchesEach: Int
    /// Faults between the beginning and `calm`.
    package var count: Int
    /// No fault begins after this.
    package var calm: TimeSpan
    /// Everything must be acknowledged this long after.
    package var patience: TimeSpan

    package init(
        agents: Int = 2, batchesEach: Int = 16, count: Int = 8, calm: TimeSpan = .seconds(20),
        patience: TimeSpan = .seconds(60)
    ) {
        self.agents = agents
        self.batchesEach = batchesEach
        self.count = count
        self.calm = calm
        self.patience = patience
    }
}

/// A fault that the simulation of journal and spools puts in.
enum JournalFault: Int, CaseIterable {
    /// The session ends for both sides; what is under way arrives in part.
    case reset
    /// The agent's side sees the session end, the coordinator's does not until the next Hello.
    case halfOpen
    /// The process ends; what it wrote stays.
    case agentKilled
    /// The machine ends; what it did not sync may be lost or damaged.
    case agentLosesPower
    case coordinatorKilled
    case coordinatorLosesPower
}

/// A promise that was broken, and how to see it again.
package struct SimulationViolation: Error, Hashable, Sendable, CustomStringConvertible {
    package var seed: UInt64
    package var at: LocalInstant
    package var sentence: String

    package var description: String { "seed \(seed) at \(at.ns) ns: \(sentence)" }
}

/// The result of a simulation without violation.
package struct JournalOutcome: Hashable, Sendable {
    /// The same for the same seed and faults.
    package var traceHash: UInt64
    /// Batches in the coordinator's journal.
    package var journalled: Int
    /// Batches that arrived a second time.
    package var repetitions: Int
    /// Batches that were made and lost with an agent's power, before any was sent.
    package var lost: Int
    /// Faults that took place.
    package var faults: Int
}
