import Gaming
import Goodput
import Holding
import Loss

/// One pass over a run's scored requests, of each of which it is known whether it streamed, for the
/// analyses that need no second one, but for ``Gaming/GamingAnalysis``, which takes as long as all
/// of these.
struct AnalysisPass {
    private let interval: ServingInterval
    private var loss: LossAttribution
    private var holding: HoldingAnalysis
    private var surface: SurfaceTally?

    /// - Parameters:
    ///   - interval: T, which holds all requests.
    ///   - agents: How many there are; so for `servers`.
    ///   - readers: One a class.
    ///   - seed: The run's.
    ///   - withSurface: Whether the surface is asked for.
    init(
        over interval: ServingInterval, agents: Int, servers: Int, readers: [Reader],
        seed: UInt64, withSurface: Bool
    ) {
        self.interval = interval
        loss = LossAttribution(over: interval, agents: agents, readers: readers, servers: servers)
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
        holding.add(
            times, target: parts.serverIndex, promptTokens: promptTokens, reads: reads)
        try surface?.add(times, classIndex: parts.classIndex)
    }

    /// The analyses, without those that look at the stages.
    ///
    /// - Parameters:
    ///   - servers: Their base URLs.
    ///   - gameability: That of the same requests.
    consuming func figures(
        servers: [String], _ gameability: Gameability
    ) -> RunAnalyses {
        RunAnalyses(
            servers: servers, loss: loss.figures(), gameability: gameability,
            holding: holding.figures(), samples: nil, stages: [],
            surface: surface?.figures(over: interval))
    }
}
