import AgentCore
import CoordinatorCore
import Journal
import TimeBase
import Wire

extension RunSimulation {
    func strike(_ fault: RunFault, _ agent: VirtualAgent) throws(SimulationViolation) {
        guard coordinator.ending == nil else { return }
        if firstFault == nil { firstFault = events.now }
        if RunFault.ofOneAgent.contains(fault) {
            guard agent.isUp else { return }
            if RunFault.ofLinks.contains(fault), agent.start != nil {
                // It comes back by itself, and nothing is missing then.
                cutOff.insert(agent.index)
            } else {
                struck.insert(agent.index)
            }
        }
        switch fault {
        case .linkCut:
            if let link = agent.session { cut(link) }
        case .linkSilent:
            for case let link? in [agent.session, agent.clockLink] { silence(link) }
        case .linkHalfCut:
            if let link = agent.session {
                cut(link, telling: [Bool.random(using: &random) ? .agent : .coordinator])
            }
        case .outage: unplug(agent, ms: 500...25_000)
        case .longOutage: unplug(agent, ms: 25_000...65_000)
        case .agentKilled:
            kill(agent)
            restartsPending += 1
            events.schedule(.restart(agent: agent.index), after: .milliseconds(1_500))
        case .agentLosesPower:
            for case let link? in [agent.session, agent.clockLink] { silence(link) }
            kill(agent)
            try losePower(agent)
        case .agentInterrupted:
            try perform(agent.machine.interrupted(), agent)
        case .spoolFails:
            try perform(agent.ledger.storageFailed("no space left on device"), agent)
        case .neverReady, .cannotPrepare, .clockBlocked:
            agent.defects.insert(fault)
            if fault == .clockBlocked, let link = agent.clockLink { silence(link) }
        case .interrupted:
            isCoordinatorStruck = true
            try interruptCoordinator()
            if Bool.random(using: &random) {
                events.schedule(.secondInterrupt, after: .milliseconds(100))
            }
        case .journalFails:
            isCoordinatorStruck = true
            coordinator.diskIsBroken = true
        case .agentPaused, .coordinatorPaused:
            pause(fault, agent)
        case .journalSlow: coordinator.syncsSlowly = true
        case .spoolSlow: agent.syncsSlowly = true
        }
    }

    /// Once an agent: two in a row would be one that is too long.
    private func unplug(_ agent: VirtualAgent, ms range: ClosedRange<Int64>) {
        guard agent.outageUntil.ns == 0 else { return }
        agent.outageUntil = events.now + random.span(ms: range)
    }

    /// Once a process: two pauses in a row would be a silence longer than the patience.
    private func pause(_ fault: RunFault, _ agent: VirtualAgent) {
        let until = events.now + random.span(ms: 1...6_000)
        if fault == .coordinatorPaused {
            guard coordinator.pausedUntil.ns == 0 else { return }
            coordinator.pausedUntil = until
        } else {
            guard !agent.wasPaused else { return }
            agent.wasPaused = true
            agent.pausedUntil = until
        }
    }

    func interruptCoordinator() throws(SimulationViolation) {
        guard coordinator.ending == nil else { return }
        coordinator.interrupts += 1
        try perform(
            coordinator.machine.interrupted(drain: .milliseconds(200), now: coordinatorNow))
    }

    /// The process ends; the kernel closes what it had open.
    func kill(_ agent: VirtualAgent) {
        agent.isUp = false
        agent.life += 1
        for case let link? in [agent.session, agent.clockLink] { close(link, by: .agent) }
        agent.session = nil
        agent.clockLink = nil
    }

    /// Batches that were sent must still be in the spool, or with the coordinator.
    private func losePower(_ agent: VirtualAgent) throws(SimulationViolation) {
        agent.spool.losePower(using: &random)
        let held = agent.spool.recover()
        let first = held.first?.number ?? agent.left + 1
        guard held.last.map({ $0.number >= agent.left }) ?? (agent.acknowledged >= agent.left),
            first <= agent.acknowledged + 1
        else {
            throw violation(
                "\(agent.name) sent \(agent.left) batches, \(agent.acknowledged) of them are "
                    + "acknowledged, and power left its spool from \(first)")
        }
    }

    /// A killed agent comes back by itself: the run has started, or failed, without it.
    func restart(_ agent: VirtualAgent) {
        restartsPending -= 1
        agent.isUp = true
        agent.restarted()
        events.schedule(.dial(agent: agent.index, life: agent.life), after: .milliseconds(1))
    }
}
