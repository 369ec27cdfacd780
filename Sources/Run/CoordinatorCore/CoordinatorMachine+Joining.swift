import PlainText
import TimeBase
import Wire

extension CoordinatorMachine {
    /// A new link says Hello: it is taken in and dealt its shard, or refused with the reason.
    mutating func joined(
        _ link: LinkID, _ hello: Hello, now: LocalInstant
    ) -> [CoordinatorAction] {
        if let actions = returned(link, hello, now: now) { return actions }
        if let other = agents.first(where: { $0.hello.name == hello.name }) {
            return refusal(
                link, .nameInUse,
                "the name \(hello.name) is taken by an agent on host "
                    + "\(other.hello.host.hostname): give each agent its own --name")
        }
        guard case .gathering = state else {
            return refusal(
                link, .notExpected, "agent \(hello.name) came when the run already had its agents")
        }
        if let held = hello.heldRun, held != runID {
            return refusal(
                link, .notExpected,
                "agent \(hello.name) is still at work on another run: wait until that has ended, "
                    + "or end the agent and start it anew")
        }
        guard let version = ProtocolVersionRange.supported.highestCommon(with: hello.versions)
        else {
            return refusal(
                link, .noCommonVersion,
                ProtocolVersionRange.refusal(agent: hello.versions, coordinator: .supported))
        }
        if let defect = hello.name.nameDefect {
            return refusal(
                link, .notExpected,
                "the agent's name \(defect): start it with another --name")
        }
        let place = agents.count
        agents.append(AgentTrack(link: link, hello: hello, now: now))
        links[link] = place
        var actions: [CoordinatorAction] = [
            .send(link, .welcome(welcome(place, version))),
            .admitted(link, agent: place),
        ]
        actions += shard(assignments[place], to: link)
        if agents.count == assignments.count {
            state = .preparing(deadline: now + TimeSpan(ns: patience.readyNs))
        }
        return actions
    }

    private func shard(_ assignment: Assignment, to link: LinkID) -> [CoordinatorAction] {
        var actions: [CoordinatorAction] = [.send(link, .configure(assignment.configuration))]
        for texts in PromptTexts.chunks(assignment.texts) {
            actions.append(.send(link, .promptTexts(texts)))
        }
        for chunk in ShardChunks(assignment.requests) {
            actions.append(.send(link, .shardChunk(chunk)))
        }
        actions.append(.send(link, .shardEnd(assignment.digest)))
        return actions
    }

    func refusal(
        _ link: LinkID, _ code: Refusal.Code, _ reason: String
    ) -> [CoordinatorAction] {
        [.send(link, .refuse(Refusal(code: code, reason: reason))), .close(link)]
    }
}
