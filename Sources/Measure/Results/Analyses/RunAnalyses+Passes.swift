import Goodput
import Holding
import Loss
import Timeline
import ToolRules
import Workload

extension RunAnalyses {
    /// Passes over the scored requests until all is known: once for what needs one pass, and up to
    /// three times more for medians of runs with over ``Sampling/RunSampling/mostKept`` events.
    ///
    /// - Parameters:
    ///   - interval: T.
    ///   - tally: All requests', closed.
    ///   - interToken: Takes in the same requests, until it has seen enough.
    ///   - needsGaps: Whether the tally must see all gaps again: it does so on the way.
    ///   - readers: One a class.
    ///   - seed: The run's.
    ///   - withSurface: Whether the surface is asked for.
    init(
        of requests: some MeasuredRequests, over interval: ServingInterval, _ spans: StageSpans,
        tally: inout RunTally, interToken: inout InterTokenTally, needsGaps: Bool,
        _ readers: [Reader], seed: UInt64, withSurface: Bool
    ) throws(FileProblem) {
        let streamed = tally.streamed
        /// Hands each scored request on, with the last word on whether it streamed.
        func forEachScored(
            _ body: (MeasuredRequest, RequestTimes) throws(ScoringError) -> Void
        ) throws(FileProblem) {
            var index = 0
            try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
                guard request.phase == .scored else { return }
                var times = request.times
                times.isStreamed = streamed[index]
                index += 1
                do throws(ScoringError) {
                    try body(request, times)
                } catch {
                    throw FileProblem(.content, requests.path, "\(error)")
                }
            }
        }
        var pass: AnalysisPass
        var sampling: StageSampling
        do throws(ScoringError) {
            pass = try AnalysisPass(
                over: interval, agents: tally.agents.count, servers: tally.serverNames.count,
                readers: readers, tokens: tally.tokens, seed: seed,
                withSurface: withSurface)
            sampling = StageSampling(spans, beside: try Reader(.robust))
        } catch {
            throw FileProblem(.content, requests.path, "\(error)")
        }
        try forEachScored { request, times throws(ScoringError) in
            if needsGaps { tally.addGaps(of: request) }
            let parts = tally.parts(of: request)
            try pass.add(
                times, of: parts, promptTokens: request.promptTokens,
                reads: request.reads?.map { ReadDelay(time: $0.time, delay: $0.delay) } ?? [])
            interToken.add(times)
            try sampling.add(times, for: readers[parts.classIndex])
        }
        self = pass.figures(servers: tally.serverNames)
        var spreadsGaps = interToken.close()
        while true {
            let demand = sampling.endPass()
            if demand == .nothing, !spreadsGaps { break }
            try forEachScored { request, times throws(ScoringError) in
                if spreadsGaps { interToken.addGaps(of: times) }
                switch demand {
                case .nothing: break
                case .again: sampling.revisit(times)
                case .requests:
                    try sampling.add(times, for: readers[tally.parts(of: request).classIndex])
                }
            }
            spreadsGaps = false
            if demand == .nothing { break }
        }
        sampling.settle(&self)
    }
}
