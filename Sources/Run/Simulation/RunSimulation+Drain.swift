import CoordinatorCore
import PlainText
import TimeBase
import TokenLog
import Wire
import Workload

/// The end of an agent's load: what is in flight after the last stage has the drain time.
extension RunSimulation {
    func watchDrain(_ agent: VirtualAgent) {
        guard !agent.isDraining, !agent.isOver, let at = agent.schedule?.cut(after: faults.drain)
        else { return }
        agent.isDraining = true
        events.schedule(
            .drainEnds(agent: agent.index, life: agent.life),
            at: max(events.now, agent.clock.instant(of: at)))
    }

    func drainEnded(_ agent: VirtualAgent) throws(SimulationViolation) {
        agent.isDraining = false
        guard !agent.isOver else { return }
        if let at = agent.schedule?.cut(after: faults.drain), at > now(agent) {
            return watchDrain(agent)
        }
        guard let due = drainDeadline(of: agent), now(agent) >= due else {
            throw violation(
                "\(agent.name) is cut before its last stage and the drain time are over")
        }
        agent.arming += 1
        let error = RequestError(kind: .drained, detail: "drain")
        for ordinal in agent.schedule?.stop() ?? [] {
            let isReserve = agent.schedule?.isReserve(ordinal) == true
            try notNeeded(agent, ordinal, error: isReserve ? nil : error)
        }
        try cancelAll(agent, error)
        try endIfDone(agent)
    }

    /// Nothing ends by itself when it should have been cut before.
    func checkNotDrained(_ agent: VirtualAgent, _ id: UInt32) throws(SimulationViolation) {
        guard !agent.wasPaused, let due = drainDeadline(of: agent) else { return }
        guard now(agent) <= due + .milliseconds(1) else {
            throw violation("request \(id) of \(agent.name) goes on after the drain time")
        }
    }

    func noteOfStageWithoutEnd(
        _ agent: VirtualAgent, _ request: PlannedRequest, isSend: Bool
    ) {
        guard agent.configuration?.stages[Int(request.stage)].endNs == nil else { return }
        agent.lastWithoutEnd = now(agent)
        if isSend { agent.sentWithoutEnd += 1 }
    }

    /// When the drain time is over, told from what was sent and ended; nil while requests of a
    /// stage without an end in time were not sent.
    private func drainDeadline(of agent: VirtualAgent) -> LocalInstant? {
        guard let start = agent.start, let stages = agent.configuration?.stages else { return nil }
        let withoutEnd = agent.requests.count { stages[Int($0.stage)].endNs == nil }
        guard agent.sentWithoutEnd == withoutEnd else { return nil }
        let ends = stages.compactMap(\.endNs).map { start + TimeSpan(ns: $0) }
        return max(ends.max() ?? start, agent.lastWithoutEnd) + faults.drain
    }
}
