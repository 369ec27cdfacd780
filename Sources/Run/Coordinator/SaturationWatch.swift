import Sampling
import TimeBase
import TokenLog
import Workload

/// Watches the sessions of a plan's one open stage for more than the servers can serve.
///
/// Records come late where a link or a disk is slow, and a request whose first token is on its way
/// to the coordinator waits for nothing. So the backlog is judged at the instant up to which every
/// agent's records are here.
struct SaturationWatch {
    private static let interval = TimeSpan.milliseconds(500)

    /// The part of an agent's life that its records tell, on its clock.
    private struct Known {
        /// The run's start; nil before its first session was sent.
        var start: LocalInstant?
        var newest: LocalInstant?

        mutating func saw(_ instant: LocalInstant) { newest = max(newest ?? instant, instant) }

        /// ns after the start up to which it is known.
        var span: Int64? {
            guard let start, let newest else { return nil }
            return (newest - start).ns
        }
    }

    private let plan: WorkloadPlan
    private var backlog: BacklogWatch
    /// First requests of sessions that were sent and have no token yet.
    private var waiting: Set<UInt32> = []
    /// By agent, without those that have no sessions.
    private var agents: [Int: Known] = [:]
    private var last: LocalInstant?

    /// nil for a plan that cannot tell: one of a closed loop, of several scored stages, or of one
    /// without an end.
    ///
    /// - Parameter shards: Each agent's, by its index.
    init?(_ plan: WorkloadPlan, dealt shards: [[PlannedRequest]]) {
        let sessions = plan.requests.filter(Self.isWatched)
        guard let first = sessions.first, let end = plan.stages[Int(first.stage)].endNs,
            sessions.allSatisfy({ $0.stage == first.stage }), plan.rounds == nil
        else { return nil }
        self.plan = plan
        for (agent, shard) in shards.enumerated() where shard.contains(where: Self.isWatched) {
            agents[agent] = Known()
        }
        backlog = BacklogWatch(
            arrivals: sessions.compactMap(\.scheduledNs),
            from: plan.stages[Int(first.stage)].beginNs, to: end)
    }

    private static func isWatched(_ request: PlannedRequest) -> Bool {
        request.phase == .scored && request.scheduledNs != nil
    }

    /// Takes in what an agent recorded; each agent's batches come in their order.
    mutating func add(_ records: LogBatch, of agent: Int) {
        var known = agents[agent] ?? Known()
        for sent in records.sent {
            known.saw(sent.sent ?? sent.free)
            let request = plan.request(sent.request)
            guard Self.isWatched(request), let due = request.scheduledNs else { continue }
            waiting.insert(sent.request)
            known.start = known.start ?? sent.scheduled - TimeSpan(ns: due)
        }
        for token in records.tokens {
            known.saw(token.stamp)
            // Most tokens are of requests that have some already.
            if waiting.remove(token.request) != nil { backlog.sessionAnswered() }
        }
        for finish in records.finishes {
            known.saw(finish.at)
            if waiting.remove(finish.request) != nil { backlog.sessionAnswered() }
        }
        if agents[agent] != nil { agents[agent] = known }
    }

    /// Looks at the backlog now and then.
    ///
    /// - Parameter start: The run's.
    mutating func look(at now: LocalInstant, start: LocalInstant) -> BacklogWatch.Overload? {
        if let last, now - last < Self.interval { return nil }
        last = now
        var instant = (now - start).ns
        for agent in agents.values {
            guard let span = agent.span else { return nil }
            instant = min(instant, span)
        }
        return backlog.look(at: instant)
    }
}
