import Goodput

/// The latencies between tokens of a run by every rule; nil where a rule has no value.
package struct InterTokenFigures: Hashable, Sendable {
    /// p50, p90, p99 and mean, ns.
    package struct Figures: Hashable, Sendable {
        package var count: Int
        package var p50: Double
        package var p90: Double
        package var p99: Double
        package var mean: Double

        init(_ percentiles: Percentiles) {
            count = percentiles.count
            p50 = percentiles.p50
            p90 = percentiles.p90
            p99 = percentiles.p99
            mean = percentiles.mean
        }

        init(_ distribution: Distribution) {
            count = distribution.count
            p50 = distribution.percentiles[.p50] ?? distribution.greatest
            p90 = distribution.percentiles[.p90] ?? distribution.greatest
            p99 = distribution.percentiles[.p99] ?? distribution.greatest
            mean = distribution.mean
        }
    }

    private var figures: [InterTokenRule: Figures]

    init(_ figures: [InterTokenRule: Figures]) { self.figures = figures }

    package subscript(rule: InterTokenRule) -> Figures? { figures[rule] }
}
