package import TokenLog
package import Wire

/// The records of an agent, counted.
package struct AgentTally: Hashable, Sendable {
    /// Requests that were sent, by target.
    package private(set) var sent: [UInt64] = []
    package private(set) var tokens: UInt64 = 0
    private var ended = [UInt64](repeating: 0, count: Outcome.allCases.count)

    /// How requests of the load end.
    package static let outcomes: [Outcome] = [.completed, .failed, .abandoned, .unfinished]
    /// Targets that are told apart at most; all beyond count as the last one.
    private static let mostTargets = 256

    package init() {}

    /// Requests that have ended so.
    package func finished(_ outcome: Outcome) -> UInt64 { ended[Int(outcome.rawValue)] }

    /// O(records).
    package mutating func add(_ records: LogBatch) {
        for record in records.sent where record.sent != nil {
            let target = min(Int(record.target), Self.mostTargets - 1)
            while sent.count <= target { sent.append(0) }
            sent[target] += 1
        }
        for record in records.tokens { tokens += UInt64(record.count) }
        for record in records.finishes { ended[Int(record.outcome.rawValue)] += 1 }
    }
}

/// All that an agent's own metrics say at one moment.
package struct AgentFigures: Hashable, Sendable {
    package var name: String
    /// Its servers, without what may be secret in their addresses.
    package var targets: [String]
    /// Whether the link to the coordinator is up.
    package var isConnected = false
    /// Its last word on the load; nil before the start.
    package var status: AgentStatus?
    package var tally = AgentTally()
    /// Batches that were made, and those that are safe with the coordinator.
    package var batchesMade: UInt64 = 0
    package var batchesSafe: UInt64 = 0

    package init(name: String, targets: [String]) {
        self.name = name
        self.targets = targets
    }
}
