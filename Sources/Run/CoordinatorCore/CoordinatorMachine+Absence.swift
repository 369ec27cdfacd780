import Journal
import RunRecord
package import TimeBase
import Wire

/// Agents whose link is gone while others are waited for, or their load goes on: they are away, and
/// waited for.
///
/// Departures are four. A peer is *turned away* before it is one of the run's agents. One of them
/// has *left* where it goes before the start, and the run fails; after the start one that goes, or
/// stays away for too long, is *lost*, and its part has a gap; one whose End agrees has *ended*.
extension CoordinatorMachine {
    /// The process of an agent has ended, as its parent knows: nobody comes back.
    package mutating func processEnded(
        name: String, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        guard let agent = agents.firstIndex(where: { $0.hello.name == name }) else {
            guard case .gathering = state else { return [] }
            return failed("agent \(name) ended before it joined: \(reason)")
        }
        // Its last messages may still be on their way: then the link's end decides.
        let sentence = "its process \(reason)"
        agents[agent].processEnd = sentence
        guard agents[agent].awayUntil != nil else { return [] }
        return departed(agent, since: now, reason: sentence, now: now)
    }

    /// The agent's link is gone, and the agent perhaps is not: it was there for the last time at
    /// `since`.
    mutating func wentAway(
        _ agent: Int, since: LocalInstant, reason: String, now: LocalInstant
    ) -> [CoordinatorAction] {
        let track = agents[agent]
        let grace = patience(with: track.phase, of: agent)
        guard !isOver, track.processEnd == nil, grace > .zero else {
            return departed(agent, since: since, reason: track.processEnd ?? reason, now: now)
        }
        guard track.awayUntil == nil else { return [] }
        let absence = Absence(from: since, reason: reason)
        let until = now + grace
        agents[agent].absences.append(absence)
        agents[agent].awayUntil = until
        return [
            .record(.absence(agent: agent, absence)),
            .away(agent: agent, absence, until: until),
        ]
    }

    private func patience(with phase: AgentTrack.Phase, of agent: Int) -> TimeSpan {
        // An agent to which nothing was dealt is waited for as any other.
        let assignment = self.assignment(of: agent) ?? assignments[0]
        let grace = min(
            TimeSpan(ns: assignment.configuration.graceNs), Self.longestAbsence,
            stopped?.drain ?? Self.longestAbsence)
        switch phase {
        case .joined, .ready, .running: return grace
        case .ending: return min(grace, Self.farewell)
        case .dealt, .holding, .ended, .lost: return .zero
        }
    }

    private static let longestAbsence = TimeSpan.seconds(30 * 86_400)
    /// An agent that has said End has nothing more to say: it is waited for so that it hears that
    /// all is safe.
    private static let farewell = TimeSpan.seconds(15)

    /// Gives up those that have been away for too long.
    mutating func absenceTicked(now: LocalInstant) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = []
        for agentIndex in agents.indices {
            guard let until = agents[agentIndex].awayUntil, now >= until else { continue }
            let reason = agents[agentIndex].absences.last?.reason ?? ""
            actions += departed(agentIndex, since: now, reason: reason, now: now)
        }
        return actions
    }

    /// Those that are away are waited for no longer than `span` from now.
    mutating func shortenAbsences(to span: TimeSpan, now: LocalInstant) {
        for agentIndex in agents.indices {
            guard let until = agents[agentIndex].awayUntil else { continue }
            agents[agentIndex].awayUntil = min(until, now + span)
        }
    }

    /// Hello of an agent that says it is at work on this run, or that is known here: nil where it
    /// is neither.
    mutating func returned(
        _ link: LinkID, _ hello: Hello, now: LocalInstant
    ) -> [CoordinatorAction]? {
        guard !isOver,
            let agentIndex = agents.firstIndex(where: {
                $0.hello.name == hello.name && $0.hello.identity == hello.identity
            })
        else { return nil }
        let known = agents[agentIndex].hello
        guard hello.incarnation >= known.incarnation, isRunning || hello.heldRun == opening.runID
        else {
            return nil
        }
        guard hello.incarnation == known.incarnation, hello.heldRun == opening.runID else {
            // Another process of the same agent: the one that measured is no more.
            let closed = closeLink(of: agentIndex)
            let reason = "it was started anew while the run was under way"
            let last = agents[agentIndex].pulse.lastHeard ?? now
            return closed + departed(agentIndex, since: last, reason: reason, now: now)
                + turnedAway(
                    link, .notExpected,
                    "agent \(hello.name) was started anew while its run was under way: what it had "
                        + "measured is in its spool, and the run goes on without it")
        }
        if case .lost(let reason) = agents[agentIndex].phase {
            return turnedAway(link, .notExpected, "agent \(hello.name) was given up: \(reason)")
        }
        guard let version = ProtocolVersionRange.supported.highestCommon(with: hello.versions)
        else { return nil }
        return welcomedBack(link, agentIndex, version, now: now)
    }

    private mutating func welcomedBack(
        _ link: LinkID, _ agentIndex: Int, _ version: UInt16, now: LocalInstant
    ) -> [CoordinatorAction] {
        // The newest lives.
        var actions = closeLink(of: agentIndex)
        let absence = agents[agentIndex].comeBack(over: link, now: now)
        links[link] = agentIndex
        actions += [
            .record(.absence(agent: agentIndex, absence)),
            .returned(link, agent: agentIndex, absence),
            .send(link, .welcome(welcome(agentIndex, version))),
        ]
        let hasBegun = agents[agentIndex].started != nil || agents[agentIndex].batches > 0
        if !hasBegun, let start = agents[agentIndex].start {
            // It may have been lost with the old link.
            actions.append(.send(link, .start(start)))
        }
        if let stopped { actions.append(.send(link, .stop(stopped.command))) }
        return actions + dealtIfAllJoined(now: now) + startedIfReady(now: now)
    }

    /// Gives up the link of an agent that is there over another one, where it is not gone already.
    private mutating func closeLink(of agentIndex: Int) -> [CoordinatorAction] {
        let link = agents[agentIndex].link
        return links.removeValue(forKey: link) == nil ? [] : [.close(link)]
    }

    func welcome(_ agentIndex: Int, _ version: UInt16) -> Welcome {
        Welcome(
            version: version, runID: opening.runID, generation: 1, agentIndex: UInt16(agentIndex),
            agentCount: UInt16(assignments.count),
            acknowledgedThrough: ledger.durable(agent: UInt16(agentIndex)))
    }
}
