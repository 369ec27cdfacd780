package import TimeBase
import TokenLog
package import Wire

/// What the coordinator knows of one agent.
package struct AgentTrack {
    package enum Phase {
        /// Its shard was sent.
        case dealt
        /// It holds the shard as it was sent, and prepares.
        case holding
        case ready(Ready)
        case running
        case ended(AgentEnd)
        case lost(String)
    }

    package let link: LinkID
    package let hello: Hello
    package internal(set) var phase = Phase.dealt
    package internal(set) var clock: (offsetNs: Int64, uncertaintyNs: Int64)?
    package internal(set) var started: Started?
    package internal(set) var gap: RunGap?
    /// The number of the batch that comes next; batches count from 0.
    package internal(set) var nextBatch: UInt64 = 0
    package internal(set) var records: UInt64 = 0
    /// When its last batch arrived, on the coordinator's clock.
    package internal(set) var lastHeard: LocalInstant?
    var hasher = RunningHash()

    init(link: LinkID, hello: Hello) {
        self.link = link
        self.hello = hello
    }

    mutating func take(_ batch: Batch, now: LocalInstant) {
        nextBatch += 1
        records += UInt64(batch.records)
        hasher.add(batch)
        lastHeard = now
    }

    var isReady: Bool {
        if case .ready = phase { clock != nil } else { false }
    }

    /// Whether more is to come from it.
    package var isActive: Bool {
        switch phase {
        case .ended, .lost: false
        default: true
        }
    }

    /// What keeps it from being ready, in words.
    var missing: String {
        switch phase {
        case .dealt: "has not confirmed its shard"
        case .holding: "is still preparing its targets and connections"
        case .ready:
            clock == nil ? "has no clock bound: is its clock connection blocked?" : "is ready"
        case .running, .ended, .lost: "is past the start"
        }
    }
}
