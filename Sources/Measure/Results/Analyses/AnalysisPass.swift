import Gaming
import Goodput
import Holding
import Loss

/// One pass over a run's scored requests, of each of which it is known whether it streamed, for the
/// analyses that need no second one.
struct AnalysisPass {
    private let interval: ServingInterval
    private var loss: LossAttribution
    private var gaming: GamingAnalysis
    private var holding: HoldingAnalysis
    private var surface: SurfaceTally?

    /// - Parameters:
    ///   - interval: T, which holds all requests.
    ///   - agents: How many there are; so for `servers`.
    ///   - readers: One a class.
    ///   - tokens: No fewer than all requests have together.
    ///   - seed: The run's.
    ///   - withSurface: Whether the surface is asked for.
    init(
        over interval: ServingInterval, agents: Int, servers: Int, readers: [Reader], tokens: Int,
        seed: UInt64, withSurface: Bool
    ) throws(ScoringError) {
        self.interval = interval
        loss = LossAttribution(over: interval, agents: agents, readers: readers, servers: servers)
        gaming = try GamingAnalysis(over: interval, readers: readers, tokens: tokens)
        holding = HoldingAnalysis(targets: servers, over: interval, seed: seed)
        surface = withSurface ? SurfaceTally(readers: readers) : nil
    }

    /// Takes in a request.
    ///
    /// - Parameters:
    ///   - times: Its times, with the last word on whether it streamed.
    ///   - promptTokens: Those that its server counted; nil where nobody said.
    ///   - reads: Reads of its answer that the client took late.
    mutating func add(
        _ times: RequestTimes, of parts: LossAttribution.Parts, promptTokens: UInt32?,
        reads: [ReadDelay] = []
    ) throws(ScoringError) {
        try loss.add(times, of: parts)
        try gaming.add(times, classIndex: parts.classIndex)
        holding.add(
            times, target: parts.serverIndex, promptTokens: promptTokens, reads: reads)
        try surface?.add(times, classIndex: parts.classIndex)
    }

    /// The analyses, without those that look at the stages.
    ///
    /// - Parameter servers: Their base URLs.
    consuming func figures(servers: [String]) -> RunAnalyses {
        RunAnalyses(
            servers: servers, loss: loss.figures(), gameability: gaming.figures(),
            holding: holding.figures(), samples: nil, stages: [],
            surface: surface?.figures(over: interval))
    }
}
