/// The load of an agent's servers, by their own last words.
package struct LiveServerLoad: Hashable, Sendable {
    /// Requests in their queues together; nil where none said it.
    package var waiting: Int?
    /// The share of the fullest key-value cache that is held, 0...1; nil where none said it.
    package var keyValueUse: Double?

    package init() {}
}

/// How a run stands at one moment: all that a live view shows.
package struct LiveSnapshot: Hashable, Sendable {
    /// How an agent's link to the coordinator is.
    package enum Health: String, Hashable, Sendable {
        case working
        /// Its link is lost: it goes on by itself, and is waited for.
        case away
        /// It was given up: what it does from then on is not part of the run.
        case lost
        /// It has handed everything over.
        case done

        /// Whether nothing is wrong with it.
        package var isWell: Bool { self == .working || self == .done }
    }

    /// An agent's row.
    package struct Agent: Hashable, Sendable {
        package var name: String
        package var running = 0
        /// Tokens of scored requests so far.
        package var tokens = 0
        /// Over the last ten whole seconds.
        package var tokensPerSecond = 0.0
        /// ns; nil before there is one.
        package var ttftP99: Double?
        package var idleP99: Double?
        package var latenessP99: Double?
        /// The half-width of the clock's hard interval now, ns; the caller knows it.
        package var clockHalfWidth: Int64?
        /// The caller knows it, as all that follows.
        package var health = Health.working
        /// The share of its load loop's time that was spent in callbacks in the last second, 0 to
        /// 1; nil before it has said so.
        package var busy: Double?
        /// CPU time of its process, ns.
        package var cpuNs: UInt64?
        /// nil where no server was asked, or none has answered yet.
        package var servers: LiveServerLoad?

        package init(name: String) { self.name = name }
    }

    /// Since the run's start, ns; negative before it.
    package var elapsed: Int64 = 0
    /// Requests of the plan; nil where the plan is open-ended.
    package var planned: Int?
    /// The plan's length in ns; nil where it ends with its last request.
    package var duration: Int64?
    package var sent = 0
    package var running = 0
    package var done = 0
    package var failed = 0
    package var warmups = 0
    /// Requests per second over the last ten whole seconds: that were due, and that were sent.
    package var askedRate = 0.0
    package var sentRate = 0.0
    package var latenessP99: Double?
    /// Tokens per second from the first `scheduled` until now; nil before it.
    package var throughput: Double?
    package var smoothGoodput: Double?
    /// Tokens of scored requests so far, and what they earned.
    package var tokens = 0
    package var earned = 0.0
    /// Tokens earned in each of the last ten whole seconds, the oldest first.
    package var recentBenefit: [Double] = []
    package var agents: [Agent] = []

    package init() {}

    /// How much of the run is over, 0...1; nil where it cannot be known.
    package var progress: Double? {
        if let duration, duration > 0 {
            return min(1, max(0, Double(elapsed) / Double(duration)))
        }
        guard let planned, planned > 0 else { return nil }
        return min(1, Double(done + failed) / Double(planned))
    }
}
