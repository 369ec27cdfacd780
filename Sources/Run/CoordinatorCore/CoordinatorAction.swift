package import RunRecord
package import TimeBase
package import TokenLog
package import Wire
package import Workload

/// A session connection, numbered by the driver in the order of their arrival.
package struct LinkID: Hashable, Sendable {
    package var number: Int

    package init(_ number: Int) { self.number = number }
}

/// The next step of the coordinator's driver; steps are performed in the order given.
package enum CoordinatorAction: Equatable, Sendable {
    case send(LinkID, Message)
    /// Write the fact to the journal: the verdict rests on it.
    case record(RunFact)
    /// Close after what was sent has left.
    case close(LinkID)
    /// The link is agent `agent` from now on: expect its clock connection and probe it.
    case admitted(LinkID, agent: Int)
    /// All have joined, and agent n gets the assignment of the n-th number: send each the messages
    /// of it, and write to the journal whose requests are whose.
    case deal([Int])
    /// The link to the agent is gone, and it is waited for until then: its load goes on meanwhile.
    case away(agent: Int, Absence<LocalInstant>, until: LocalInstant)
    /// The agent has come back over this link.
    case returned(LinkID, agent: Int, Absence<LocalInstant>)
    /// Write the batch to the journal and merge its records.
    case append(agent: Int, Batch, LogBatch)
    /// The agent's part has ended as it should: probe its clock once more, so that the run lies
    /// inside the probed interval; answer with ``CoordinatorMachine/clockProbed(agent:now:)``.
    case conclude(agent: Int)
    /// Make everything appended so far durable; answer with
    /// ``CoordinatorMachine/journalSynced(now:)``.
    case syncJournal
    /// All agents were told to start at this instant of the coordinator's clock.
    case starting(at: LocalInstant)
    /// Nothing more will arrive: score.
    case finish(RunEnding)
}

/// How a run ended, before it is scored.
package struct RunEnding: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Every agent said End, or was lost on the way.
        case ran
        /// The run never started.
        case failed(String)
    }

    package var kind: Kind
    /// The run was stopped by a person.
    package var interrupted: Bool
    /// No agent's part ended without its End, and all counts and hashes agree.
    package var lossless: Bool

    package init(kind: Kind, interrupted: Bool, lossless: Bool) {
        self.kind = kind
        self.interrupted = interrupted
        self.lossless = lossless
    }
}

/// One agent's part of the run.
package struct Assignment: Hashable, Sendable {
    package var configuration: RunConfiguration
    package var requests: [PlannedRequest]
    /// Texts that its requests are put together from.
    package var texts: [PromptTexts.Entry]

    package init(
        configuration: RunConfiguration, requests: [PlannedRequest],
        texts: [PromptTexts.Entry] = []
    ) {
        self.configuration = configuration
        self.requests = requests
        self.texts = texts
    }

    /// Says all of it, a message after the other.
    package func send<Failure: Error>(
        _ send: (Message) throws(Failure) -> Void
    ) throws(Failure) {
        try send(.configure(configuration))
        for texts in PromptTexts.chunks(texts) { try send(.promptTexts(texts)) }
        for chunk in ShardChunks(requests) { try send(.shardChunk(chunk)) }
        try send(.shardEnd(digest))
    }

    /// The digest that an agent sends that holds all of it. O(texts + requests).
    package var digest: ShardDigest {
        var hasher = ShardHasher()
        for texts in PromptTexts.chunks(texts) { hasher.add(texts) }
        hasher.add(requests)
        return hasher.digest
    }
}
