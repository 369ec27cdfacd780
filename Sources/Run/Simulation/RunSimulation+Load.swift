import AgentCore
import CoordinatorCore
import RunRecord
import TimeBase
import TokenLog
import Wire
import Workload

/// An agent's load against servers of random speed.
extension RunSimulation {
    private static let flushEvery = TimeSpan.milliseconds(50)
    /// How far two clocks part at most: ``VirtualClock`` keeps well below it.
    private static let partingPPM: Int64 = 600

    func arm(_ agent: VirtualAgent, at start: LocalInstant) throws(SimulationViolation) {
        try checkStart(agent, start)
        // Its link was down while Start was under way.
        if struck.contains(agent.index), now(agent) > start { agent.wasPaused = true }
        let stages = agent.configuration?.stages ?? []
        agent.schedule = RequestSchedule(
            requests: agent.requests, stages: stages, rounds: agent.configuration?.rounds,
            start: start)
        agent.start = start
        agent.arming += 1
        events.schedule(
            .loadBegins(agent: agent.index, life: agent.life, arming: agent.arming),
            at: agent.clock.instant(of: start))
    }

    /// The agent starts when the coordinator's clock shows the named instant, to within what the
    /// coordinator says it knows and what the clocks part by meanwhile.
    private func checkStart(
        _ agent: VirtualAgent, _ start: LocalInstant
    ) throws(SimulationViolation) {
        guard let command = agent.startCommand, let agentIndex = agent.agentIndex,
            let bound = coordinator.boundAt[agentIndex]
        else { throw violation("\(agent.name) is armed without a Start") }
        let shown = coordinator.clock.reading(at: agent.clock.instant(of: start)).ns
        let allowed =
            command.uncertaintyNs + (command.at - bound.ns) * Self.partingPPM / 1_000_000 + 2
        guard abs(shown - command.at) <= allowed else {
            throw violation(
                "\(agent.name) would start \(shown - command.at) ns from the named instant, and "
                    + "its clock is said to be known to \(allowed) ns")
        }
    }

    func loadBegins(_ agent: VirtualAgent, _ arming: Int) throws(SimulationViolation) {
        guard agent.arming == arming, let start = agent.start else { return }
        let started = Started(intended: start, achieved: now(agent))
        try perform(agent.machine.loadStarted(started), agent)
        try dispatch(agent, arming)
    }

    func dispatch(_ agent: VirtualAgent, _ arming: Int) throws(SimulationViolation) {
        guard agent.arming == arming, !agent.isOver else { return }
        while let due = agent.schedule?.takeDue(now: now(agent)) { try send(agent, due) }
        if let next = agent.schedule?.nextDue {
            agent.arming += 1
            events.schedule(
                .dispatch(agent: agent.index, life: agent.life, arming: agent.arming),
                at: agent.clock.instant(of: next))
        }
        watchDrain(agent)
        try endIfDone(agent)
    }

    private func send(
        _ agent: VirtualAgent, _ due: DueRequest
    ) throws(SimulationViolation) {
        guard let request = agent.schedule?.request(due.ordinal) else { return }
        try checkDue(agent, request, due)
        noteOfStageWithoutEnd(agent, request, isSend: true)
        let draw = Int.random(in: 0..<100, using: &agent.random)
        let isRefused = draw < 4
        let sent = SentRecord(
            request: request.index, scheduled: due.scheduled, free: due.free,
            sent: isRefused ? nil : now(agent), target: 0)
        try record(agent) { $0.sent.append(sent) }
        agent.streams[request.index] = VirtualAgent.Stream(
            ordinal: due.ordinal, eventsLeft: isRefused ? 0 : Int(request.outputTokens),
            breaksOff: draw < 8)
        events.schedule(
            .stream(agent: agent.index, life: agent.life, request: request.index),
            after: agent.span(ms: isRefused ? 0...1 : 20...500))
    }

    func streamed(_ agent: VirtualAgent, _ id: UInt32) throws(SimulationViolation) {
        guard var stream = agent.streams[id] else { return }
        guard stream.eventsLeft > 0 else {
            return try finish(agent, id, stream.breaksOff ? .failed : .completed)
        }
        stream.eventsLeft -= 1
        agent.streams[id] = stream
        let count = UInt16.random(in: 1...3, using: &agent.random)
        let token = TokenRecord(
            stamp: now(agent), request: id, count: count,
            events: .random(in: 1...count, using: &agent.random), kind: .content, source: .kernel)
        try record(agent) { $0.tokens.append(token) }
        events.schedule(
            .stream(agent: agent.index, life: agent.life, request: id),
            after: agent.span(ms: stream.eventsLeft == 0 ? 0...1 : 5...120))
    }

    private func finish(
        _ agent: VirtualAgent, _ id: UInt32, _ outcome: TokenLog.Outcome,
        cut: RequestError? = nil
    ) throws(SimulationViolation) {
        guard let stream = agent.streams.removeValue(forKey: id) else { return }
        if cut == nil { try checkNotDrained(agent, id) }
        let error: RequestError? =
            switch outcome {
            case .completed: nil
            case .unfinished: cut
            default: RequestError(kind: .reset, detail: "the server went away")
            }
        let record = FinishRecord(request: id, at: now(agent), outcome: outcome, error: error)
        try self.record(agent) { $0.finishes.append(record) }
        if let request = agent.schedule?.request(stream.ordinal) {
            agent.turnEnds[request.session, default: [:]][request.turn] = record.at
            agent.endInstants.insert(record.at)
            noteOfStageWithoutEnd(agent, request, isSend: false)
        }
        agent.schedule?.finished(ordinal: stream.ordinal, at: record.at)
        agent.arming += 1
        events.schedule(
            .dispatch(agent: agent.index, life: agent.life, arming: agent.arming), after: .zero)
    }

    func stop(
        _ agent: VirtualAgent, drain: TimeSpan, reason: String
    ) throws(SimulationViolation) {
        guard !agent.isOver, agent.schedule != nil else { return }
        agent.arming += 1
        let error = RequestError(kind: .runEnded, detail: reason)
        for due in agent.schedule?.takeWaiting(now: now(agent)) ?? [] {
            try neverSent(agent, due, error: error)
        }
        for ordinal in agent.schedule?.stop() ?? [] { try notNeeded(agent, ordinal, error: error) }
        if drain <= .zero {
            try cancelAll(agent)
        } else {
            events.schedule(.drained(agent: agent.index, life: agent.life), after: drain)
        }
        try endIfDone(agent)
    }

    func cancelAll(_ agent: VirtualAgent) throws(SimulationViolation) {
        try cancelAll(agent, RequestError(kind: .runEnded, detail: agent.endReason))
    }

    func cancelAll(
        _ agent: VirtualAgent, _ error: RequestError
    ) throws(SimulationViolation) {
        for id in agent.streams.keys.sorted() {
            try finish(agent, id, .unfinished, cut: error)
        }
    }

    private func neverSent(
        _ agent: VirtualAgent, _ due: DueRequest, error: RequestError
    ) throws(SimulationViolation) {
        guard let request = agent.schedule?.request(due.ordinal) else { return }
        let sent = SentRecord(
            request: request.index, scheduled: due.scheduled, free: due.free, sent: nil, target: 0)
        let finish = FinishRecord(
            request: request.index, at: now(agent), outcome: .unfinished, error: error)
        try record(agent) { log in
            log.sent.append(sent)
            log.finishes.append(finish)
        }
    }

    func notNeeded(
        _ agent: VirtualAgent, _ ordinal: Int, error: RequestError?
    ) throws(SimulationViolation) {
        guard let request = agent.schedule?.request(ordinal) else { return }
        let record = FinishRecord(
            request: request.index, at: now(agent), outcome: .notNeeded, error: error)
        try self.record(agent) { $0.finishes.append(record) }
    }

    func endIfDone(_ agent: VirtualAgent) throws(SimulationViolation) {
        guard !agent.isOver, let held = agent.schedule?.inFlight, held == 0,
            agent.schedule?.nextDue == nil
        else { return }
        for ordinal in agent.schedule?.takeNeverDue() ?? [] {
            try notNeeded(agent, ordinal, error: nil)
        }
        guard agent.schedule?.remaining == 0 else { return }
        agent.isOver = true
        try flush(agent)
    }

    /// Logs records, which are to be flushed soon.
    private func record(
        _ agent: VirtualAgent, _ add: (inout LogBatch) -> Void
    ) throws(SimulationViolation) {
        try log(agent, add)
        guard !agent.flushIsSet else { return }
        agent.flushIsSet = true
        events.schedule(.flush(agent: agent.index, life: agent.life), after: Self.flushEvery)
    }

    /// Logs records, here and in the book of all that was ever logged.
    private func log(
        _ agent: VirtualAgent, _ add: (inout LogBatch) -> Void
    ) throws(SimulationViolation) {
        var records = LogBatch()
        add(&records)
        add(&agent.log)
        do throws(MergeFault) {
            try logged.add(records, agent: agent.agentIndex ?? -1)
        } catch {
            throw violation("\(agent.name) logs what cannot be: \(error)")
        }
    }

    /// Logs what the agent's server says of itself, once a second at most.
    private func scrape(_ agent: VirtualAgent) throws(SimulationViolation) {
        let now = now(agent)
        guard !agent.log.isEmpty, agent.lastScrape.map({ now - $0 >= .seconds(1) }) ?? true
        else { return }
        agent.lastScrape = now
        var figures = ServerFigures()
        figures.running = UInt32(agent.streams.count)
        figures.generationTokens = UInt64(agent.log.tokens.count)
        let record = ScrapeRecord(target: 0, asked: now, at: now, answer: .figures(figures))
        try log(agent) { $0.scrapes.append(record) }
    }

    func flush(_ agent: VirtualAgent) throws(SimulationViolation) {
        agent.flushIsSet = false
        guard !agent.log.isEmpty || agent.isOver, !agent.hasFlushedLast else { return }
        try scrape(agent)
        let records = agent.log
        agent.log = LogBatch()
        agent.hasFlushedLast = agent.isOver
        try flushed(agent, records, isLast: agent.isOver)
    }
}
