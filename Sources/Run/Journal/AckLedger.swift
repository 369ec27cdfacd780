package import TimeBase

/// The next step of the coordinator's journal; steps are performed in the order given.
package enum AckAction: Hashable, Sendable {
    /// Write the batch that was just received.
    case append(agent: UInt16, number: UInt64)
    /// Make everything written so far durable, then report ``AckLedger/synced()``.
    case sync
    /// Tell the agent that everything up to `through` is durable here.
    case acknowledge(agent: UInt16, through: UInt64)
    /// Close the agent's session; it resumes after what was acknowledged.
    case disconnect(agent: UInt16, reason: String)
    /// End the run, with this reason: nothing further will be durable.
    case stop(reason: String)
}

/// The coordinator's book of every agent's batches: which are written and which are durable.
///
/// Acknowledges only what a completed sync covers, and starts a sync at most
/// ``groupCommitInterval`` after the first write that it covers, so that one sync serves many
/// batches of many agents.
package struct AckLedger: ~Copyable {
    /// Longest time from a write to the start of its sync.
    package static let groupCommitInterval = TimeSpan.milliseconds(250)

    private struct Progress {
        var written: UInt64
        var syncing: UInt64
        var durable: UInt64
    }

    private enum State {
        /// Leaves when storage fails.
        case open
        /// Never left: nothing is accepted or acknowledged any more.
        case stopped
    }

    private var state = State.open
    private var agents: [Progress]
    private var syncDue: LocalInstant?
    private var isSyncing = false

    /// A book for agents 0..<durable.count.
    ///
    /// - Parameter durable: the last batch of each agent that the journal's scan found, 0 for none.
    package init(durable: [UInt64]) {
        agents = durable.map { Progress(written: $0, syncing: $0, durable: $0) }
    }

    /// When ``timePassed(now:)`` is due at the latest; nil when nothing waits for a sync.
    package var deadline: LocalInstant? { isSyncing ? nil : syncDue }

    /// The last durable batch of `agent`: what its session begins with.
    package func durable(agent: UInt16) -> UInt64 { agents[Int(agent)].durable }

    /// Batch `number` of `agent` has arrived.
    ///
    /// - Precondition: `agent` is one of the run's, which its session's Hello has settled.
    package mutating func batchReceived(
        agent: UInt16, number: UInt64, now: LocalInstant
    ) -> [AckAction] {
        guard case .open = state else { return [] }
        let progress = agents[Int(agent)]
        if number <= progress.written {
            // A repetition after a reconnect; the acknowledgement may have been what was lost.
            return number <= progress.durable
                ? [.acknowledge(agent: agent, through: progress.durable)] : []
        }
        guard number == progress.written + 1 else {
            return [
                .disconnect(
                    agent: agent,
                    reason: "batch \(number) came after \(progress.written): batches are missing")
            ]
        }
        agents[Int(agent)].written = number
        if syncDue == nil { syncDue = now + Self.groupCommitInterval }
        return [.append(agent: agent, number: number)]
    }

    /// Time has passed; call it at ``deadline`` or later.
    package mutating func timePassed(now: LocalInstant) -> [AckAction] {
        guard let due = syncDue, due <= now else { return [] }
        return flushRequested()
    }

    /// Something waits for durability (an agent's End): sync now.
    package mutating func flushRequested() -> [AckAction] {
        guard case .open = state, !isSyncing, syncDue != nil else { return [] }
        isSyncing = true
        syncDue = nil
        for agentIndex in agents.indices { agents[agentIndex].syncing = agents[agentIndex].written }
        return [.sync]
    }

    /// The sync that was asked for is complete.
    package mutating func synced() -> [AckAction] {
        guard case .open = state else { return [] }
        precondition(isSyncing, "storage reports a sync that was asked for")
        isSyncing = false
        var actions: [AckAction] = []
        for agentIndex in agents.indices
        where agents[agentIndex].syncing > agents[agentIndex].durable {
            agents[agentIndex].durable = agents[agentIndex].syncing
            actions.append(
                .acknowledge(agent: UInt16(agentIndex), through: agents[agentIndex].durable))
        }
        return actions
    }

    /// A write or a sync has failed, in the system's `words`.
    package mutating func storageFailed(_ words: String) -> [AckAction] {
        guard case .open = state else { return [] }
        state = .stopped
        syncDue = nil
        return [.stop(reason: words)]
    }
}
