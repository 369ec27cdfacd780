import Bytes
import Journal
import TimeBase

/// The coordinator: its ledger and its journal.
struct SimulatedCoordinator: ~Copyable {
    var ledger: AckLedger
    var disk = VirtualDisk()
    /// The batches in the journal, as the process knows them.
    var journal: [JournalBatch] = []
    /// The last acknowledgement promised to each agent, in any life.
    var promised: [UInt64]
    var sessions: [Int?]
    var isUp = true
    var life = 0
    var timerIsSet = false

    init(agents: Int) {
        ledger = AckLedger(durable: [UInt64](repeating: 0, count: agents))
        promised = [UInt64](repeating: 0, count: agents)
        sessions = [Int?](repeating: nil, count: agents)
        let header = SegmentHeader(
            clock: ClockName(host: "coordinator", bootID: "boot"), runID: RunID(high: 0, low: 0),
            agent: nil, incarnation: 0, segment: 0, generation: 0)
        disk.append(header.encoded())
        disk.sync(through: disk.content.count)
    }
}

extension JournalSimulation {
    func coordinatorReceived(
        _ message: ToCoordinator, _ agent: Int, _ session: Int
    ) throws(SimulationViolation) {
        guard coordinator.isUp else {
            return transmitToAgent(.close, agent: agent, session: session)
        }
        switch message {
        case .hello:
            // Sessions are numbered in the order of their Hellos: an older one is superseded.
            guard session > coordinator.sessions[agent] ?? 0 else { return }
            coordinator.sessions[agent] = session
            let through = coordinator.ledger.durable(agent: UInt16(agent))
            coordinator.promised[agent] = max(coordinator.promised[agent], through)
            transmitToAgent(.welcome(through: through), agent: agent, session: session)
        case .batch(let batch):
            guard coordinator.sessions[agent] == session else {
                return transmitToAgent(.close, agent: agent, session: session)
            }
            let actions = coordinator.ledger.batchReceived(
                agent: UInt16(agent), number: batch.number, now: events.now)
            if case .append? = actions.first {
                coordinator.journal.append(batch)
                coordinator.disk.append(JournalEntry.batch(batch).encoded())
            } else {
                repetitions += 1
            }
            try perform(actions)
        }
    }

    func perform(_ actions: [AckAction]) throws(SimulationViolation) {
        for action in actions {
            switch action {
            case .append: break
            case .sync:
                events.schedule(
                    .coordinatorSynced(
                        life: coordinator.life, byteCount: coordinator.disk.content.count),
                    after: delay(1...60))
            case .acknowledge(let agent, let through):
                let index = Int(agent)
                coordinator.promised[index] = max(coordinator.promised[index], through)
                guard let session = coordinator.sessions[index] else { continue }
                transmitToAgent(.acknowledge(through: through), agent: index, session: session)
            case .disconnect(let agent, let reason):
                throw violation("the session of agent \(agent) is closed: \(reason)")
            case .stop(let reason):
                throw violation("the coordinator gives up: \(reason)")
            }
        }
        guard !coordinator.timerIsSet, let deadline = coordinator.ledger.deadline else { return }
        coordinator.timerIsSet = true
        events.schedule(.coordinatorTimer(life: coordinator.life), at: deadline)
    }

    func restartCoordinator() throws(SimulationViolation) {
        try checkJournal()
        let durable = agents.indices.map { agent in
            coordinator.journal.last { $0.agentIndex == UInt16(agent) }?.number ?? 0
        }
        coordinator.ledger = AckLedger(durable: durable)
        coordinator.isUp = true
        coordinator.timerIsSet = false
    }

    /// Scans the journal as a resumed run does, and checks it against all that was promised.
    func checkJournal() throws(SimulationViolation) {
        var scanner = SegmentScanner()
        scanner.append(coordinator.disk.content)
        var journal: [JournalBatch] = []
        var last = [UInt64](repeating: 0, count: agents.count)
        while let entry = scanner.next() {
            guard case .batch(let batch) = entry else { continue }
            let agent = Int(batch.agentIndex)
            guard batch.number == last[agent] + 1 else {
                throw violation(
                    "the journal has batch \(batch.number) of agent \(agent) after \(last[agent])")
            }
            guard sentContents[agent][batch.number] == batch.payload else {
                throw violation("batch \(batch.number) of agent \(agent) has another content")
            }
            last[agent] = batch.number
            journal.append(batch)
        }
        for agent in agents.indices where last[agent] < coordinator.promised[agent] {
            throw violation(
                "batch \(coordinator.promised[agent]) of agent \(agent) was acknowledged, and the "
                    + "journal ends at \(last[agent])")
        }
        coordinator.disk.recover(to: scanner.tail.goodByteCount)
        coordinator.journal = journal
    }
}
