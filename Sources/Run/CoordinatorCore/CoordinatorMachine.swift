import Bytes
import Journal
package import RunRecord
package import TimeBase
import TokenLog
package import Wire
import Workload

/// The coordinator's side of a run, Hello to End (no sockets, no files, no clock).
///
/// It waits for as many agents as there are assignments, deals each its shard by the order of their
/// names, waits until all hold it and can start, names one instant, takes in their batches, and
/// compares what arrived with what each agent says it made. An agent whose link is lost is waited
/// for; one that does not come back ends its own part: the others are untouched.
package struct CoordinatorMachine: ~Copyable {
    enum State {
        /// Agents are missing. Exits: the last one joins to preparing; patience ends in failure.
        case gathering(deadline: LocalInstant?)
        /// Shards are out. Exits: all there and ready and clocks bound to running; patience ends in
        /// failure.
        case preparing(deadline: LocalInstant)
        /// Start is out. Exits: every agent ended or lost to over.
        case running(start: LocalInstant)
        case over
    }

    let assignments: [Assignment]
    let order: DealOrder
    /// All that is known of the run before an agent joins.
    let opening: RunOpening
    let patience: Patience
    var state = State.gathering(deadline: nil)
    /// The command that agents were sent when the run was stopped, and the time that it leaves
    /// them.
    var stopped: (command: StopCommand, drain: TimeSpan)?
    /// How long an agent that is away may take to come back to a run that is over-saturated.
    private static let lastWords = TimeSpan.seconds(5)
    private var interruptedOnce = false
    /// Whether the run was stopped since its servers could not serve it.
    package private(set) var isOverSaturated = false
    /// Agents in the order of joining: their index, by which links, journal and clocks know them.
    /// Their assignments are another matter: ``AgentTrack/assignmentIndex``.
    package internal(set) var agents: [AgentTrack] = []
    var links: [LinkID: Int] = [:]
    /// Which batches are written, and which are durable.
    var ledger: AckLedger

    /// A run with one agent an assignment.
    package init(
        opening: RunOpening, assignments: [Assignment], order: DealOrder = .sorted,
        patience: Patience = Patience()
    ) {
        precondition(!assignments.isEmpty, "a run needs at least one agent")
        if case .named(let names) = order {
            precondition(names.count == assignments.count, "a name an assignment")
        }
        self.order = order
        self.opening = opening
        self.assignments = assignments
        self.patience = patience
        ledger = AckLedger(durable: assignments.map { _ in 0 })
    }

    /// Whether the load is under way.
    package var isRunning: Bool {
        if case .running = state { true } else { false }
    }

    /// Whether the run has ended, well or not.
    var isOver: Bool {
        if case .over = state { true } else { false }
    }

    /// The index of the agent behind `link`, nil before its Hello was accepted.
    package func agent(of link: LinkID) -> Int? { links[link] }

    // MARK: Facts

    /// The run's journal can be written.
    package func begun() -> [CoordinatorAction] { [.record(.opening(opening))] }

    /// A link's first message arrived, or any later one.
    package mutating func received(
        _ message: Message, from link: LinkID, now: LocalInstant
    ) -> [CoordinatorAction] {
        if case .ping(let nonce) = message { return [.send(link, .pong(nonce))] }
        guard let agent = links[link] else {
            if case .foreignHello(let versions) = message {
                return turnedAway(
                    link, .noCommonVersion,
                    ProtocolVersionRange.refusal(agent: versions, coordinator: .supported))
            }
            guard case .hello(let hello) = message else {
                return turnedAway(link, .protocolViolation, "the first message must be Hello")
            }
            return joined(link, hello, now: now)
        }
        agents[agent].pulse.heard(now: now)
        return told(message, by: agent, now: now)
    }

    /// A link is gone.
    package mutating func linkLost(
        _ link: LinkID, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard let agent = links.removeValue(forKey: link) else { return [] }
        return wentAway(agent, since: now, reason: reason, now: now)
    }

    /// The sync that ``CoordinatorAction/syncJournal`` asked for is complete.
    package mutating func journalSynced(now: LocalInstant) -> [CoordinatorAction] {
        performed(ledger.synced(), now: now) + dismissed(now: now)
    }

    /// Time has passed.
    package mutating func ticked(now: LocalInstant) -> [CoordinatorAction] {
        if isOver { return [] }
        let due =
            performed(ledger.timePassed(now: now), now: now) + pulsed(now: now)
            + absenceTicked(now: now)
        switch state {
        case .gathering(nil):
            state = .gathering(deadline: now + TimeSpan(ns: patience.joinNs))
            return due
        case .gathering(let deadline?) where now >= deadline:
            return due
                + failed(tooFewJoined)
        case .preparing(let deadline) where now >= deadline:
            let waiting = agents.filter { !$0.isReady }.map { "\($0.hello.name) \($0.missing)" }
            return due
                + failed(
                    "not ready within \(patience.readyNs / 1_000_000_000) s: "
                        + waiting.joined(separator: "; "))
        default:
            return due
        }
    }

    /// A person asked to stop: drain first; the second time, at once.
    package mutating func interrupted(
        drain: TimeSpan, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard case .running = state else {
            if isOver { return [] }
            interruptedOnce = true
            return failed("interrupted before the run started")
        }
        let isSecond = interruptedOnce
        interruptedOnce = true
        let command = StopCommand(
            mode: isSecond ? .now : .drain(ns: drain.ns), reason: "the run was interrupted")
        stopped = (command, isSecond ? .zero : drain)
        shortenAbsences(to: isSecond ? .zero : drain, now: now)
        let told = agents.filter { links[$0.link] != nil }
        return [.record(.interrupted(at: now))] + told.map { .send($0.link, .stop(command)) }
    }

    /// The run asks for more than its servers can serve: nothing more is sent, and the requests in
    /// flight are cut.
    ///
    /// - Parameter waiting: Requests that wait for a first token.
    package mutating func overSaturated(
        waiting: UInt32, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard case .running = state, stopped == nil else { return [] }
        isOverSaturated = true
        let command = StopCommand(
            mode: .drain(ns: 0), reason: "the run asks for more than its servers can serve")
        stopped = (command, Self.lastWords)
        shortenAbsences(to: Self.lastWords, now: now)
        let told = agents.filter { links[$0.link] != nil }
        return [.record(.overSaturated(at: now, waiting: waiting))]
            + told.map { .send($0.link, .stop(command)) }
    }

    /// The journal cannot be written: the run ends in order with what is safe.
    package mutating func journalFailed(
        _ reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        _ = ledger.storageFailed(reason)
        guard case .running = state else { return failed(reason) }
        return gaveUpAll(reason, now: now)
    }

    /// Nobody waits any longer for the last words of agents that were told to stop.
    package mutating func abandoned(now: LocalInstant) -> [CoordinatorAction] {
        guard case .running = state else { return [] }
        return gaveUpAll("the run was interrupted twice", now: now)
    }

    private mutating func gaveUpAll(
        _ reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = []
        for agentIndex in agents.indices where agents[agentIndex].isActive {
            let link = agents[agentIndex].link
            if links.removeValue(forKey: link) != nil {
                actions.append(.send(link, .stop(StopCommand(mode: .now, reason: reason))))
                actions.append(.close(link))
            }
            actions += lost(agentIndex, since: now, reason: reason)
        }
        return actions + finishedIfOver(now: now)
    }

    /// A batch that an agent sent cannot be used.
    package mutating func broken(
        agent: Int, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        violated(agent, "sent a batch that does not fit: \(reason)", now: now)
    }

    // MARK: An agent speaks

    private mutating func told(
        _ message: Message, by agent: Int, now: LocalInstant
    ) -> [CoordinatorAction] {
        switch (agents[agent].phase, message) {
        case (_, .pong), (.lost, _):
            return []
        case (_, .status(let status)):
            agents[agent].audit = status.audit
            return [.record(.heard(agent: agent, at: now, message))]
        case (_, .goodbye(let reason)), (_, .notReady(let reason)):
            let link = agents[agent].link
            links[link] = nil
            return [.close(link)] + departed(agent, since: now, reason: reason, now: now)
        case (.dealt, .shardHeld(let digest)):
            return held(agent, digest, now: now)
        case (.holding, .ready(let ready)):
            agents[agent].phase = .ready
            agents[agent].ready = ready
            return [.record(.heard(agent: agent, at: now, message))] + startedIfReady(now: now)
        case (.ready, .ready), (.running, .ready):
            // It came back, and does not know that this had arrived.
            return []
        case (.running, .started(let started)), (.ending, .started(let started)):
            agents[agent].started = started
            return [.record(.heard(agent: agent, at: now, message))]
        case (.running, .batch(let batch)):
            return appended(batch, of: agent, now: now)
        case (.running, .end(let end)):
            return ended(agent, end, now: now)
        case (.ending, .batch(let batch)) where batch.number <= agents[agent].batches:
            // It came back, and does not know what arrived.
            return appended(batch, of: agent, now: now)
        case (.ending(let known), .end(let end)) where known == end:
            agents[agent].endedOver = agents[agent].link
            return dismissed(now: now)
        default:
            return violated(agent, "sent \(message.kind) out of turn", now: now)
        }
    }

    private mutating func held(
        _ agent: Int, _ digest: ShardDigest, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard assignment(of: agent)?.digest == digest else {
            return violated(agent, "holds another shard than it was sent", now: now)
        }
        agents[agent].phase = .holding
        return []
    }

    private mutating func appended(
        _ batch: Batch, of agent: Int, now: LocalInstant
    ) -> [CoordinatorAction] {
        let actions = ledger.batchReceived(agent: UInt16(agent), number: batch.number, now: now)
        guard case .append = actions.first else { return performed(actions, now: now) }
        do throws(DecodeError) {
            let records = try TokenLogDecoder.decode(batch.payload)
            agents[agent].take(records, now: now)
            return [.append(agent: agent, batch, records)]
        } catch {
            return broken(agent: agent, reason: "\(error)", now: now)
        }
    }

    /// The ledger's wishes as this machine's actions.
    private mutating func performed(
        _ wishes: [AckAction], now: LocalInstant
    ) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = []
        for wish in wishes {
            switch wish {
            case .append: preconditionFailure("a batch is appended where it was received")
            case .sync: actions.append(.syncJournal)
            case .acknowledge(let agent, let through):
                let link = agents[Int(agent)].link
                guard links[link] == Int(agent) else { continue }
                actions.append(.send(link, .batchAck(BatchAck(through: through))))
            case .disconnect(let agent, let reason):
                actions += violated(Int(agent), reason, now: now)
            case .stop(let reason): actions += journalFailed(reason, now: now)
            }
        }
        return actions
    }

    private mutating func ended(
        _ agent: Int, _ end: AgentEnd, now: LocalInstant
    ) -> [CoordinatorAction] {
        let track = agents[agent]
        guard
            end.batches == track.batches, end.records == track.hasher.records,
            end.finishes == track.hasher.finishes, end.hash == track.hasher.value
        else {
            return violated(
                agent,
                "says it made \(end.records) records in \(end.batches) batches, of which "
                    + "\(track.hasher.records) in \(track.batches) arrived as they left", now: now)
        }
        agents[agent].phase = .ending(end)
        agents[agent].audit = end.audit
        agents[agent].endedOver = agents[agent].link
        return [
            .record(.heard(agent: agent, at: now, .end(end))), .conclude(agent: agent),
        ] + performed(ledger.flushRequested(), now: now)
            + dismissed(now: now)
    }

    /// Agents that said End, whose every batch is durable and whose clock was probed once more, may
    /// delete their spools and go.
    mutating func dismissed(now: LocalInstant) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = []
        for agentIndex in agents.indices {
            guard case .ending(let end) = agents[agentIndex].phase,
                ledger.durable(agent: UInt16(agentIndex)) == end.batches,
                agents[agentIndex].isClockProbed,
                agents[agentIndex].awayUntil == nil
            else { continue }
            let link = agents[agentIndex].link
            guard links[link] == nil || agents[agentIndex].endedOver == link else { continue }
            agents[agentIndex].phase = .ended(end)
            guard links.removeValue(forKey: link) != nil else { continue }
            actions += [.send(link, .ended), .close(link)]
        }
        return actions + finishedIfOver(now: now)
    }

    mutating func violated(
        _ agent: Int, _ what: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        let link = agents[agent].link
        let reason = "agent \(agents[agent].hello.name) \(what)"
        links[link] = nil
        return [
            .send(link, .refuse(Refusal(code: .protocolViolation, reason: reason))), .close(link),
        ]
            + cutShort(agent, since: now, reason: reason, now: now)
    }

    // MARK: The run as a whole

    mutating func startedIfReady(now: LocalInstant) -> [CoordinatorAction] {
        guard case .preparing = state, agents.allSatisfy({ $0.isReady }) else { return [] }
        let start = now + TimeSpan(ns: patience.leadNs)
        state = .running(start: start)
        var actions: [CoordinatorAction] = []
        for agentIndex in agents.indices {
            guard let clock = agents[agentIndex].clock?.moved(to: start) else { continue }
            agents[agentIndex].phase = .running
            agents[agentIndex].lastHeard = start
            agents[agentIndex].clock = clock
            let command = StartCommand(
                at: start.ns, offsetNs: clock.offsetNs, uncertaintyNs: clock.uncertaintyNs)
            agents[agentIndex].start = command
            actions.append(.record(.told(agent: agentIndex, .start(command))))
            actions.append(.send(agents[agentIndex].link, .start(command)))
        }
        return actions + saidAgain(now: now).map { .record($0) } + [.starting(at: start)]
    }

    /// Facts without which nothing else can be read, a second time: no one damage takes them.
    private func saidAgain(now: LocalInstant) -> [RunFact] {
        var facts = [RunFact.opening(opening)]
        for (agent, track) in agents.enumerated() {
            facts.append(.heard(agent: agent, at: now, .hello(track.hello)))
            if let ready = track.ready {
                facts.append(.heard(agent: agent, at: now, .ready(ready)))
            }
            if let start = track.start { facts.append(.told(agent: agent, .start(start))) }
        }
        return facts
    }

    /// Pings every agent that is due one, and gives up those that have been silent for too long.
    private mutating func pulsed(now: LocalInstant) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = []
        for agentIndex in agents.indices where links[agents[agentIndex].link] != nil {
            let link = agents[agentIndex].link
            switch agents[agentIndex].pulse.ticked(now: now) {
            case .nothing: break
            case .ping(let nonce): actions.append(.send(link, .ping(nonce)))
            case .silent:
                links[link] = nil
                actions.append(.close(link))
                let since = agents[agentIndex].pulse.lastHeard ?? now
                actions += wentAway(agentIndex, since: since, reason: LinkPulse.silence, now: now)
            }
        }
        return actions
    }

    /// The agent was there for the last time at `since`, and does not come back. Whose End has
    /// arrived and agrees has ended all the same: its last batches are here and become durable
    /// without it.
    mutating func departed(
        _ agent: Int, since: LocalInstant, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        if case .ending = agents[agent].phase {
            agents[agent].awayUntil = nil
            return dismissed(now: now)
        }
        return cutShort(agent, since: since, reason: reason, now: now)
    }

    /// The agent's part ends without its End: before the start it has left and the run fails, after
    /// it the agent is lost.
    mutating func cutShort(
        _ agent: Int, since: LocalInstant, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        switch (state, agents[agent].phase) {
        case (.over, _), (_, .ended), (_, .lost):
            return []
        case (.running, _):
            return lost(agent, since: since, reason: reason) + finishedIfOver(now: now)
        default:
            return failed("agent \(agents[agent].hello.name) left before the run: \(reason)")
        }
    }

    /// Gives the agent up, and writes down what is not known of it.
    private mutating func lost(
        _ agent: Int, since: LocalInstant, reason: String
    ) -> [CoordinatorAction] {
        agents[agent].lose(since: since, reason: reason)
        return agents[agent].gap.map { [.record(.lost(agent: agent, $0))] } ?? []
    }

    private mutating func finishedIfOver(now: LocalInstant) -> [CoordinatorAction] {
        guard case .running = state, !agents.contains(where: { $0.isActive }) else { return [] }
        state = .over
        let lossless = agents.allSatisfy { $0.gap == nil }
        return [
            .record(.ended(at: now)),
            .finish(RunEnding(kind: .ran, interrupted: interruptedOnce, lossless: lossless)),
        ]
    }

    mutating func failed(_ reason: String) -> [CoordinatorAction] {
        if isOver { return [] }
        state = .over
        let command = StopCommand(mode: .now, reason: reason)
        var actions: [CoordinatorAction] = []
        for track in agents where links[track.link] != nil {
            actions.append(.send(track.link, .stop(command)))
            actions.append(.close(track.link))
        }
        links = [:]
        let ending = RunEnding(
            kind: .failed(reason), interrupted: interruptedOnce, lossless: false)
        return actions + [.finish(ending)]
    }
}
