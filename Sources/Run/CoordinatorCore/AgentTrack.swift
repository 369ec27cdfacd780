package import RunRecord
package import TimeBase
package import TokenLog
package import Wire

/// The coordinator's knowledge of one agent.
package struct AgentTrack {
    package enum Phase {
        /// It was welcomed, and others are missing.
        case joined
        /// Its shard was sent.
        case dealt
        /// It holds the shard as it was sent, and prepares.
        case holding
        case ready
        case running
        /// It said End, and what it sent is not all durable yet.
        case ending(AgentEnd)
        /// It was told that all is durable, or went when it was.
        case ended(AgentEnd)
        /// It was given up after the start.
        case lost(String)
    }

    /// The last one, also while it is gone.
    package internal(set) var link: LinkID
    package let hello: Hello
    package internal(set) var phase = Phase.joined
    /// Its position in the order of the deal; nil before all have joined, and the same for good
    /// then.
    package internal(set) var assignmentIndex: Int?
    /// As it was known last, and from the start on as the start took it.
    package internal(set) var clock: ClockBound?
    /// Its report that it is ready.
    package internal(set) var ready: Ready?
    package internal(set) var started: Started?
    /// When it was told to start.
    package internal(set) var start: StartCommand?
    /// Its last word on how it keeps up.
    package internal(set) var audit: ClientAudit?
    /// Whether its clock was probed after its End.
    var isClockProbed = false
    /// From its last records to when it was there for the last time, where it was given up.
    package internal(set) var gap: Absence<LocalInstant>?
    /// All of them, the last of which may still last.
    package internal(set) var absences: [Absence<LocalInstant>] = []
    /// While it is away: when it is given up.
    var awayUntil: LocalInstant?
    /// Over which link it said End last: back over another one, it is not to be dismissed before it
    /// has said it again.
    var endedOver: LinkID?
    /// How its process ended, where that is known: it is not waited for.
    var processEnd: String?
    /// Batches that arrived; they are numbered from 1.
    package internal(set) var batches: UInt64 = 0
    /// When its last batch arrived, on the coordinator's clock.
    package internal(set) var lastHeard: LocalInstant?
    /// When it was last heard of at all, and when to ping it.
    var pulse = LinkPulse()
    /// Count and hash of all records so far.
    package internal(set) var hasher = RecordHasher()

    /// It said Hello `now`.
    init(link: LinkID, hello: Hello, now: LocalInstant) {
        self.link = link
        self.hello = hello
        pulse.heard(now: now)
    }

    mutating func take(_ records: LogBatch, now: LocalInstant) {
        batches += 1
        hasher.add(records)
        lastHeard = now
    }

    /// Since when it is away; nil while it is there.
    private var awaySince: LocalInstant? { awayUntil == nil ? nil : absences.last?.from }

    /// Its part ends `since` then, or did when it went away: what it made since its last batch is
    /// not known.
    mutating func lose(since: LocalInstant, reason: String) {
        phase = .lost(reason)
        let last = awaySince ?? since
        awayUntil = nil
        // An agent that goes before the start instant has said nothing from there on.
        let from = lastHeard ?? last
        gap = Absence(from: from, to: max(from, last), reason: reason)
    }

    /// Over a new link it is there again.
    mutating func comeBack(over link: LinkID, now: LocalInstant) -> Absence<LocalInstant> {
        // An absence lasts also where nobody waited for its end any longer.
        if absences.last.map({ $0.to != nil }) ?? true {
            // The old link was not known to be dead yet.
            absences.append(
                Absence<LocalInstant>(
                    from: pulse.lastHeard ?? now, reason: "the agent made a new connection"))
        }
        awayUntil = nil
        self.link = link
        pulse = LinkPulse()
        pulse.heard(now: now)
        // An agent that did not hear that all is safe is to hear it once more.
        if case .ended(let end) = phase { phase = .ending(end) }
        absences[absences.count - 1].to = now
        return absences[absences.count - 1]
    }

    var isReady: Bool {
        if case .ready = phase { clock != nil && awayUntil == nil } else { false }
    }

    /// Whether more is to come from it.
    package var isActive: Bool {
        switch phase {
        case .ended, .lost: false
        default: true
        }
    }

    /// The step that keeps it from being ready, in words.
    var missing: String {
        switch phase {
        case .joined, .dealt: "has not confirmed its shard"
        case .holding: "is still preparing its targets and connections"
        case .ready where awayUntil != nil: "has lost its link and is not back"
        case .ready:
            clock == nil ? "has no clock bound: is its clock connection blocked?" : "is ready"
        case .running, .ending, .ended, .lost: "is past the start"
        }
    }
}
