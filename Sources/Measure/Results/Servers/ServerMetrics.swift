package import TimeBase
package import TokenLog

/// The load of one server over a run, as its metrics said it to one agent.
package struct ServerMetrics: Hashable, Sendable {
    /// Why and when a server was asked no more.
    package struct Stop: Hashable, Sendable {
        package var fault: ScrapeFault
        /// The HTTP status, 0 where there was none.
        package var status: UInt16
        package var at: ClusterInstant
    }

    /// Answers with figures.
    package var samples = 0
    /// Questions that brought none, by the reason.
    package var failures: [ScrapeFault: Int] = [:]
    /// Nil where it was asked to the end.
    package var stopped: Stop?
    /// Requests in the batch; nil where the server does not say.
    package var running: GaugeRange?
    /// Requests in the queue.
    package var waiting: GaugeRange?
    /// The share of the key-value cache that was held, 0 to 1.
    package var keyValueUse: GaugeRange?
    /// Requests put back into the queue during the run.
    package var preemptions: UInt64?
    /// Output tokens made during the run, for whomever.
    package var generationTokens: UInt64?
    /// Prompt tokens computed during the run.
    package var promptTokens: UInt64?
    /// Samples in order: all of them, or, of a long run on many servers, every second, fourth, ...
    package var kept: [ServerSample] = []

    package init() {}

    /// The kept samples on both sides of an instant; nil where there is none at all.
    ///
    /// - Complexity: O(log samples).
    package func around(_ instant: ClusterInstant) -> SamplesAround? {
        guard !kept.isEmpty else { return nil }
        var low = 0
        var high = kept.count
        while low < high {
            let middle = (low + high) / 2
            if kept[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        return SamplesAround(
            before: low > 0 ? kept[low - 1] : nil, after: low < kept.count ? kept[low] : nil)
    }
}

extension RunAgent {
    /// The samples of one of its servers on both sides of an instant; nil where there is none.
    ///
    /// - Parameter target: the server's URL, as requests name it.
    package func samples(around instant: ClusterInstant, target: String) -> SamplesAround? {
        // Two models of one server are two targets, and it is asked once.
        targets.first { $0.url == target && $0.metrics != nil }?.metrics?.around(instant)
    }
}

extension RunHeader {
    /// The samples of a server that an agent drove on both sides of an instant; nil where there is
    /// none.
    ///
    /// - Parameters:
    ///   - agent: its name.
    ///   - target: the server's URL, as requests name it.
    package func samples(
        around instant: ClusterInstant, agent: String, target: String
    ) -> SamplesAround? {
        agents.first { $0.name == agent }?.samples(around: instant, target: target)
    }
}
