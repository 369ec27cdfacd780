package import Goodput
package import Sampling

/// Whether enough requests stand behind a percentile to show it: five with a value above it, six
/// for the median and below.
package struct PercentileBacking: Sendable {
    private let totals: RunTotals
    private let lateness: Percentiles?
    private let samples: ScopeSamples?

    /// - Parameters:
    ///   - samples: The evidence for each percentile; nil where only the number of values is.
    package init(_ totals: RunTotals, lateness: Percentiles?, _ samples: RunSamples?) {
        self.totals = totals
        self.lateness = lateness
        self.samples = samples?.run
    }

    package func isShown(_ rank: PercentileRank, of row: LatencyRow) -> Bool {
        let isMany = requests(with: row) >= PercentileSample.needed(rank)
        guard let sample = sample(row)?[rank] else { return isMany }
        // Nothing lies above a percentile that is the greatest value, however many there are.
        let figures = row.figures(of: totals, lateness: lateness)
        return sample.isShown || isMany && figures?[rank] == figures?.max
    }

    private func sample(_ row: LatencyRow) -> PercentileSamples? {
        switch row {
        case .ttft: samples?[.ttft]
        case .tpot: samples?[.tpot]
        case .e2e: samples?[.e2e]
        case .idle: samples?[.idle]
        // Gaps between events are those between tokens but for zeros.
        case .tbt, .interChunk: samples?.tbt
        case .ttftSent, .lateness: nil
        }
    }

    /// Requests that have a value of `row` or, of gaps, at least one.
    private func requests(with row: LatencyRow) -> Int {
        switch row {
        case .tbt, .interChunk: totals.tpot?.count ?? 0
        default: row.figures(of: totals, lateness: lateness)?.count ?? 0
        }
    }
}
