import Goodput
import Randomness
import RunRecord
import SampleRuns
import Sampling
import TimeBase
import TokenLog

@testable import Results

/// Summaries of runs of two agents whose requests are made by a rule.
enum SampleSummary {
    static let ms: Int64 = 1_000_000

    /// Requests of a Poisson stream of 10 a second, 20 tokens each, 12 ms apart.
    ///
    /// - Parameter wait: The time to the first token of a request by its index, ns.
    static func requests(_ count: Int, wait: (Int) -> Int64 = { _ in 100 * ms })
        -> [MeasuredRequest]
    {
        var random = SplitMix64(seed: 7)
        var scheduled: Int64 = 0
        return (0..<count).map { index in
            var request = SampleRun.requests[1]
            request.id = UInt32(index)
            request.agent = index % 2 == 0 ? "node-01" : "node-02"
            request.target = "http://127.0.0.1:800\(index % 2)"
            scheduled += Int64(random.nextExponential() / 10 * 1e9)
            let first = scheduled + wait(index) + Int64(random.next() % 40_000_000)
            request.scheduled = ClusterInstant(ns: scheduled)
            request.sent = ClusterInstant(ns: scheduled + 60_000)
            request.tokens = (0..<20).map { TokenEvent(time: first + $0 * 12 * ms) }
            request.firstAnswer = nil
            request.finish = ClusterInstant(ns: first + 19 * 12 * ms)
            return request
        }
    }

    static var header: RunHeader {
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.gaps = []
        header.lossless = true
        var load = LoadPlan(
            scored: LoadPlan.Count(planned: 0, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 0, notNeeded: 0))
        load.stages = [LoadStage(beginNs: 0, load: .open)]
        header.load = load
        return header
    }

    static func of(
        _ requests: [MeasuredRequest], change: (inout RunHeader) -> Void = { _ in }
    ) throws -> RunSummary {
        var header = header
        header.load?.scored.planned = requests.count
        change(&header)
        return try RunSummary(RunResult(header: header, requests: requests))
    }

    /// The load that a server told of itself, all the time.
    static func metrics(waiting: Double, cache: Double, preemptions: UInt64) throws -> ServerMetrics
    {
        var metrics = ServerMetrics()
        metrics.samples = 9
        metrics.waiting = GaugeRange.of(waiting)
        metrics.keyValueUse = GaugeRange.of(cache)
        metrics.preemptions = preemptions
        return metrics
    }
}

extension GaugeRange {
    fileprivate static func of(_ value: Double) -> GaugeRange {
        GaugeRange(mean: value, max: value)
    }
}
