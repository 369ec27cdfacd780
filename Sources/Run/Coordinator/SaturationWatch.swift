import Sampling
import TimeBase
import TokenLog
import Workload

/// Watches the sessions of a plan's one open stage for more than the servers can serve.
struct SaturationWatch {
    private static let interval = TimeSpan.milliseconds(500)

    private let plan: WorkloadPlan
    private var backlog: BacklogWatch
    /// First requests of sessions that were sent and have no token yet.
    private var waiting: Set<UInt32> = []
    private var last: LocalInstant?

    /// nil for a plan that cannot tell: one of a closed loop, of several scored stages, or of one
    /// without an end.
    init?(_ plan: WorkloadPlan) {
        let sessions = plan.requests.filter(Self.isWatched)
        guard let first = sessions.first, let end = plan.stages[Int(first.stage)].endNs,
            sessions.allSatisfy({ $0.stage == first.stage }), plan.rounds == nil
        else { return nil }
        self.plan = plan
        backlog = BacklogWatch(
            arrivals: sessions.compactMap(\.scheduledNs),
            from: plan.stages[Int(first.stage)].beginNs, to: end)
    }

    private static func isWatched(_ request: PlannedRequest) -> Bool {
        request.phase == .scored && request.scheduledNs != nil
    }

    /// Takes in what an agent recorded.
    mutating func add(_ records: LogBatch) {
        for sent in records.sent where Self.isWatched(plan.request(sent.request)) {
            waiting.insert(sent.request)
        }
        // Most tokens are of requests that have some already.
        for token in records.tokens where waiting.remove(token.request) != nil {
            backlog.sessionAnswered()
        }
        for finish in records.finishes where waiting.remove(finish.request) != nil {
            backlog.sessionAnswered()
        }
    }

    /// Looks at the backlog now and then.
    ///
    /// - Parameter start: The run's.
    mutating func look(at now: LocalInstant, start: LocalInstant) -> BacklogWatch.Overload? {
        if let last, now - last < Self.interval { return nil }
        last = now
        return backlog.look(at: (now - start).ns)
    }
}
