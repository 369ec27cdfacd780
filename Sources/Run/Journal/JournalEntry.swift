/// One numbered batch of one agent.
package struct JournalBatch: Hashable, Sendable {
    package var agentIndex: UInt16
    package var incarnation: UInt64
    /// From 1, without gaps, over all incarnations of the agent in one run.
    package var number: UInt64
    package var records: UInt32
    /// The encoded token log.
    package var payload: [UInt8]

    package init(
        agentIndex: UInt16, incarnation: UInt64, number: UInt64, records: UInt32, payload: [UInt8]
    ) {
        self.agentIndex = agentIndex
        self.incarnation = incarnation
        self.number = number
        self.records = records
        self.payload = payload
    }
}

/// The answers that the clock probes of one agent brought, in the order in which they came.
package struct JournalProbes: Hashable, Sendable {
    package var agentIndex: UInt16
    /// The agent's start that answered: a clock ends with it.
    package var incarnation: UInt64
    /// The encoded rows.
    package var payload: [UInt8]

    package init(agentIndex: UInt16, incarnation: UInt64, payload: [UInt8]) {
        self.agentIndex = agentIndex
        self.incarnation = incarnation
        self.payload = payload
    }
}

/// An agent's incarnation has ended in order, and this is what it made.
package struct JournalEnd: Hashable, Sendable {
    package var agentIndex: UInt16
    package var incarnation: UInt64
    package var batches: UInt64
    package var records: UInt64
    package var finishes: UInt64
    package var hash: UInt64
    package var reason: String

    package init(
        agentIndex: UInt16, incarnation: UInt64, batches: UInt64, records: UInt64,
        finishes: UInt64, hash: UInt64, reason: String
    ) {
        self.agentIndex = agentIndex
        self.incarnation = incarnation
        self.batches = batches
        self.records = records
        self.finishes = finishes
        self.hash = hash
        self.reason = reason
    }

    /// Longest reason, in bytes; a longer one is cut.
    package static let reasonLimit = 1_024
}

/// One record of a segment: a head, laid out as `EntryFormat` says, and a payload.
package enum JournalEntry: Hashable, Sendable {
    case batch(JournalBatch)
    /// A JSON object: an agent, the start. Segments of format 2 have them; none is written any
    /// more.
    case note(String)
    case end(JournalEnd)
    case probes(JournalProbes)
    /// An encoded fact of the run, which means nothing here. At most ``payloadLimit`` bytes.
    case fact([UInt8])

    /// Most bytes of an entry's payload.
    package static let payloadLimit = 16 << 20
}
