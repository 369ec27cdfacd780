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
    package init(
        _ totals: RunTotals, lateness: Percentiles? = nil, _ samples: RunSamples? = nil
    ) {
        self.totals = totals
        self.lateness = lateness
        self.samples = samples?.run
    }

    package func isShown(_ rank: PercentileRank, of row: LatencyRow) -> Bool {
        let requests = requests(with: row)
        let isMany = requests >= PercentileSample.needed(rank)
        guard let sample = sample(row)?[rank] else { return isMany }
        // Six gaps of one stream are the word of one request.
        guard requests >= PercentileSample.needed(.p50) else { return false }
        // Nothing lies above a percentile that is the greatest value, however many there are.
        let figures = row.figures(of: totals, lateness: lateness)
        return sample.isShown || isMany && figures?[rank] == figures?.max
    }

    /// The percentile of `row`; nil where too few requests stand behind it.
    package func shown(_ rank: PercentileRank, of row: LatencyRow) -> Double? {
        isShown(rank, of: row) ? row.figures(of: totals, lateness: lateness)?[rank] : nil
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
