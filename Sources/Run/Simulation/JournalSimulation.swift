import Bytes
import Journal
import Randomness
import TimeBase

/// The agents' spools and the coordinator's journal, with the real ledgers, formats and scans,
/// over a virtual network and virtual disks that fail as one seed says.
///
/// Checked all along: a batch number never stands for two contents; nothing acknowledged is ever
/// missing from the coordinator's journal, nothing is in it twice or out of order; an agent frees
/// only what is acknowledged. Checked at the end: once the faults end, everything that is durable
/// on an agent is acknowledged in bounded time.
package final class JournalSimulation {
    enum Event {
        case make(agent: Int)
        case agentTimer(agent: Int, life: Int)
        case agentSynced(agent: Int, life: Int, through: UInt64, SimulatedSpool.SyncMark)
        case connect(agent: Int, life: Int)
        case toCoordinator(agent: Int, session: Int, ToCoordinator)
        case toAgent(agent: Int, session: Int, ToAgent)
        case coordinatorTimer(life: Int)
        case coordinatorSynced(life: Int, byteCount: Int)
        case fault
        case agentRestart(agent: Int)
        case coordinatorRestart
    }

    /// One way of one session.
    struct Way: Hashable {
        var session: Int
        var isToAgent: Bool
    }

    enum ToCoordinator {
        case hello
        case batch(JournalBatch)
    }

    enum ToAgent {
        case welcome(through: UInt64)
        case acknowledge(through: UInt64)
        case close
    }

    let seed: UInt64
    let faults: JournalFaults
    var random: RandomStream
    var events = EventQueue<Event>()
    var trace = RunningHash()
    var agents: [SimulatedAgent] = []
    var coordinator: SimulatedCoordinator
    var sessionCount = 0
    var repetitions = 0
    var faultCount = 0
    /// When the bytes sent last on each session and way arrive.
    var arrivals: [Way: LocalInstant] = [:]
    /// The content that each number of each agent stands for, once it has left the agent.
    var sentContents: [[UInt64: [UInt8]]]

    /// A world at its beginning.
    package init(seed: UInt64, faults: JournalFaults = JournalFaults()) {
        self.seed = seed
        self.faults = faults
        random = RandomStream(seed: seed)
        coordinator = SimulatedCoordinator(agents: faults.agents)
        sentContents = Array(repeating: [:], count: faults.agents)
        for agent in 0..<faults.agents {
            let perSegment = Int.random(in: 1...6, using: &random)
            agents.append(SimulatedAgent(index: agent, batchesPerSegment: perSegment))
        }
    }

    /// Runs to the end.
    ///
    /// - Throws: ``SimulationViolation`` at the first promise broken.
    package func run() throws(SimulationViolation) -> JournalOutcome {
        for agent in agents.indices {
            events.schedule(.connect(agent: agent, life: 0), after: delay(1...50))
            for _ in 0..<faults.batchesEach {
                events.schedule(.make(agent: agent), after: delay(0...(faults.calm.ns / 1_000_000)))
            }
        }
        for _ in 0..<faults.count {
            events.schedule(.fault, after: delay(0...(faults.calm.ns / 1_000_000)))
        }
        let end = LocalInstant(ns: 0) + faults.calm + faults.patience
        while let event = events.next() {
            guard events.now <= end else { break }
            try handle(event)
        }
        return try finish()
    }

    /// A random number of whole milliseconds, and a fraction, so that events rarely coincide.
    func delay(_ range: ClosedRange<Int64>) -> TimeSpan {
        let ms = Int64.random(in: range, using: &random)
        return TimeSpan(ns: ms * 1_000_000 + Int64.random(in: 0..<1_000_000, using: &random))
    }

    func violation(_ sentence: String) -> SimulationViolation {
        SimulationViolation(seed: seed, at: events.now, sentence: sentence)
    }

    private func note(_ code: UInt64, _ agent: Int = 0, _ detail: UInt64 = 0) {
        trace.add(UInt64(bitPattern: events.now.ns))
        trace.add(code << 32 | UInt64(agent))
        trace.add(detail)
    }

    private func handle(_ event: Event) throws(SimulationViolation) {
        switch event {
        case .make(let agent):
            note(1, agent)
            try makeBatch(agent)
        case .agentTimer(let agent, let life):
            guard agents[agent].life == life, agents[agent].isUp else { return }
            note(2, agent)
            agents[agent].timerIsSet = false
            try perform(agents[agent].ledger.timePassed(now: events.now), agent)
        case .agentSynced(let agent, let life, let through, let mark):
            guard agents[agent].life == life, agents[agent].isUp else { return }
            note(3, agent, through)
            agents[agent].spool.sync(mark)
            try perform(agents[agent].ledger.synced(through: through), agent)
        case .connect(let agent, let life):
            guard agents[agent].life == life, agents[agent].isUp else { return }
            note(4, agent)
            connect(agent)
        case .toCoordinator(let agent, let session, let message):
            note(5, agent, UInt64(session))
            try coordinatorReceived(message, agent, session)
        case .toAgent(let agent, let session, let message):
            guard agents[agent].isUp, agents[agent].session == session else { return }
            note(6, agent, UInt64(session))
            try agentReceived(message, agent)
        case .coordinatorTimer(let life):
            guard coordinator.life == life, coordinator.isUp else { return }
            note(7)
            coordinator.timerIsSet = false
            try perform(coordinator.ledger.timePassed(now: events.now))
        case .coordinatorSynced(let life, let byteCount):
            guard coordinator.life == life, coordinator.isUp else { return }
            note(8, 0, UInt64(byteCount))
            coordinator.disk.sync(through: byteCount)
            try perform(coordinator.ledger.synced())
        case .fault:
            note(9)
            strike()
        case .agentRestart(let agent):
            note(10, agent)
            try restartAgent(agent)
        case .coordinatorRestart:
            note(11)
            try restartCoordinator()
        }
    }

    private func finish() throws(SimulationViolation) -> JournalOutcome {
        for (index, agent) in agents.enumerated() {
            guard agent.isUp, coordinator.isUp else {
                throw violation("somebody is still down though the faults have ended")
            }
            guard agent.ledger.isDrained else {
                throw violation(
                    "agent \(index) has made \(agent.ledger.lastNumber) batches and only "
                        + "\(agent.acknowledged) are acknowledged")
            }
        }
        // The last word is the disk's: what the journal holds after a loss of power now.
        coordinator.disk.losePower(using: &random)
        try checkJournal()
        note(12, 0, UInt64(coordinator.journal.count))
        return JournalOutcome(
            traceHash: trace.value, journalled: coordinator.journal.count,
            repetitions: repetitions, lost: agents.reduce(0) { $0 + $1.lost }, faults: faultCount)
    }
}
