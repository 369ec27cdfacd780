package import Goodput

/// The percentiles that are listed of every distribution, and how far each may lie.
package struct PercentileSamples: Hashable, Sendable {
    /// 50, 90, 99 and 99.9.
    package static let ranks: [PercentileRank] = [.p50, .p90, .p99, .p999]

    /// One a rank.
    package internal(set) var percentiles: [PercentileSample]

    package subscript(rank: PercentileRank) -> PercentileSample? {
        Self.ranks.firstIndex(of: rank).map { percentiles[$0] }
    }
}

/// The figures of some requests of a run, each with its interval.
package struct ScopeSamples: Hashable, Sendable {
    /// How many requests there are.
    package internal(set) var requests: Int
    /// By ``RateFigure`` and by ``ShareFigure``.
    package internal(set) var rates: [FigureSample]
    package internal(set) var shares: [FigureSample]
    /// By ``RequestLatency``.
    package internal(set) var latencies: [PercentileSamples]
    /// Over all gaps between tokens.
    package internal(set) var tbt: PercentileSamples

    package subscript(figure: RateFigure) -> FigureSample { rates[figure.rawValue] }
    package subscript(figure: ShareFigure) -> FigureSample { shares[figure.rawValue] }
    package subscript(latency: RequestLatency) -> PercentileSamples { latencies[latency.rawValue] }
}

/// The worth of a stage's figures: whether it was steady, and how far each figure may lie.
package struct RunSamples: Hashable, Sendable {
    package let steady: SteadyState
    /// All requests over T; nil where no two of them were scheduled apart.
    package internal(set) var run: ScopeSamples?
    /// Those scheduled in the steady window, over its length; nil unless steady.
    package internal(set) var window: ScopeSamples?
    /// The instants that u counts from, as in [s0, s1], ns on the run's timeline.
    package let arrivals: ClosedRange<Int64>
    /// Each request, in the order in which they came: two runs of one plan are compared by them.
    /// Empty for a stage of several, and where nobody kept them.
    package internal(set) var requests: SampledRequests

    /// The samples of no request.
    package static let ofNothing = RunSamples(
        steady: .ofNothing, run: nil, window: nil, arrivals: 0...0, requests: SampledRequests())
}
