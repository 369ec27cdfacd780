import Bytes
import TimeBase
import Wire

/// The network.
extension RunSimulation {
    func openLink(_ agent: VirtualAgent, isClock: Bool) -> Int {
        let number = links.count
        let again = isClock ? 0 : max(0, agent.dials - 1)
        let identity = UInt64(
            again * 0x100 + agent.index * 4 + agent.life * 2 + (isClock ? 1 : 0))
        links.append(
            VirtualLink(
                agent: agent.index, life: agent.life, isClock: isClock,
                seed: seed &* 31 &+ identity &* 0x1_0000))
        return number
    }

    /// Sends by way of the real bytes.
    func transmit(_ message: Message, on link: Int, from side: VirtualLink.Side) {
        let parcel = VirtualLink.Parcel.message(
            kind: message.kind.rawValue, payload: message.encodedPayload())
        transmit(parcel, on: link, to: side.other)
    }

    private func transmit(
        _ parcel: VirtualLink.Parcel, on link: Int, to side: VirtualLink.Side
    ) {
        guard let arrival = links[link].send(parcel, to: side, now: events.now) else { return }
        events.schedule(.arrival(link: link, at: side), at: arrival)
    }

    /// One side closes once what it sent has left; nothing more arrives there.
    func close(_ link: Int, by side: VirtualLink.Side) {
        guard links[link].isOpen[side.rawValue] else { return }
        transmit(.end, on: link, to: side.other)
        links[link].isOpen[side.rawValue] = false
    }

    /// The connection breaks; those who are told hear of it soon.
    func cut(_ link: Int, telling told: [VirtualLink.Side] = [.agent, .coordinator]) {
        guard !links[link].isCut else { return }
        links[link].isCut = true
        links[link].loseAll()
        for side in told where !links[link].isSilent {
            events.schedule(
                .closed(link: link, at: side, reason: "connection reset by peer"),
                after: random.span(ms: 0...300))
        }
    }

    /// Nothing gets through any more, and nobody is told.
    func silence(_ link: Int) {
        links[link].isSilent = true
        links[link].loseAll()
    }

    func arrived(_ link: Int, at side: VirtualLink.Side) throws(SimulationViolation) {
        guard let parcel = links[link].receive(at: side) else { return }
        guard case .message(let kind, let payload) = parcel else {
            return try closed(link, at: side, "the \(side.other) closed the connection")
        }
        let message: Message
        do throws(DecodeError) {
            message = try Message(
                kind: kind, payload: payload, from: side == .agent ? .coordinator : .agent)
        } catch {
            throw violation("a message cannot be decoded: \(error)")
        }
        switch side {
        case .agent:
            let agent = agents[links[link].agent]
            guard agent.isUp, agent.life == links[link].life else { return }
            try received(message, by: agent, on: link)
        case .coordinator:
            try received(message, on: link)
        }
    }

    func closed(
        _ link: Int, at side: VirtualLink.Side, _ reason: String
    ) throws(SimulationViolation) {
        guard links[link].isOpen[side.rawValue] else { return }
        links[link].isOpen[side.rawValue] = false
        switch side {
        case .agent:
            let agent = agents[links[link].agent]
            guard agent.isUp, agent.life == links[link].life else { return }
            if links[link].isClock { return agent.clockLink = nil }
            try sessionLost(agent, reason)
        case .coordinator:
            try linkLost(link, reason)
        }
    }
}
