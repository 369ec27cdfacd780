package import Goodput
import TimeBase
import TokenLog

/// Percentiles of one figure that reads taken late could have moved by more than a twentieth.
package struct MovedFigure: Hashable, Sendable {
    package var row: LatencyRow
    /// Those of the listed percentiles, at least one.
    package var ranks: [PercentileRank]
    /// Reads that may have moved it.
    package var reads: Int
}

extension MovedFigure {
    /// The same of the percentiles that enough requests stand behind; nil where there is none.
    func shown(by backing: PercentileBacking) -> MovedFigure? {
        var shown = self
        shown.ranks.removeAll { !backing.isShown($0, of: row) }
        return shown.ranks.isEmpty ? nil : shown
    }
}

/// Effects that late reads with several events can have had on the gaps and the TTFT of a run.
///
/// A late read with k events, S after the stamp before it, shows as one gap of S and k - 1 gaps of
/// 0. In truth it was k gaps that add up to S: above a gap of y there are at most S/y of them, and
/// maybe none. So it is known how many gaps may be on another side of a limit than they show, and
/// with it whether a percentile may be. A first token in such a read came earlier than its stamp
/// says, and never later.
struct MovedFigures {
    /// The part of a percentile beyond which a move spoils it.
    static let tolerance = 0.05

    private let joins: LateJoins

    init(_ joins: LateJoins) { self.joins = joins }

    /// The figures of a run that do not hold.
    ///
    /// - Parameters:
    ///   - scores: The run, whose gaps can be counted within ``tolerance``.
    ///   - largestLateness: The greatest of sent minus scheduled, ns.
    ///   - ranks: The percentiles that are listed, which `scores` were asked for.
    /// - Complexity: O(1) where no read was late, else O(requests · ranks).
    func all(
        _ scores: RunScores, largestLateness: Double, ranks: PercentileRanks
    ) -> [MovedFigure] {
        let totals = scores.whole
        var moved: [MovedFigure] = []
        if joins.firsts.total > 0 {
            // Agents and classes have it at p99, whatever is listed.
            moved += firsts(
                .ttft, totals.ttft?.values(of: ranks.ranks + [.p99]),
                scores.digests.compactMap { $0.ttft.map { Double($0) } }, beside: largestLateness)
            moved += firsts(
                .ttftSent, totals.ttftSent?.values(of: ranks.ranks),
                scores.digests.compactMap { $0.ttftSent.map { Double($0) } }, beside: 0)
        }
        if joins.gaps.total > 0 {
            moved += gaps(.tbt, totals.tbt, scores.gaps, zeros: scores.gaps.emptyTokenGaps, ranks)
            moved += gaps(
                .interChunk, totals.interChunk, scores.gaps, zeros: scores.gaps.emptyEventGaps,
                ranks)
        }
        return moved
    }

    private func firsts(
        _ row: LatencyRow, _ figures: [(rank: PercentileRank, value: Double)]?,
        _ values: [Double], beside lateness: Double
    ) -> [MovedFigure] {
        let moved = (figures ?? []).filter { rank, value in
            let low = value * (1 - Self.tolerance)
            return Bounds(rank, of: values.count).falls(
                by: joins.firsts.count { $0 + lateness >= low },
                below: values.count { $0 < low })
        }
        return Self.figure(row, moved.map(\.rank), joins.firsts)
    }

    private func gaps(
        _ row: LatencyRow, _ figures: Percentiles?, _ counts: GapCounts, zeros: Int,
        _ ranks: PercentileRanks
    ) -> [MovedFigure] {
        guard let figures else { return [] }
        let moved = figures.values(of: ranks.ranks).filter { rank, value in
            let bounds = Bounds(rank, of: figures.count)
            // A median of 0 would have no twentieth.
            let slack = Self.tolerance * (value > 0 ? value : figures.mean)
            let high = value + slack
            let low = value - slack
            // One gap of each such read is above already where the read's own is.
            let up = joins.gaps.sum { value in
                guard high > 0 else { return 0 }
                return max(0, (value / high).rounded(.down) - 1)
            }
            let down = low > 0 ? joins.gaps.count { $0 >= low } : 0
            let below = low > 0 ? counts.below(low) + zeros : 0
            return bounds.rises(by: up, above: counts.above(high))
                || bounds.falls(by: down, below: below)
        }
        return Self.figure(row, moved.map(\.rank), joins.gaps)
    }

    private static func figure(
        _ row: LatencyRow, _ moved: [PercentileRank], _ reads: LogHistogram
    ) -> [MovedFigure] {
        moved.isEmpty ? [] : [MovedFigure(row: row, ranks: moved, reads: Int(reads.total))]
    }
}

/// Where a percentile lies among sorted values, and whether values on another side of a limit carry
/// it over.
private struct Bounds {
    private let count: Int
    private let between: InterpolatedRank

    /// - Parameter count: At least 1.
    init(_ rank: PercentileRank, of count: Int) {
        self.count = count
        between = InterpolatedRank(rank, of: count)
    }

    /// Whether `further` values above a limit, besides the `above` ones, carry the percentile over
    /// it.
    func rises(by further: Int, above: Int) -> Bool {
        further > 0 && above + further > count - 1 - between.lower
    }

    /// Whether `further` values below a limit, besides the `below` ones, carry the percentile under
    /// it.
    func falls(by further: Int, below: Int) -> Bool {
        further > 0 && below + further > (between.weight == 0 ? between.lower : between.upper)
    }
}

extension Percentiles {
    /// The percentiles of `ranks`, each once, rising.
    fileprivate func values(
        of ranks: [PercentileRank]
    ) -> [(rank: PercentileRank, value: Double)] {
        Set(ranks).sorted().compactMap { rank in self[rank].map { (rank, $0) } }
    }
}

extension LogHistogram {
    /// How many values may satisfy `condition`: the largest of their steps does.
    fileprivate func count(where condition: (Double) -> Bool) -> Int {
        sum { condition($0) ? 1 : 0 }
    }

    /// The sum over all values of `amount` of the largest value of their step.
    fileprivate func sum(_ amount: (Double) -> Double) -> Int {
        let all = filled.reduce(0.0) { sum, each in
            sum + Double(each.count) * amount(Double(Self.upperBound(ofStep: each.step)))
        }
        return Int(min(all, 1e15))
    }
}
