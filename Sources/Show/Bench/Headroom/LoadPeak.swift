import Workload

/// The most that a load asks of a client at once.
package struct LoadPeak: Hashable, Sendable {
    /// Requests in flight.
    package var streams: Double
    /// Requests sent in the busiest second.
    package var requestsPerSecond: Double
    /// Tokens that come in the busiest second.
    package var tokensPerSecond: Double

    package init(streams: Double, requestsPerSecond: Double, tokensPerSecond: Double) {
        self.streams = streams
        self.requestsPerSecond = requestsPerSecond
        self.tokensPerSecond = tokensPerSecond
    }

    /// The peak `factor` times.
    func times(_ factor: Double) -> LoadPeak {
        LoadPeak(
            streams: streams * factor, requestsPerSecond: requestsPerSecond * factor,
            tokensPerSecond: tokensPerSecond * factor)
    }

    /// The greater of each.
    func joined(_ other: LoadPeak) -> LoadPeak {
        LoadPeak(
            streams: max(streams, other.streams),
            requestsPerSecond: max(requestsPerSecond, other.requestsPerSecond),
            tokensPerSecond: max(tokensPerSecond, other.tokensPerSecond))
    }

    /// The greatest of its parts as a multiple of those of `limit`.
    func share(of limit: LoadPeak) -> Double {
        max(
            streams / limit.streams, requestsPerSecond / limit.requestsPerSecond,
            tokensPerSecond / limit.tokensPerSecond)
    }
}

/// A shard and the peak that it has where servers answer at a pace.
struct PlannedLoad {
    let requests: [PlannedRequest]
    let stages: [StagePlan]
    var rounds: PlanRounds?

    /// Requests that are followed; a closed loop that goes on looks like its beginning.
    static let most = 1 << 20
}
