import Journal
import TimeBase

/// One agent: its ledger, its spool, and what it has been told.
final class SimulatedAgent {
    var ledger = SpoolLedger(limits: JournalSimulation.spoolLimits)
    var spool: SimulatedSpool
    /// The batches that a read of the spool gives back, by number.
    var contents: [UInt64: JournalBatch] = [:]
    var isUp = true
    /// Grows with each start: events of an earlier life come to nothing.
    var life = 0
    var session: Int?
    var timerIsSet = false
    /// The highest acknowledgement that ever arrived.
    var acknowledged: UInt64 = 0
    /// Batches ever made, so that every content is different.
    var made: UInt64 = 0
    var lost = 0
    let index: Int

    init(index: Int, batchesPerSegment: Int) {
        self.index = index
        spool = SimulatedSpool(agent: index, batchesPerSegment: batchesPerSegment)
    }
}

extension JournalSimulation {
    static let spoolLimits = SpoolLedger.Limits(windowBytes: 120)

    func makeBatch(_ index: Int) throws(SimulationViolation) {
        let agent = agents[index]
        guard agent.isUp else { return }
        agent.made += 1
        let payload = (0..<8).map { UInt8(truncatingIfNeeded: agent.made >> (8 * UInt64($0))) }
        let size = payload.count + 20
        let actions = agent.ledger.batchMade(byteCount: size, now: events.now)
        for action in actions {
            guard case .append(let number) = action else { continue }
            agent.contents[number] = JournalBatch(
                agentIndex: UInt16(index), incarnation: UInt64(agent.life), number: number,
                records: 1, payload: payload)
        }
        try perform(actions, index)
    }

    func perform(_ actions: [SpoolAction], _ index: Int) throws(SimulationViolation) {
        let agent = agents[index]
        for action in actions {
            switch action {
            case .append(let number):
                guard let batch = agent.contents[number] else {
                    throw violation("agent \(index) appends batch \(number), which was not made")
                }
                agent.spool.append(batch)
            case .sync(let through):
                events.schedule(
                    .agentSynced(
                        agent: index, life: agent.life, through: through, agent.spool.syncMark),
                    after: delay(1...40))
            case .send(let numbers):
                try send(numbers, index)
            case .free(let through):
                guard through <= agent.acknowledged else {
                    throw violation(
                        "agent \(index) frees \(through), acknowledged is \(agent.acknowledged)")
                }
                agent.spool.free(through: through)
            case .stop(let reason), .disconnect(let reason):
                throw violation("agent \(index) gives up: \(reason)")
            }
        }
        setTimer(agent)
    }

    private func setTimer(_ agent: SimulatedAgent) {
        guard !agent.timerIsSet, let deadline = agent.ledger.deadline else { return }
        agent.timerIsSet = true
        events.schedule(.agentTimer(agent: agent.index, life: agent.life), at: deadline)
    }

    private func send(
        _ numbers: ClosedRange<UInt64>, _ index: Int
    ) throws(SimulationViolation) {
        let agent = agents[index]
        guard let session = agent.session else {
            throw violation("agent \(index) sends without a session")
        }
        for number in numbers {
            guard let batch = agent.contents[number] else {
                throw violation("agent \(index) sends batch \(number), which it does not hold")
            }
            if let before = sentContents[index][number], before != batch.payload {
                throw violation("batch \(number) of agent \(index) stands for two contents")
            }
            sentContents[index][number] = batch.payload
            transmitToCoordinator(.batch(batch), agent: index, session: session)
        }
    }

    func connect(_ index: Int) {
        let agent = agents[index]
        guard agent.session == nil else { return }
        sessionCount += 1
        agent.session = sessionCount
        transmitToCoordinator(.hello, agent: index, session: sessionCount)
    }

    private func transmitToCoordinator(_ message: ToCoordinator, agent: Int, session: Int) {
        events.schedule(
            .toCoordinator(agent: agent, session: session, message),
            at: arrival(on: Way(session: session, isToAgent: false)))
    }

    func transmitToAgent(_ message: ToAgent, agent: Int, session: Int) {
        events.schedule(
            .toAgent(agent: agent, session: session, message),
            at: arrival(on: Way(session: session, isToAgent: true)))
    }

    /// When something sent now arrives: after a random delay, and never before what was sent
    /// earlier on the same way. Sessions overtake one another.
    private func arrival(on way: Way) -> LocalInstant {
        let instant = max(events.now + delay(0...30), arrivals[way] ?? events.now)
        arrivals[way] = instant
        return instant
    }

    func agentReceived(_ message: ToAgent, _ index: Int) throws(SimulationViolation) {
        let agent = agents[index]
        switch message {
        case .welcome(let through):
            agent.acknowledged = max(agent.acknowledged, through)
            try perform(agent.ledger.sessionOpened(acknowledgedThrough: through), index)
        case .acknowledge(let through):
            agent.acknowledged = max(agent.acknowledged, through)
            try perform(agent.ledger.acknowledged(through: through), index)
        case .close:
            closeAgentSide(index)
        }
    }

    /// The agent sees its session end and tries again after a while.
    func closeAgentSide(_ index: Int) {
        let agent = agents[index]
        guard agent.session != nil else { return }
        agent.session = nil
        agent.ledger.sessionClosed()
        guard agent.isUp else { return }
        events.schedule(.connect(agent: index, life: agent.life), after: delay(50...500))
    }

    func restartAgent(_ index: Int) throws(SimulationViolation) {
        let agent = agents[index]
        let batches = agent.spool.recover()
        for (batch, next) in zip(batches, batches.dropFirst())
        where next.number != batch.number + 1 {
            throw violation("agent \(index)'s spool has a hole after \(batch.number)")
        }
        agent.contents = Dictionary(uniqueKeysWithValues: batches.map { ($0.number, $0) })
        agent.ledger = SpoolLedger(
            acknowledged: batches.first.map { $0.number - 1 } ?? 0,
            recovered: batches.map { $0.payload.count + 20 }, limits: Self.spoolLimits)
        agent.isUp = true
        agent.timerIsSet = false
        connect(index)
    }
}
