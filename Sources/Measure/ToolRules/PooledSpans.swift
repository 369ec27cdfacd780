package import Goodput

/// Spans of many requests in one pool, counted in cells: sets of requests that are left out
/// together or not at all.
///
/// Feed ``add(_:cell:)`` and ``add(_:times:cell:)`` all spans, then ``close(over:ranks:)`` once.
/// Where that says so, feed ``addAgain(_:cell:)`` and ``addAgain(_:times:cell:)`` the same spans.
/// Then take the ``distribution()``. Percentiles are exact; up to `mostStored` spans are kept for
/// them, 8 bytes each, besides a histogram for each cell.
package struct PooledSpans: Sendable {
    private var tally: GapTally
    private var moments: [SpanMoments] = []
    private var store: SpanStore?
    private let mostStored: Int
    private var search: GapSearch?
    private var cells: [Int] = []
    private var ranks: Set<PercentileRank> = []

    /// - Parameter mostStored: The most entries that are kept; above, they are handed over again.
    package init(cells: Int = 1, mostStored: Int = RunScoring.mostStored) {
        tally = GapTally(bins: GapBins(cells: cells), mostStored: 0)
        store = SpanStore()
        self.mostStored = mostStored
    }

    /// A new cell's index.
    package mutating func addCell() -> Int {
        moments.append(SpanMoments())
        return tally.addCell()
    }

    /// Counts spans of at least 0 ns. O(spans).
    package mutating func add(_ spans: UnsafeBufferPointer<Int64>, cell: Int) {
        precondition(search == nil, "all spans have been seen")
        guard !spans.isEmpty else { return }
        tally.add(spans, cell: cell)
        moments[cell].add(spans)
        keep(spans.count) { $0.append(spans, cell: cell) }
    }

    /// Counts `times` spans of one length of at least 0 ns. O(1).
    package mutating func add(_ span: Int64, times: Int, cell: Int) {
        precondition(search == nil, "all spans have been seen")
        guard times > 0 else { return }
        tally.add(span, times: times, cell: cell)
        moments[cell].add(span, times: times)
        keep(1) { $0.append(span, times: times, cell: cell) }
    }

    private mutating func keep(_ entries: Int, _ append: (inout SpanStore) -> Void) {
        guard let count = store?.count else { return }
        if count + entries > mostStored {
            store = nil
        } else {
            append(&store!)
        }
    }

    /// Ends the spans.
    ///
    /// - Parameters:
    ///   - cells: Those whose spans make the distribution.
    ///   - ranks: The percentiles that are wanted of it.
    /// - Returns: Whether all spans are to be handed over again.
    package mutating func close(over cells: [Int], ranks: Set<PercentileRank>) -> Bool {
        precondition(search == nil, "all spans have been seen")
        self.cells = cells
        self.ranks = ranks
        let count = total.count
        var places: Set<Int> = []
        for rank in ranks where count > 0 {
            let between = InterpolatedRank(rank, of: count)
            places.formUnion([between.lower, between.upper])
        }
        search = GapSearch(tally, parts: [cells], places: [places])
        guard let store else { return count > 0 }
        self.store = nil
        store.hand(to: &search!)
        return false
    }

    /// Takes in the same spans again.
    package mutating func addAgain(_ spans: UnsafeBufferPointer<Int64>, cell: Int) {
        search?.add(spans, cell: cell)
    }

    package mutating func addAgain(_ span: Int64, times: Int, cell: Int) {
        guard times > 0 else { return }
        search?.add(span, times: times, cell: cell)
    }

    /// The distribution of the spans of the chosen cells, ns; nil without spans.
    package func distribution() -> Distribution? {
        guard let search else { preconditionFailure("the spans have not been closed") }
        let total = total
        guard total.count > 0 else { return nil }
        let found = search.gaps(ofPart: 0)
        var percentiles: [PercentileRank: Double] = [:]
        for rank in ranks {
            percentiles[rank] = InterpolatedRank(rank, of: total.count).value {
                Double(found[$0]?.gap ?? 0)
            }
        }
        return Distribution(
            count: total.count, mean: total.mean, deviation: total.deviation,
            least: Double(total.least), greatest: Double(total.greatest), percentiles: percentiles)
    }

    private var total: SpanMoments {
        cells.reduce(into: SpanMoments()) { $0.add(moments[$1]) }
    }
}
