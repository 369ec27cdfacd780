/// Gaps between the events of a run on either side of a limit near a percentile.
package struct GapCounts: Sendable {
    private let bins: GapBins
    private let gaps: GapCell
    private let near: [Int: BinnedGaps]

    init(bins: GapBins, gaps: GapCell, near: [Int: BinnedGaps]) {
        self.bins = bins
        self.gaps = gaps
        self.near = near
    }

    /// Gaps of length 0 between events, and between tokens.
    package var emptyEventGaps: Int { gaps.emptyEventGaps }
    package var emptyTokenGaps: Int { gaps.emptyTokenGaps }

    /// How many gaps longer than 0 are shorter than `limit`, which lies within the tolerance that
    /// was asked for around a percentile.
    package func below(_ limit: Double) -> Int {
        limit < 0x1p62 ? count(below: Int64(max(0, limit.rounded(.up)))) : gaps.total
    }

    /// How many gaps longer than 0 are longer than `limit`.
    package func above(_ limit: Double) -> Int {
        limit < 0x1p62 ? gaps.total - count(below: Int64(max(0, limit.rounded(.down))) + 1) : 0
    }

    private func count(below bound: Int64) -> Int {
        let bin = bins.bin(of: bound)
        let lower = gaps.counts.prefix(bin).reduce(0, +)
        guard bin < gaps.counts.count, gaps.counts[bin] > 0,
            bins.spans(of: bin).lowerBound < bound
        else { return lower }
        guard let gaps = near[bin] else {
            preconditionFailure("the bin of a limit was not asked for")
        }
        return lower + gaps.count(below: bound)
    }
}
