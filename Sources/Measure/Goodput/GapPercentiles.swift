/// Gaps between tokens (`tbt`) and between stream events (inter-chunk latency) over many requests:
/// both are made from the same gaps above 0 and two counts of zeros.
struct GapPercentiles: Hashable, Sendable {
    var tokens: Percentiles?
    var events: Percentiles?

    /// The distributions of `gaps`, of which `value` is the one of an index among those above 0.
    init(_ gaps: GapCell, ranks: PercentileRanks, value: (Int) -> Double) {
        func distribution(_ zeros: Int) -> Percentiles? {
            let count = gaps.total + zeros
            guard count > 0 else { return nil }
            return Percentiles(
                count: count, sum: Double(gaps.sum), max: Double(gaps.longest), ranks: ranks
            ) { rank in
                rank < zeros ? 0 : value(rank - zeros)
            }
        }
        tokens = distribution(gaps.emptyTokenGaps)
        events = distribution(gaps.emptyEventGaps)
    }
}
