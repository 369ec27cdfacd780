import PlainText
import RunRecord
import TimeBase
import Wire

extension CoordinatorMachine {
    /// A new link says Hello: it is taken in, or turned away with the reason. With the last one of
    /// them the shards are dealt.
    mutating func joined(
        _ link: LinkID, _ hello: Hello, now: LocalInstant
    ) -> [CoordinatorAction] {
        if let actions = returned(link, hello, now: now) { return actions }
        if let other = agents.first(where: { $0.hello.name == hello.name }) {
            return turnedAway(
                link, .nameInUse,
                "the name \(hello.name) is taken by an agent on host "
                    + "\(other.hello.host.hostname): give each agent its own --name")
        }
        guard case .gathering = state, agents.count < assignments.count else {
            return turnedAway(
                link, .notExpected, "agent \(hello.name) came when the run already had its agents")
        }
        if let held = hello.heldRun, held != opening.runID {
            return turnedAway(
                link, .notExpected,
                "agent \(hello.name) is still at work on another run: wait until that has ended, "
                    + "or end the agent and start it anew")
        }
        guard let version = ProtocolVersionRange.supported.highestCommon(with: hello.versions)
        else {
            return turnedAway(
                link, .noCommonVersion,
                ProtocolVersionRange.refusal(agent: hello.versions, coordinator: .supported))
        }
        if let defect = hello.name.nameDefect {
            return turnedAway(
                link, .notExpected,
                "the agent's name \(defect): start it with another --name")
        }
        if let reason = order.refusal(of: hello.name) {
            return turnedAway(link, .notExpected, reason)
        }
        let agent = agents.count
        agents.append(AgentTrack(link: link, hello: hello, now: now))
        links[link] = agent
        return [
            .record(.heard(agent: agent, at: now, .hello(hello))),
            .send(link, .welcome(welcome(agent, version))), .admitted(link, agent: agent),
        ] + dealtIfAllJoined(now: now)
    }

    mutating func dealtIfAllJoined(now: LocalInstant) -> [CoordinatorAction] {
        guard case .gathering = state, namesThere.count == assignments.count else { return [] }
        let dealt = order.assignments(of: agents.map(\.hello.name))
        for agent in agents.indices {
            agents[agent].assignmentIndex = dealt[agent]
            agents[agent].phase = .dealt
        }
        state = .preparing(deadline: now + TimeSpan(ns: patience.readyNs))
        return [.deal(dealt)]
    }

    /// The names of those that have joined and are not away.
    var namesThere: [String] { agents.filter { $0.awayUntil == nil }.map(\.hello.name) }

    /// The agent's part; nil before all have joined.
    func assignment(of agent: Int) -> Assignment? {
        agents[agent].assignmentIndex.map { assignments[$0] }
    }

    /// Why the run fails where agents are missing for too long.
    var tooFewJoined: String {
        let names = namesThere
        let missing = order.missing(from: names)
        let asked =
            missing.isEmpty
            ? "start the missing ones with `legato agent --coordinator HOST:PORT`, or ask for "
                + "fewer with --agents"
            : "the scenario's `deal` names \(DealOrder.list(missing)): start each with `legato "
                + "agent --coordinator HOST:PORT --name NAME`, or change `deal`"
        return "only \(names.count) of \(assignments.count) agents joined within "
            + "\(patience.joinNs / 1_000_000_000) s: \(asked)"
    }

    /// The peer is not taken in.
    func turnedAway(
        _ link: LinkID, _ code: Refusal.Code, _ reason: String
    ) -> [CoordinatorAction] {
        [.send(link, .refuse(Refusal(code: code, reason: reason))), .close(link)]
    }
}
