import Bytes
package import ClockSync
package import Journal
package import TimeBase
import Wire

/// All that a run's journal says beside the requests' records: its facts, and the exchanges that
/// the clocks are fitted from.
///
/// A fold over the journal's entries in their order. It knows nothing of files, and what makes no
/// sense is kept as a ``fault`` and passed over.
package struct RunRecord: Sendable {
    package private(set) var opening: RunOpening?
    package private(set) var plan = PlanTable(requests: 0, rounds: nil)
    /// By their index.
    package private(set) var agents: [AgentRecord] = []
    /// The coordinator's own clocks over the run, in order.
    package private(set) var clocks: [ClockReading] = []
    /// When a person stopped the run; nil where nobody did.
    package private(set) var interrupted: LocalInstant?
    /// When the coordinator stopped a run that asked for more than the servers could serve, and how
    /// many requests waited for a first token; nil where it did not.
    package private(set) var overSaturated: (at: LocalInstant, waiting: UInt32)?
    /// When nothing more was to arrive; nil where the coordinator did not live to say so.
    package private(set) var ended: LocalInstant?
    /// The first entry that is whole and makes no sense, by the byte at which it begins.
    package private(set) var fault: (offset: Int, problem: String)?

    /// Whether facts came ahead of the opening, without which they mean nothing: they are not in
    /// here.
    package private(set) var missesFacts = false

    package init() {}

    /// The record of a run whose opening is known, wherever it stands.
    package init(_ opening: RunOpening) { open(opening) }

    /// Time 0 of the run, on the coordinator's clock; nil before agents were told to start.
    package var start: LocalInstant? {
        agents.lazy.compactMap(\.start).first.map { LocalInstant(ns: $0.at) }
    }

    /// Hands over the exchanges of agent `index`, for its fit: nobody else needs them.
    package mutating func takeExchanges(of index: Int) -> [ClockExchange] {
        agents[index].log.takeExchanges()
    }

    /// Takes in the next entry, which begins at byte `offset`. A batch's records are not
    /// looked at, only its number.
    package mutating func add(_ entry: JournalEntry, at offset: Int) {
        attempt(at: offset) { record throws(DecodeError) in
            switch entry {
            case .batch(let batch): try record.add(batch)
            case .probes(let probes): try record.add(probes)
            case .fact(let bytes): try record.add(try RunFact(decoding: bytes))
            // The first is of the format before, whose reader is another; the second of spools.
            case .note, .end: break
            }
        }
    }

    /// Takes in a fact that the entry at byte `offset` says in other words.
    package mutating func add(_ fact: RunFact, at offset: Int) {
        attempt(at: offset) { record throws(DecodeError) in try record.add(fact) }
    }

    /// Keeps the first thing that makes no sense, and passes over all others.
    private mutating func attempt(
        at offset: Int, _ take: (inout RunRecord) throws(DecodeError) -> Void
    ) {
        do throws(DecodeError) {
            try take(&self)
        } catch {
            if fault == nil { fault = (offset, "\(error)") }
        }
    }

    private mutating func add(_ batch: JournalBatch) throws(DecodeError) {
        let agent = try known(Int(batch.agentIndex))
        if batch.number == agents[agent].batches + 1 { agents[agent].batches += 1 }
    }

    private mutating func add(_ probes: JournalProbes) throws(DecodeError) {
        let agent = try known(Int(probes.agentIndex))
        for row in try ProbeRowCodec.decode(probes.payload) { agents[agent].log.append(row) }
    }

    private mutating func add(_ fact: RunFact) throws(DecodeError) {
        switch fact {
        case .opening(let opening):
            // It is written twice, so that no one damage takes it.
            if self.opening == opening { return }
            guard self.opening == nil else { throw Self.nonsense("the run opens as another") }
            open(opening)
        case .heard(let index, let at, let message): try heard(message, by: index, at: at)
        case .told(let index, let message): try told(message, to: index)
        case .absence(let index, let absence):
            let agent = try known(index)
            if let last = agents[agent].absences.last, last.to == nil, last.from == absence.from {
                agents[agent].absences.removeLast()
            }
            agents[agent].absences.append(absence)
        case .lost(let index, let absence): agents[try known(index)].lost = absence
        case .clocks(let readings): clocks += readings
        case .interrupted(let at): interrupted = interrupted ?? at
        case .ended(let at): ended = at
        case .overSaturated(let at, let waiting): overSaturated = overSaturated ?? (at, waiting)
        }
    }

    private mutating func open(_ opening: RunOpening) {
        self.opening = opening
        plan = PlanTable(requests: Int(opening.requests), rounds: opening.rounds)
    }

    private mutating func heard(
        _ message: Message, by index: Int, at: LocalInstant
    ) throws(DecodeError) {
        if case .hello(let hello) = message {
            return agents[try known(index)].say(hello)
        }
        let agent = try known(index)
        switch message {
        case .ready(let ready): agents[agent].ready = ready
        case .started(let started): agents[agent].started = started
        case .status(let status): agents[agent].audit = status.audit
        case .end(let end):
            agents[agent].end = (end, at)
            agents[agent].audit = end.audit
        default: throw Self.nonsense("an agent's \(message.kind) is no fact")
        }
    }

    private mutating func told(_ message: Message, to index: Int) throws(DecodeError) {
        let agent = try known(index)
        switch message {
        case .shardChunk(let chunk):
            guard plan.deal(chunk.requests, to: agent) else {
                throw Self.nonsense("a request is dealt twice, or is not of the plan")
            }
        case .shardEnd: break
        case .start(let start): agents[agent].start = start
        default: throw Self.nonsense("a \(message.kind) to an agent is no fact")
        }
    }

    /// The agent, with a record to fill where it has none yet.
    private mutating func known(_ index: Int) throws(DecodeError) -> Int {
        guard let opening else {
            missesFacts = true
            throw Self.nonsense("the run has not been opened")
        }
        guard index < Int(opening.agents) else {
            throw Self.nonsense("there is no agent \(index)")
        }
        // Agents share the memory for exchanges: the more there are, the fewer each keeps.
        while agents.count <= index {
            agents.append(AgentRecord(agents.count, log: ExchangeLog(agents: Int(opening.agents))))
        }
        return index
    }

    private static func nonsense(_ words: String) -> DecodeError {
        DecodeError("fact", at: 0, .contradiction(words))
    }
}

extension RunRecord {
    /// Whether the agent's clock is the coordinator's own: it has the same name, and no exchange
    /// says otherwise (a preloaded library may bend a clock). A clock whose name was lost is not.
    package func sharesClock(_ agent: Int) -> Bool {
        let names = agents[agent].clocks
        return !names.isEmpty
            && names.allSatisfy { $0.isSameClock(as: opening?.clock ?? $0) }
            && agents[agent].log.admitsSharedClock
    }

    /// When the last agent's part ended.
    package var over: LocalInstant? { agents.compactMap(\.over).max() ?? ended }

    /// No agent ended without its End, and all that each says it made is here.
    package var isLossless: Bool {
        ended != nil && agents.allSatisfy { $0.lost == nil && $0.end != nil }
    }
}
