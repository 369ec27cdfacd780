import AgentCore
import Journal
import TimeBase
import TokenLog
import Wire

/// An agent's link and spool: the order of things is that of the real drivers.
extension RunSimulation {
    private static let agentTick = TimeSpan.milliseconds(250)

    /// The agent's clock now.
    func now(_ agent: VirtualAgent) -> LocalInstant { agent.clock.reading(at: events.now) }

    func dial(_ agent: VirtualAgent) throws(SimulationViolation) {
        agent.dials += 1
        if agent.dials == 1 {
            events.schedule(
                .agentTick(agent: agent.index, life: agent.life), after: Self.agentTick)
        }
        if agent.outageUntil > events.now {
            return events.schedule(
                .dialFailed(agent: agent.index, life: agent.life),
                after: random.span(ms: 100...3_000))
        }
        guard coordinator.ending == nil else {
            return try dialFailed(agent, "connection refused")
        }
        agent.session = openLink(agent, isClock: false)
        try perform(agent.machine.linkUp(), agent)
    }

    func dialFailed(_ agent: VirtualAgent, _ reason: String) throws(SimulationViolation) {
        try perform(agent.machine.linkLost(reason, now: now(agent)), agent)
    }

    func ticked(_ agent: VirtualAgent) throws(SimulationViolation) {
        events.schedule(
            .agentTick(agent: agent.index, life: agent.life), after: Self.agentTick)
        try perform(agent.ledger.timePassed(now: now(agent)), agent)
        try perform(agent.machine.ticked(now: now(agent)), agent)
    }

    func sessionLost(_ agent: VirtualAgent, _ reason: String) throws(SimulationViolation) {
        agent.session = nil
        agent.ledger.sessionClosed()
        try perform(agent.machine.linkLost(reason, now: now(agent)), agent)
    }

    func received(
        _ message: Message, by agent: VirtualAgent, on link: Int
    ) throws(SimulationViolation) {
        if links[link].isClock {
            guard case .probe(let probe) = message else { return }
            let stamp = now(agent).ns
            let row = ClockReading(
                rawNs: stamp, monotonicNs: stamp, boottimeNs: stamp, realtimeNs: stamp)
            let reply = ProbeReply(
                train: probe.train, member: probe.member, t1: probe.t1, t2: stamp, t3: stamp,
                ledger: row)
            return transmit(.probeReply(reply), on: link, from: .agent)
        }
        guard agent.session == link else { return }
        switch message {
        case .welcome(let welcome) where agent.agentIndex == nil: try welcomed(agent, welcome)
        case .batchAck(let ack):
            agent.acknowledged = max(agent.acknowledged, ack.through)
            try perform(agent.ledger.acknowledged(through: ack.through), agent)
        case .start(let command): agent.startCommand = command
        case .ended: agent.wasToldEnded = true
        default: break
        }
        try perform(agent.machine.received(message, now: now(agent)), agent)
    }

    private func welcomed(
        _ agent: VirtualAgent, _ welcome: Welcome
    ) throws(SimulationViolation) {
        agent.agentIndex = Int(welcome.agentIndex)
        try perform(agent.ledger.sessionOpened(acknowledgedThrough: 0), agent)
        let link = openLink(agent, isClock: true)
        agent.clockLink = link
        if agent.defects.contains(.clockBlocked) { silence(link) }
        let hello = ClockHello(
            runID: welcome.runID, agentIndex: welcome.agentIndex,
            incarnation: UInt64(agent.life + 1))
        transmit(.clockHello(hello), on: link, from: .agent)
    }

    func prepared(_ agent: VirtualAgent) throws(SimulationViolation) {
        if agent.defects.contains(.neverReady) { return }
        if agent.defects.contains(.cannotPrepare) {
            return try perform(
                agent.machine.couldNotPrepare("the target refuses connections"), agent)
        }
        try perform(agent.machine.prepared(Ready(connections: 1, targets: [])), agent)
    }

    // MARK: Actions of the machine

    func perform(
        _ actions: [AgentAction], _ agent: VirtualAgent
    ) throws(SimulationViolation) {
        for action in actions {
            guard agent.isUp else {
                throw violation("\(agent.name) goes on after its exit: \(action)")
            }
            switch action {
            case .send(let message):
                guard let session = agent.session else {
                    throw violation("\(agent.name) sends \(message.kind) without a link")
                }
                transmit(message, on: session, from: .agent)
            case .prepare(let configuration, let requests, _):
                try checkShard(of: agent, requests)
                agent.configuration = configuration
                agent.requests = requests
                events.schedule(
                    .prepared(agent: agent.index, life: agent.life), after: agent.span(ms: 50...900)
                )
            case .arm(let start): try arm(agent, at: start)
            case .stopLoad(let drain, let reason):
                agent.endReason = reason
                try stop(agent, drain: drain, reason: reason)
            case .closeLink: closeSession(agent)
            case .dial:
                // The delay is drawn from the world's stream: the load's draws stay the same
                // without it.
                events.schedule(
                    .dial(agent: agent.index, life: agent.life),
                    after: random.span(ms: 100...2_000))
            case .resume(let acknowledged): try resume(agent, after: acknowledged)
            case .deleteSpool: try deleteSpool(agent)
            case .exit(let exit): leave(agent, exit)
            }
        }
    }

    private func resume(
        _ agent: VirtualAgent, after acknowledged: UInt64
    ) throws(SimulationViolation) {
        guard let agentIndex = agent.agentIndex, acknowledged <= coordinator.durable[agentIndex]
        else {
            throw violation("\(agent.name) is told of batches that are not durable")
        }
        agent.left = acknowledged
        agent.acknowledged = max(agent.acknowledged, acknowledged)
        agent.hasSentEnd = false
        try perform(agent.ledger.sessionOpened(acknowledgedThrough: acknowledged), agent)
        try endIfAllLeft(agent)
    }

    private func closeSession(_ agent: VirtualAgent) {
        guard let session = agent.session else { return }
        agent.session = nil
        agent.ledger.sessionClosed()
        close(session, by: .agent)
    }

    private func leave(_ agent: VirtualAgent, _ exit: AgentExit) {
        if agent.exit == nil, agent.life == 0 { agent.exit = exit }
        kill(agent)
    }

    private func deleteSpool(_ agent: VirtualAgent) throws(SimulationViolation) {
        guard agent.wasToldEnded, let agentIndex = agent.agentIndex,
            coordinator.durable[agentIndex] == agent.made
        else {
            throw violation("\(agent.name) deletes its spool before all of it is safe")
        }
    }

    // MARK: The spool

    /// Records that the load made since the last flush; they go to the spool.
    func flushed(
        _ agent: VirtualAgent, _ records: LogBatch, isLast: Bool
    ) throws(SimulationViolation) {
        if !records.isEmpty { try append(agent, records) }
        guard isLast else { return }
        agent.loadIsOver = true
        try perform(agent.ledger.flushRequested(), agent)
        try endIfAllLeft(agent)
    }

    private func append(
        _ agent: VirtualAgent, _ records: LogBatch
    ) throws(SimulationViolation) {
        let payload = agent.encoder.encode(records)
        agent.made = agent.ledger.lastNumber + 1
        agent.contents[agent.made] = JournalBatch(
            agentIndex: UInt16(agent.agentIndex ?? 0), incarnation: UInt64(agent.life + 1),
            number: agent.made, records: UInt32(records.count), payload: payload)
        try perform(
            agent.ledger.batchMade(byteCount: payload.count, now: now(agent)), agent)
    }

    func spoolSynced(
        _ agent: VirtualAgent, _ through: UInt64, _ mark: SimulatedSpool.SyncMark
    ) throws(SimulationViolation) {
        agent.spool.sync(mark)
        try perform(agent.ledger.synced(through: through), agent)
    }

    func perform(
        _ actions: [SpoolAction], _ agent: VirtualAgent
    ) throws(SimulationViolation) {
        for action in actions {
            switch action {
            case .append(let number):
                if let batch = agent.contents[number] { agent.spool.append(batch) }
            case .sync(let through):
                let delay = agent.span(ms: agent.syncsSlowly ? 300...1_000 : 1...40)
                events.schedule(
                    .spoolSynced(
                        agent: agent.index, life: agent.life, through: through,
                        agent.spool.syncMark), after: delay)
            case .send(let numbers): read(agent, numbers)
            case .free(let through):
                guard through <= agent.acknowledged else {
                    throw violation(
                        "\(agent.name) frees \(through), acknowledged is \(agent.acknowledged)")
                }
                agent.spool.free(through: through)
            case .stop(let reason), .disconnect(let reason):
                try perform(agent.machine.spoolFailed(reason), agent)
            }
        }
    }

    /// The disk answers in the order in which it was asked.
    private func read(_ agent: VirtualAgent, _ numbers: ClosedRange<UInt64>) {
        // Both draws are from the world's stream: the load's draws stay the same whatever the links
        // do.
        let isSlow = Int.random(in: 0..<10, using: &random) == 0
        let delay = random.span(ms: isSlow ? 0...3_000 : 0...40)
        agent.lastRead = max(agent.lastRead, events.now + delay)
        events.schedule(
            .spoolRead(
                agent: agent.index, life: agent.life, numbers, session: agent.ledger.session),
            at: agent.lastRead)
    }

    func spoolRead(
        _ agent: VirtualAgent, _ numbers: ClosedRange<UInt64>, session: Int
    ) throws(SimulationViolation) {
        for number in numbers where session == agent.ledger.session { try send(agent, number) }
    }

    private func send(_ agent: VirtualAgent, _ number: UInt64) throws(SimulationViolation) {
        guard agent.isUp, let batch = agent.contents[number] else { return }
        agent.left = max(agent.left, number)
        try perform(
            agent.machine.batchSynced(
                Batch(number: number, records: batch.records, payload: batch.payload)), agent)
        try endIfAllLeft(agent)
    }

    private func endIfAllLeft(_ agent: VirtualAgent) throws(SimulationViolation) {
        guard agent.isUp, agent.loadIsOver, agent.left == agent.made, !agent.hasSentEnd,
            agent.session != nil
        else { return }
        agent.hasSentEnd = true
        let hasher = agent.encoder.hasher
        try perform(
            agent.machine.loadEnded(
                AgentEnd(
                    batches: agent.made, records: hasher.records, finishes: hasher.finishes,
                    hash: hasher.value, reason: agent.endReason,
                    audit: ClientAudit())), agent)
    }
}
