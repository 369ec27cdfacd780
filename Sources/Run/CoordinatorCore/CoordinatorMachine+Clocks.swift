package import TimeBase

/// The bound on an agent's clock, as it is known while the run goes on.
package struct ClockBound: Hashable, Sendable {
    /// Coordinator minus agent at ``at``, ns.
    package var offsetNs: Int64
    /// Half of the guaranteed interval's width, ns.
    package var uncertaintyNs: Int64
    /// When that holds, on the coordinator's clock.
    package var at: LocalInstant
    /// How fast the offset grows, parts per million; 0 where that is not known.
    package var ratePPM: Double

    package init(offsetNs: Int64, uncertaintyNs: Int64, at: LocalInstant, ratePPM: Double = 0) {
        self.offsetNs = offsetNs
        self.uncertaintyNs = uncertaintyNs
        self.at = at
        self.ratePPM = ratePPM
    }

    /// The same, carried on to `instant`: the offset by its rate.
    package func moved(to instant: LocalInstant) -> ClockBound {
        let growth = (Double((instant - at).ns) * ratePPM / 1e6).rounded()
        var moved = self
        // A rate that no oscillator has is not worth a trap.
        moved.offsetNs &+= Int64(exactly: growth) ?? 0
        moved.at = instant
        return moved
    }
}

extension CoordinatorMachine {
    /// The clock of agent `agent` is known to so much; the bound that the start took stays.
    package mutating func clockBound(
        agent: Int, _ bound: ClockBound, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard agents.indices.contains(agent), !isRunning, !isOver else { return [] }
        agents[agent].clock = bound
        return startedIfReady(now: now)
    }

    /// The last probes of an agent that said End are done.
    package mutating func clockProbed(
        agent: Int, now: LocalInstant
    ) -> [CoordinatorAction] {
        agents[agent].isClockProbed = true
        return dismissed(now: now)
    }

    /// An agent's answers to the clock probes cannot be: its part is cut short, with the reason.
    package mutating func clockContradicted(
        agent: Int, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard agents.indices.contains(agent) else { return [] }
        let what = "answered in a way that cannot be: \(reason)"
        guard links[agents[agent].link] == agent else {
            return agents[agent].awayUntil == nil
                ? [] : cutShort(agent, since: now, reason: what, now: now)
        }
        return violated(agent, what, now: now)
    }
}
