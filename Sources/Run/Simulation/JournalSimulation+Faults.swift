import Journal
import TimeBase

extension JournalSimulation {
    /// One random fault, on whatever is up.
    func strike() {
        guard let fault = JournalFault.allCases.randomElement(using: &random) else { return }
        let agent = Int.random(in: agents.indices, using: &random)
        faultCount += 1
        switch fault {
        case .reset:
            coordinator.sessions[agent] = nil
            closeAgentSide(agent)
        case .halfOpen:
            closeAgentSide(agent)
        case .agentKilled, .agentLosesPower:
            endAgent(agent, losesPower: fault == .agentLosesPower)
        case .coordinatorKilled, .coordinatorLosesPower:
            endCoordinator(losesPower: fault == .coordinatorLosesPower)
        }
    }

    private func endAgent(_ index: Int, losesPower: Bool) {
        let agent = agents[index]
        guard agent.isUp else { return }
        agent.isUp = false
        agent.life += 1
        closeAgentSide(index)
        if losesPower {
            let before = agent.ledger.lastNumber
            agent.spool.losePower(using: &random)
            var copy = agent.spool
            agent.lost += Int(before - (copy.recover().last?.number ?? 0))
        }
        events.schedule(.agentRestart(agent: index), after: delay(50...600))
    }

    private func endCoordinator(losesPower: Bool) {
        guard coordinator.isUp else { return }
        coordinator.isUp = false
        coordinator.life += 1
        if losesPower { coordinator.disk.losePower(using: &random) }
        for index in agents.indices {
            coordinator.sessions[index] = nil
            closeAgentSide(index)
        }
        events.schedule(.coordinatorRestart, after: delay(50...600))
    }
}
