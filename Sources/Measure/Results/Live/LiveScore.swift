package import Goodput
package import TimeBase
package import TokenLog
package import Workload

/// The figures of a run while it runs, from its events as they arrive.
///
/// Memory is constant but for the requests that run now, each of which costs a
/// ``StreamingScore``. Events may come late and, between requests, in any order. Their times are
/// provisional: the mapping of an agent's clock is still being refined, so two events of a request
/// can seem out of order by its correction, and are then taken as simultaneous. The figures at the
/// end are computed anew from the final times.
package struct LiveScore: Sendable {
    private struct Running {
        var score: StreamingScore
        var agent: Int
        var isScored: Bool
    }

    private struct AgentState {
        var name: String
        var running = 0
        var scored = 0
        var tokens = RecentSeconds()
        var ttft = LiveHistogram()
        var idle = LiveHistogram()
        var lateness = LiveHistogram()
        /// By target.
        var servers: [UInt16: ServerFigures] = [:]

        var load: LiveServerLoad? {
            guard !servers.isEmpty else { return nil }
            var load = LiveServerLoad()
            let waiting = servers.values.compactMap(\.waiting)
            if !waiting.isEmpty { load.waiting = waiting.reduce(0) { $0 + Int($1) } }
            load.keyValueUse = servers.values.compactMap(\.keyValueUsePPM).max().map {
                Double($0) / Double(ServerFigures.wholeCachePPM)
            }
            return load
        }
    }

    private let readers: [Reader]
    private let start: ClusterInstant
    private var agents: [AgentState]
    private var requests: [UInt32: Running] = [:]
    private var first: ClusterInstant?
    private var tokens = 0
    private var earned = CompensatedSum()
    private var benefit = RecentSeconds()
    private var asked = RecentSeconds()
    private var departed = RecentSeconds()
    private var lateness = LiveHistogram()
    private var counts = LiveSnapshot()
    /// nil where nobody looks at more than a console shows.
    package private(set) var detail: LiveDetail?

    /// How many seconds rates and the sparkline look back.
    package static let recent = 10

    /// - Parameters:
    ///   - agents: Their names, in the order of the indices used below.
    ///   - readers: One a class, in the order of the plan.
    ///   - start: When the run starts.
    ///   - planned: Requests of the plan that count; nil where it is open-ended.
    ///   - duration: The plan's length in ns; nil where it ends with its last request.
    ///   - isDetailed: Whether to keep a ``LiveDetail``.
    package init(
        agents: [String], readers: [Reader], start: ClusterInstant, planned: Int?, duration: Int64?,
        isDetailed: Bool = false
    ) {
        precondition(!readers.isEmpty, "every request has a reader")
        self.agents = agents.map { AgentState(name: $0) }
        self.readers = readers
        self.start = start
        counts.planned = planned
        counts.duration = duration
        detail = isDetailed ? LiveDetail() : nil
    }

    /// A request became due and could be sent at `free`; it was sent at `sent`, or could not be.
    package mutating func becameDue(
        _ request: UInt32, agent: Int, classIndex: Int, phase: Phase, scheduled: ClusterInstant,
        free: ClusterInstant? = nil, sent: ClusterInstant?
    ) {
        guard requests[request] == nil else { return }
        let isScored = phase == .scored
        requests[request] = Running(
            score: StreamingScore(scheduled: scheduled.ns, reader: readers[classIndex]),
            agent: agent, isScored: isScored)
        agents[agent].running += 1
        counts.running += 1
        asked.add(1, second: second(of: scheduled.ns))
        if let sent {
            departed.add(1, second: second(of: sent.ns))
            let late = (sent - (free ?? scheduled)).ns
            lateness.record(late)
            agents[agent].lateness.record(late)
        }
        guard isScored else {
            counts.warmups += 1
            return
        }
        if sent != nil { counts.sent += 1 }
        first = min(first ?? scheduled, scheduled)
    }

    /// `count` tokens of a request arrived, thoughts or of the answer.
    package mutating func received(
        _ count: UInt32, thought: Bool = false, of request: UInt32, at time: ClusterInstant
    ) {
        guard count > 0, var running = requests[request] else { return }
        let isFirst = running.score.tokens == 0
        let before = running.score.lastToken
        let time = running.score.earliestNext(time.ns)
        guard
            let gained = try? running.score.received(count, thought: thought ? count : 0, at: time)
        else {
            return  // more tokens than a request may have: the final score says so
        }
        requests[request] = running
        let second = second(of: time)
        agents[running.agent].tokens.add(Double(count), second: second)
        guard running.isScored else { return }
        if isFirst { agents[running.agent].ttft.record(running.score.firstToken) }
        tokens += Int(count)
        agents[running.agent].scored += Int(count)
        earned.add(gained)
        benefit.add(gained, second: second)
        detail?.received(
            count, earned: gained, first: isFirst ? running.score.firstToken : nil,
            gap: isFirst ? nil : running.score.lastToken - before, second: second)
    }

    /// A request ended.
    package mutating func finished(
        _ request: UInt32, at time: ClusterInstant, outcome: Outcome
    ) {
        guard outcome != .notNeeded, var running = requests.removeValue(forKey: request) else {
            return
        }
        agents[running.agent].running -= 1
        counts.running -= 1
        guard running.isScored else { return }
        if outcome == .completed { counts.done += 1 } else { counts.failed += 1 }
        let time = running.score.earliestNext(time.ns)
        // A benefit that is not finite has no place in a live view: the final score names it.
        let gained = try? running.score.finished(at: time, outcome: outcome.scored)
        if let gained {
            earned.add(gained)
            benefit.add(gained, second: second(of: time))
        }
        agents[running.agent].idle.record(running.score.idle)
        let second = second(of: time)
        detail?.finished(
            earned: gained ?? 0, of: running.score, isCompleted: outcome == .completed,
            second: second)
    }

    /// A server of an agent said how it fares.
    package mutating func said(_ figures: ServerFigures, target: UInt16, of agent: Int) {
        agents[agent].servers[target] = figures
    }

    /// How the run stands at `now`, no earlier than what has been told. O(agents).
    package func snapshot(at now: ClusterInstant) -> LiveSnapshot {
        var snapshot = counts
        let recent = Self.recent
        let second = second(of: now.ns)
        func rate(_ amounts: RecentSeconds) -> Double {
            // The run may be younger than what rates look back on.
            let seconds = max(1, min(Int64(recent), second))
            return amounts.last(recent, before: second).reduce(0, +) / Double(seconds)
        }
        snapshot.elapsed = (now - start).ns
        snapshot.askedRate = rate(asked)
        snapshot.sentRate = rate(departed)
        snapshot.latenessP99 = lateness.p99
        snapshot.tokens = tokens
        snapshot.earned = earned.value
        snapshot.recentBenefit = benefit.last(recent, before: second)
        if let first, now > first {
            let seconds = (now - first).seconds
            snapshot.throughput = Double(tokens) / seconds
            snapshot.smoothGoodput = earned.value.isFinite ? earned.value / seconds : nil
        }
        snapshot.agents = agents.map { agent in
            var row = LiveSnapshot.Agent(name: agent.name)
            row.running = agent.running
            row.tokens = agent.scored
            row.tokensPerSecond = rate(agent.tokens)
            row.ttftP99 = agent.ttft.p99
            row.idleP99 = agent.idle.p99
            row.latenessP99 = agent.lateness.p99
            row.servers = agent.load
            return row
        }
        return snapshot
    }

    /// Whole seconds since the start, rounded down.
    private func second(of time: Int64) -> Int64 {
        let elapsed = time.subtractingReportingOverflow(start.ns).partialValue
        return elapsed >= 0 ? elapsed / 1_000_000_000 : (elapsed + 1) / 1_000_000_000 - 1
    }
}

extension StreamingScore {
    /// `time`, or the time of the newest event where that is later.
    fileprivate func earliestNext(_ time: Int64) -> Int64 { max(time, scheduled + lastToken) }
}
