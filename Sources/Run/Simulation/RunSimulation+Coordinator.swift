import ClockSync
import CoordinatorCore
import Journal
import RunRecord
import TimeBase
import TokenLog
import Wire
import Workload

/// The coordinator's driver: the order of things is that of the real one.
extension RunSimulation {
    private static let coordinatorTick = TimeSpan.milliseconds(100)
    private static let trainEvery = TimeSpan.milliseconds(20)
    private static let exchangesToStart = 16
    private static let closingBurst = TimeSpan.seconds(1)

    /// The coordinator's clock now.
    var coordinatorNow: LocalInstant { coordinator.clock.reading(at: events.now) }

    func coordinatorTicked() throws(SimulationViolation) {
        guard coordinator.ending == nil else { return }
        events.schedule(.coordinatorTick, after: Self.coordinatorTick)
        try perform(coordinator.machine.ticked(now: coordinatorNow))
    }

    func received(_ message: Message, on link: Int) throws(SimulationViolation) {
        switch message {
        case .clockHello(let hello):
            let agentIndex = Int(hello.agentIndex)
            coordinator.clockLinks[agentIndex] = link
            coordinator.trains[agentIndex] = ProbeTrains()
            coordinator.exchanges[agentIndex] = []
            try trainDue(agentIndex)
        case .probeReply(let reply):
            guard let agentIndex = coordinator.clockLinks.first(where: { $0.value == link })?.key
            else { return }
            try replied(reply, agentIndex)
        default:
            let counts = !coordinator.goneLinks.contains(link)
            try perform(
                coordinator.machine.received(message, from: LinkID(link), now: coordinatorNow))
            if counts { noteWord(on: link) }
        }
    }

    func linkLost(_ link: Int, _ reason: String) throws(SimulationViolation) {
        guard !links[link].isClock else { return }
        if !coordinator.goneLinks.contains(link) { noteWord(on: link) }
        let actions = coordinator.machine.linkLost(
            LinkID(link), reason: reason, now: coordinatorNow)
        coordinator.goneLinks.insert(link)
        try perform(actions)
    }

    private func noteWord(on link: Int) {
        if let agentIndex = coordinator.agentOfLink[link] {
            coordinator.heard[agentIndex] = coordinatorNow
        }
    }

    // MARK: Clocks

    func trainDue(_ agentIndex: Int) throws(SimulationViolation) {
        let now = coordinatorNow
        guard coordinator.ending == nil, let link = coordinator.clockLinks[agentIndex] else {
            return
        }
        if let probe = coordinator.trains[agentIndex]?.trainDue(now: now) {
            transmit(.probe(probe), on: link, from: .coordinator)
        }
        let interval = coordinator.boundAt[agentIndex] == nil ? Self.trainEvery : .seconds(1)
        events.schedule(.train(agentIndex: agentIndex), after: interval)
    }

    private func replied(_ reply: ProbeReply, _ agentIndex: Int) throws(SimulationViolation) {
        let now = coordinatorNow
        do throws(ClockError) {
            guard let row = try coordinator.trains[agentIndex]?.replied(reply, at: now, kernel: nil)
            else { return }
            coordinator.exchanges[agentIndex, default: []].append(row.exchange)
            let incarnation = coordinator.machine.agents[agentIndex].hello.incarnation
            coordinator.disk.append(
                JournalEntry.probes(
                    JournalProbes(
                        agentIndex: UInt16(agentIndex), incarnation: incarnation,
                        payload: ProbeRowCodec.encode([row]))
                ).encoded())
        } catch {
            throw violation("the probes of agent \(agentIndex) contradict themselves: \(error)")
        }
        if let next = coordinator.trains[agentIndex]?.nextProbe(now: now),
            let link = coordinator.clockLinks[agentIndex]
        {
            transmit(.probe(next), on: link, from: .coordinator)
        }
        guard coordinator.start == nil, coordinator.boundAt[agentIndex] == nil,
            let exchanges = coordinator.exchanges[agentIndex],
            exchanges.count >= Self.exchangesToStart, let last = exchanges.last
        else { return }
        let mapped: MappedInstant
        do throws(ClockError) {
            mapped = try ClockFit(exchanges: exchanges).map(LocalInstant(ns: last.t3))
        } catch {
            throw violation("the probes of agent \(agentIndex) contradict themselves: \(error)")
        }
        coordinator.boundAt[agentIndex] = coordinatorNow
        try perform(
            coordinator.machine.clockBound(
                agent: agentIndex,
                ClockBound(
                    offsetNs: mapped.coordinatorNs - last.t3,
                    uncertaintyNs: mapped.hardHalfWidthNs, at: now), now: coordinatorNow))
    }

    // MARK: Actions of the machine

    func perform(_ actions: [CoordinatorAction]) throws(SimulationViolation) {
        for action in actions {
            switch action {
            case .send(let link, let message): try send(message, on: link.number)
            case .close(let link): close(link)
            case .admitted(let link, let agentIndex):
                coordinator.agentOfLink[link.number] = agentIndex
            case .deal(let assignments): try deal(assignments)
            case .returned(let link, let agentIndex, _):
                coordinator.agentOfLink[link.number] = agentIndex
                coordinator.returns += 1
            case .away: break
            case .append(let agentIndex, let batch, let records):
                try append(batch, records, of: agentIndex)
            case .record(let fact): record(fact)
            case .conclude(let agentIndex): conclude(agentIndex)
            case .syncJournal: syncJournal()
            case .starting(let instant):
                coordinator.start = instant
                coordinator.startedAt = coordinator.clock.instant(of: instant)
            case .finish(let ending): try finish(ending)
            }
        }
    }

    private func record(_ fact: RunFact) {
        if case .heard(let agentIndex, _, .end(let end)) = fact {
            coordinator.ends[agentIndex] = end
        }
        coordinator.record(fact)
    }

    private func send(_ message: Message, on link: Int) throws(SimulationViolation) {
        guard !coordinator.goneLinks.contains(link) else {
            throw violation("the coordinator sends \(message.kind) on link \(link), which is gone")
        }
        try check(message, on: link)
        transmit(message, on: link, from: .coordinator)
    }

    private func deal(_ dealt: [Int]) throws(SimulationViolation) {
        let assignments = dealt.map { workload.assignments[$0] }
        logged = RequestBook(dealt: assignments, repeats: workload.plan.rounds != nil)
        coordinator.merge = logged
        for (agentIndex, assignment) in assignments.enumerated() {
            let link = coordinator.machine.agents[agentIndex].link.number
            try assignment.send { message throws(SimulationViolation) in
                switch message {
                case .shardChunk, .shardEnd: record(.told(agent: agentIndex, message))
                default: break
                }
                try send(message, on: link)
            }
        }
    }

    private func close(_ link: LinkID) {
        close(link.number, by: .coordinator)
        coordinator.goneLinks.insert(link.number)
    }

    private func append(
        _ batch: Batch, _ records: LogBatch, of agentIndex: Int
    ) throws(SimulationViolation) {
        do throws(MergeFault) {
            try coordinator.merge.add(records, agent: agentIndex)
        } catch {
            throw violation("a batch of agent \(agentIndex) does not fit: \(error)")
        }
        let entry = JournalBatch(
            agentIndex: UInt16(agentIndex),
            incarnation: coordinator.machine.agents[agentIndex].hello.incarnation,
            number: batch.number, records: batch.records, payload: batch.payload)
        coordinator.disk.append(JournalEntry.batch(entry).encoded())
        coordinator.journal.append((entry, coordinator.disk.content.count))
    }

    private func conclude(_ agentIndex: Int) {
        events.schedule(.clockProbed(agentIndex: agentIndex), after: Self.closingBurst)
    }

    private func syncJournal() {
        events.schedule(
            .journalSynced(byteCount: coordinator.disk.content.count),
            after: coordinator.random.span(ms: coordinator.syncsSlowly ? 1_000...3_000 : 1...60))
    }

    func journalSynced(_ byteCount: Int) throws(SimulationViolation) {
        if coordinator.diskIsBroken {
            return try perform(
                coordinator.machine.journalFailed("no space left on device", now: coordinatorNow))
        }
        coordinator.disk.sync(through: byteCount)
        for (batch, end) in coordinator.journal where end <= byteCount {
            let agentIndex = Int(batch.agentIndex)
            coordinator.durable[agentIndex] = max(coordinator.durable[agentIndex], batch.number)
        }
        try perform(coordinator.machine.journalSynced(now: coordinatorNow))
    }

    private func finish(_ ending: RunEnding) throws(SimulationViolation) {
        guard coordinator.ending == nil else { throw violation("the run ends a second time") }
        coordinator.ending = ending
        for link in links.indices { close(link, by: .coordinator) }
    }
}
