import AgentCore
import Bytes
import CoordinatorCore
import Randomness
import TimeBase
import Wire
import Workload

/// A whole run in a world of virtual time: the coordinator's and the agents' machines, schedules,
/// encoders, ledgers and clock fits, over virtual links, disks and clocks, from Hello to the end.
///
/// Checked all along: no request has two terminal records; nothing is acknowledged, and no agent
/// dismissed, before its batches are durable; a spool is freed after that only; every agent starts
/// within its clock's bound of the named instant; nobody speaks on a link that he closed. Checked
/// at the end: everybody's part is over in bounded time; what was merged is what the agents logged;
/// gaps name the agents that were struck and no other.
package final class RunSimulation {
    enum Event {
        case dial(agent: Int, life: Int)
        case dialFailed(agent: Int, life: Int)
        case agentTick(agent: Int, life: Int)
        case prepared(agent: Int, life: Int)
        case loadBegins(agent: Int, life: Int, arming: Int)
        case dispatch(agent: Int, life: Int, arming: Int)
        case stream(agent: Int, life: Int, request: UInt32)
        case flush(agent: Int, life: Int)
        case drained(agent: Int, life: Int)
        case drainEnds(agent: Int, life: Int)
        case spoolSynced(agent: Int, life: Int, through: UInt64, SimulatedSpool.SyncMark)
        case spoolRead(agent: Int, life: Int, ClosedRange<UInt64>, session: Int)
        case arrival(link: Int, at: VirtualLink.Side)
        case closed(link: Int, at: VirtualLink.Side, reason: String)
        case coordinatorTick
        case journalSynced(byteCount: Int)
        case train(agentIndex: Int)
        case clockProbed(agentIndex: Int)
        case fault(RunFault, agent: Int)
        case secondInterrupt
        case restart(agent: Int)
    }

    /// Everybody's part is over by then: joining and preparing, the load, a silence and its
    /// patience, the grace and a few pauses.
    static let longestRun = TimeSpan.seconds(180)

    let seed: UInt64
    let faults: RunFaults
    var random: RandomStream
    var events = EventQueue<Event>()
    var trace = RunningHash()
    var eventCount = 0
    let workload: SimulatedWorkload
    var links: [VirtualLink] = []
    var agents: [VirtualAgent]
    var coordinator: VirtualCoordinator
    /// Every record as it was logged, whatever became of it; empty before the deal.
    var logged = RequestBook(agents: [])
    /// Agents, by number, that met a fault which is not harmless.
    var struck: Set<Int> = []
    /// Agents, by number, whose link was cut or went silent once their load had begun.
    var cutOff: Set<Int> = []
    /// The coordinator met a fault which is not harmless.
    var isCoordinatorStruck = false
    var firstFault: LocalInstant?

    /// A world at its beginning.
    package init(seed: UInt64, faults: RunFaults = RunFaults()) {
        self.seed = seed
        self.faults = faults
        random = RandomStream(seed: mix64(seed ^ 99))
        do {
            workload = try SimulatedWorkload(
                seed: seed, agents: faults.agents, drain: faults.drain)
        } catch {
            preconditionFailure("the simulated workload is sound: \(error)")
        }
        agents = (0..<faults.agents).map { VirtualAgent(index: $0, seed: mix64(seed)) }
        coordinator = VirtualCoordinator(seed: seed, workload)
    }

    /// Runs until everybody's part is over.
    ///
    /// - Throws: ``SimulationViolation`` at the first promise broken.
    package func run() throws(SimulationViolation) -> RunOutcome {
        for agent in agents {
            events.schedule(.dial(agent: agent.index, life: 0), after: agent.span(ms: 1...900))
        }
        events.schedule(.coordinatorTick, after: .milliseconds(1))
        try perform(coordinator.machine.begun())
        planFaults()
        let end = LocalInstant(ns: 0) + Self.longestRun
        while let event = events.next() {
            guard events.now <= end else { throw violation("the run has not ended") }
            guard !isOver else { break }
            if let later = paused(event) {
                events.schedule(event, at: later)
                continue
            }
            eventCount += 1
            try handle(event)
        }
        return try outcome()
    }

    private var isOver: Bool {
        coordinator.ending != nil && agents.allSatisfy { !$0.isUp }
            && restartsPending == 0
    }

    /// Agents that were killed and will come back.
    var restartsPending = 0

    private func planFaults() {
        let kinds = faults.kinds.sorted { $0.rawValue < $1.rawValue }
        for _ in 0..<faults.count {
            guard let kind = kinds.randomElement(using: &random) else { return }
            let agent = Int.random(in: agents.indices, using: &random)
            let at = Int64.random(in: faults.from.ns...faults.until.ns, using: &random)
            events.schedule(.fault(kind, agent: agent), at: LocalInstant(ns: at))
        }
    }

    /// When the process that `event` is for goes on; nil when it stands still no longer.
    private func paused(_ event: Event) -> LocalInstant? {
        let until: LocalInstant =
            switch event {
            case .dial(let agent, _), .dialFailed(let agent, _), .agentTick(let agent, _),
                .prepared(let agent, _),
                .loadBegins(let agent, _, _), .dispatch(let agent, _, _),
                .stream(let agent, _, _), .flush(let agent, _), .drained(let agent, _),
                .drainEnds(let agent, _), .spoolSynced(let agent, _, _, _),
                .spoolRead(let agent, _, _, _):
                agents[agent].pausedUntil
            case .arrival(let link, .agent):
                max(agents[links[link].agent].pausedUntil, agents[links[link].agent].outageUntil)
            case .closed(let link, .agent, _):
                agents[links[link].agent].pausedUntil
            case .arrival(let link, .coordinator):
                max(coordinator.pausedUntil, agents[links[link].agent].outageUntil)
            case .closed(_, .coordinator, _), .coordinatorTick, .journalSynced, .train,
                .clockProbed:
                coordinator.pausedUntil
            case .fault, .secondInterrupt, .restart:
                events.now
            }
        return until > events.now ? until : nil
    }

    func violation(_ sentence: String) -> SimulationViolation {
        SimulationViolation(seed: seed, at: events.now, sentence: sentence)
    }

    private func note(_ code: UInt64, _ who: Int = 0, _ detail: UInt64 = 0) {
        trace.add(UInt64(bitPattern: events.now.ns))
        trace.add(code << 32 | UInt64(who))
        trace.add(detail)
    }

    private func handle(_ event: Event) throws(SimulationViolation) {
        switch event {
        case .arrival(let link, let side):
            note(1, link, UInt64(side.rawValue))
            try arrived(link, at: side)
        case .closed(let link, let side, let reason):
            note(2, link, UInt64(side.rawValue))
            try closed(link, at: side, reason)
        case .coordinatorTick:
            note(3)
            try coordinatorTicked()
        case .journalSynced(let byteCount):
            note(4, 0, UInt64(byteCount))
            try journalSynced(byteCount)
        case .train(let agentIndex):
            note(5, agentIndex)
            try trainDue(agentIndex)
        case .clockProbed(let agentIndex):
            note(6, agentIndex)
            try perform(coordinator.machine.clockProbed(agent: agentIndex, now: coordinatorNow))
        case .fault(let fault, let agent):
            note(7, agent, UInt64(fault.rawValue))
            try strike(fault, agents[agent])
        case .secondInterrupt:
            note(8)
            try interruptCoordinator()
        case .restart(let agent):
            note(9, agent)
            restart(agents[agent])
        case .dial(let agent, let life), .dialFailed(let agent, let life),
            .agentTick(let agent, let life), .prepared(let agent, let life),
            .loadBegins(let agent, let life, _),
            .dispatch(let agent, let life, _), .stream(let agent, let life, _),
            .flush(let agent, let life), .drained(let agent, let life),
            .drainEnds(let agent, let life),
            .spoolSynced(let agent, let life, _, _), .spoolRead(let agent, let life, _, _):
            guard agents[agent].isUp, agents[agent].life == life else { return }
            note(10, agent)
            try handle(event, of: agents[agent])
        }
    }

    private func handle(
        _ event: Event, of agent: VirtualAgent
    ) throws(SimulationViolation) {
        switch event {
        case .dial: try dial(agent)
        case .dialFailed: try dialFailed(agent, "no route to host")
        case .agentTick: try ticked(agent)
        case .prepared: try prepared(agent)
        case .loadBegins(_, _, let arming): try loadBegins(agent, arming)
        case .dispatch(_, _, let arming): try dispatch(agent, arming)
        case .stream(_, _, let request): try streamed(agent, request)
        case .flush: try flush(agent)
        case .drained: try cancelAll(agent)
        case .drainEnds: try drainEnded(agent)
        case .spoolSynced(_, _, let through, let mark): try spoolSynced(agent, through, mark)
        case .spoolRead(_, _, let numbers, let session):
            try spoolRead(agent, numbers, session: session)
        default: preconditionFailure("an event of an agent")
        }
    }
}
