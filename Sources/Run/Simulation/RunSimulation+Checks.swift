import AgentCore
import Bytes
import CoordinatorCore
import Journal
import RunRecord
import TimeBase
import TokenLog
import Wire
import Workload

/// Rules that hold whatever goes wrong.
extension RunSimulation {
    /// Checks what the coordinator is about to say.
    func check(_ message: Message, on link: Int) throws(SimulationViolation) {
        guard let agentIndex = coordinator.agentOfLink[link] else { return }
        switch message {
        case .batchAck(let ack):
            guard ack.through <= coordinator.durable[agentIndex] else {
                throw violation(
                    "batch \(ack.through) of agent \(agentIndex) is acknowledged, and only "
                        + "\(coordinator.durable[agentIndex]) are durable")
            }
        case .ended:
            guard let end = coordinator.ends[agentIndex],
                end.batches == coordinator.durable[agentIndex]
            else {
                throw violation(
                    "agent \(agentIndex) is dismissed, and of its batches only "
                        + "\(coordinator.durable[agentIndex]) are durable")
            }
            coordinator.dismissed.insert(agentIndex)
        default: break
        }
    }

    /// Agents of equal names get equal requests in every world, whoever dials first: those of the
    /// position that the name has among all.
    func checkShard(
        of agent: VirtualAgent, _ requests: [PlannedRequest]
    ) throws(SimulationViolation) {
        guard requests == workload.assignments[agent.index].requests else {
            throw violation("\(agent.name) has the requests of another")
        }
    }

    /// Nothing is sent before its time, and nothing late unless the process itself stood still; and
    /// its time is the planned one, the last end of the turns that it waits for and its think time,
    /// or the instant at which a slot was free.
    func checkDue(
        _ agent: VirtualAgent, _ request: PlannedRequest, _ due: DueRequest
    ) throws(SimulationViolation) {
        let lateness = now(agent) - due.free
        guard lateness >= .zero, lateness < .milliseconds(1) || agent.wasPaused else {
            throw violation("request \(request.index) is sent \(lateness.ns) ns after its time")
        }
        guard let start = agent.start, let stages = agent.configuration?.stages else {
            throw violation("a request before the start")
        }
        let stage = stages[Int(request.stage)]
        let isRight =
            if !request.beginsSession {
                lastEnd(agent, before: request).map {
                    $0 + TimeSpan(ns: request.thinkNs) == due.scheduled
                } ?? false
            } else if let planned = request.scheduledNs {
                (due.scheduled - start).ns == planned
            } else {
                isSlotBegin(due.scheduled - start, of: stage)
                    || agent.endInstants.contains(due.scheduled)
            }
        guard isRight else {
            throw violation("request \(request.index) is not due when it should be")
        }
        try checkSlot(agent, request, stage, due)
    }

    /// When the last of the turns ended that `request` waits for; nil where one has not.
    private func lastEnd(
        _ agent: VirtualAgent, before request: PlannedRequest
    ) -> LocalInstant? {
        let ends = agent.turnEnds[request.session] ?? [:]
        let parents = request.after ?? [request.turn - 1]
        let ended = parents.compactMap { ends[$0] }
        return ended.count == parents.count ? ended.max() : nil
    }

    /// No stage has more in flight than it may, and nothing waits but for a slot.
    private func checkSlot(
        _ agent: VirtualAgent, _ request: PlannedRequest, _ stage: StagePlan, _ due: DueRequest
    ) throws(SimulationViolation) {
        guard due.free == due.scheduled || agent.endInstants.contains(due.free) else {
            throw violation("request \(request.index) waited, and no slot became free then")
        }
        guard let slots = stage.slots else { return }
        guard held(agent, request, stage) < Int(slots) else {
            throw violation(
                "stage \(request.stage) of \(agent.name) has more than \(slots) in flight")
        }
    }

    /// How many slots of a stage are held: by requests in flight, or by the sessions of other ones.
    private func held(
        _ agent: VirtualAgent, _ request: PlannedRequest, _ stage: StagePlan
    ) -> Int {
        guard stage.kind != .open else { return agent.streams.count }
        let flying = agent.streams.values.compactMap { agent.schedule?.request($0.ordinal) }
        let sessions = flying.filter { $0.stage == request.stage }.map(\.session)
        return Set(sessions).subtracting([request.session]).count
    }

    /// Whether some slot of a closed stage takes its first session then.
    private func isSlotBegin(_ offset: TimeSpan, of stage: StagePlan) -> Bool {
        guard case .closed(let slots) = stage.kind else { return false }
        return (0..<Int64(slots)).contains {
            offset.ns == stage.beginNs + $0 * RequestSchedule.slotSpacing.ns
        }
    }

    /// Checks the end of the world, and gives what it has to show.
    func outcome() throws(SimulationViolation) -> RunOutcome {
        guard let ending = coordinator.ending else {
            throw violation("the coordinator never ended the run")
        }
        for agent in agents where agent.exit == nil && !struck.contains(agent.index) {
            throw violation("\(agent.name) never ended")
        }
        let struckIndices = indices(of: struck)
        let journal = coordinator.disk.content
        try checkJournal()
        try checkRecords(ending)
        switch ending.kind {
        case .ran: try checkRan(ending, struckIndices, indices(of: cutOff))
        case .failed(let reason):
            guard !struck.isEmpty || isCoordinatorStruck else {
                throw violation("a run that nobody disturbed failed: \(reason)")
            }
        }
        guard coordinator.interrupts == 0 || ending.interrupted else {
            throw violation("the run was interrupted and does not say so")
        }
        trace.add(UInt64(eventCount))
        return RunOutcome(
            traceHash: trace.value, ending: ending, start: coordinator.startedAt,
            exits: agents.map(\.exit), logged: Self.ordered(logged),
            planned: workload.plan.requests.count,
            merged: Self.ordered(coordinator.merge), struck: struckIndices,
            returns: coordinator.returns, gaps: coordinator.gaps.map(\.absence), journal: journal,
            firstFault: firstFault,
            events: eventCount)
    }

    private static func ordered(_ book: RequestBook) -> [MergedRequest] {
        book.requests.sorted { $0.id < $1.id }
    }

    private func indices(of agents: Set<Int>) -> Set<Int> {
        Set(coordinator.agentOfLink.filter { agents.contains(links[$0.key].agent) }.values)
    }

    /// A reader of the journal finds, after a loss of power now, all that was acknowledged.
    private func checkJournal() throws(SimulationViolation) {
        coordinator.disk.losePower(using: &random)
        var scanner = SegmentScanner()
        scanner.append(coordinator.disk.content)
        var record = RunRecord()
        while let entry = scanner.next() {
            record.add(entry, at: scanner.range.lowerBound)
            guard case .batch(let batch) = entry else { continue }
            let last = record.agents[Int(batch.agentIndex)].batches
            guard batch.number == last else {
                throw violation("the journal has batch \(batch.number) after \(last)")
            }
        }
        if let fault = record.fault {
            throw violation("byte \(fault.offset) of the journal: \(fault.problem)")
        }
        for agent in agents where agent.acknowledged > 0 {
            guard let agentIndex = agent.agentIndex, record.agents.indices.contains(agentIndex),
                record.agents[agentIndex].batches >= agent.acknowledged
            else {
                throw violation(
                    "\(agent.name) was told that \(agent.acknowledged) batches are safe, and the "
                        + "journal does not hold them")
            }
            guard record.plan.isWhole, record.start == coordinator.start else {
                throw violation("the journal holds batches, and not the plan or the start")
            }
        }
    }

    /// The merged records are the logged ones, or their beginning where the agent was lost.
    private func checkRecords(_ ending: RunEnding) throws(SimulationViolation) {
        let lost = Set(coordinator.gaps.map(\.agent))
        for logged in logged.requests where coordinator.merge.request(logged.id) == nil {
            guard lost.contains(logged.agent) || ending.kind != .ran else {
                throw violation("request \(logged.id) was logged and never merged")
            }
        }
        for merged in coordinator.merge.requests {
            let index = merged.id
            guard let logged = logged.request(merged.id) else {
                throw violation("request \(index) was merged and never logged")
            }
            let isBeginning =
                (merged.sent == nil || merged.sent == logged.sent)
                && (merged.finish == nil || merged.finish == logged.finish)
                && logged.tokens.starts(with: merged.tokens)
            guard isBeginning else {
                throw violation("request \(index) was merged otherwise than it was logged")
            }
            guard case .ran = ending.kind, !lost.contains(merged.agent) else { continue }
            guard merged == logged, merged.finish != nil else {
                throw violation(
                    "request \(index) is not complete, and its agent was not lost")
            }
        }
        try checkScrapes(ending, lost)
    }

    /// The same of what servers said of themselves.
    private func checkScrapes(
        _ ending: RunEnding, _ lost: Set<Int>
    ) throws(SimulationViolation) {
        for (agent, logged) in logged.scrapes {
            let merged = coordinator.merge.scrapes[agent] ?? []
            let isWhole = ending.kind == .ran && !lost.contains(agent)
            guard isWhole ? merged == logged : logged.starts(with: merged) else {
                throw violation(
                    "agent \(agent) logged \(logged.count) words of its server, and "
                        + "\(merged.count) were merged")
            }
        }
    }

    /// However late an agent is given up, its part ends when it was there for the last time.
    private func checkEnds() throws(SimulationViolation) {
        // Whoever was paused or cannot write ends the parts of agents that are there.
        guard coordinator.pausedUntil.ns == 0, !coordinator.diskIsBroken else { return }
        for (agent, gap) in coordinator.gaps {
            guard let to = gap.to, let start = coordinator.start,
                let heard = coordinator.heard[agent]
            else { continue }
            guard to <= max(heard, start) else {
                throw violation(
                    "agent \(agent) was heard of last at \(heard), and its part ends at \(to): "
                        + gap.reason)
            }
        }
    }

    /// The verdict names those that were struck, and nobody else paid for it.
    private func checkRan(
        _ ending: RunEnding, _ struckIndices: Set<Int>, _ cutOffIndices: Set<Int>
    ) throws(SimulationViolation) {
        guard ending.lossless == coordinator.gaps.isEmpty else {
            throw violation("lossless and gaps contradict each other")
        }
        for (agent, gap) in coordinator.gaps {
            guard let to = gap.to, gap.from <= to, !gap.reason.isEmpty else {
                throw violation("the gap of agent \(agent) is none: \(gap)")
            }
            guard
                struckIndices.contains(agent) || coordinator.diskIsBroken
                    || coordinator.interrupts > 0 && cutOffIndices.contains(agent)
            else {
                throw violation(
                    "agent \(agent) has a gap, and nothing struck it: \(gap.reason)")
            }
        }
        try checkEnds()
        for (agent, gap) in coordinator.gaps where coordinator.ends[agent] != nil {
            guard coordinator.diskIsBroken else {
                throw violation("agent \(agent) said End and has a gap: \(gap.reason)")
            }
        }
        guard Set(coordinator.gaps.map(\.agent)).count == coordinator.gaps.count else {
            throw violation("an agent has two gaps")
        }
        let lost = Set(coordinator.gaps.map(\.agent))
        for agent in agents {
            guard let agentIndex = agent.agentIndex, !lost.contains(agentIndex) else { continue }
            guard coordinator.ends[agentIndex] != nil else {
                throw violation("\(agent.name) never said End and has no gap")
            }
            // One whose dismissal was lost with its link cannot know that all is safe.
            guard
                struck.contains(agent.index) || agent.exit == .done || cutOff.contains(agent.index)
            else {
                throw violation("\(agent.name) was left with \(agent.exit.map { "\($0)" } ?? "")")
            }
        }
    }
}
