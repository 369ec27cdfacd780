import Goodput

/// The time per token of stream events by the bin in which they end, and the lower median of each
/// bin, exactly: counted in whole nanoseconds, then searched, then told apart by the fraction that
/// an event of several tokens leaves.
struct PaceBins: Sendable {
    private let edges: [Int64]
    private var tally: GapTally
    private var search: GapSearch?
    /// Whether some event brought several tokens.
    private var hasFractions = false
    /// Whole ns of each bin's median, and its rank among the times of as many; nil for none.
    private var medians: [(whole: Int64, rank: Int)?] = []
    /// The fractions of the times of as many whole ns, by bin, and how many there are of each.
    private var fractions: [[Double: Int]] = []
    private var scratch: [Int64] = []

    init(_ span: ArrivalSpan) {
        edges = span.levels.isEmpty ? [] : (0...BinLevels.bins).map { span.edge($0) }
        // Some 3 MiB of bins: coarser ones than for the few cells of a run.
        tally = GapTally(bins: GapBins(cells: 2 * BinLevels.bins), mostStored: 0)
        for _ in 0..<BinLevels.bins { _ = tally.addCell() }
    }

    /// Counts the events of a stream, but for the first.
    mutating func count(_ tokens: [TokenEvent]) {
        if !hasFractions { hasFractions = tokens.contains { $0.count > 1 } }
        forEachBin(of: tokens) { bins, values, bin in bins.tally.add(values, cell: bin) }
    }

    /// Ends the counting. Where this returns false there is nothing to search.
    mutating func beginSearch() -> Bool {
        let places = tally.cells.map { Self.place(among: $0.total) }
        guard places.contains(where: { $0 != nil }) else { return false }
        search = GapSearch(
            tally, parts: places.indices.map { [$0] },
            places: places.map { place in place.map { [$0] } ?? [] })
        return true
    }

    /// The rank of the lower median, from 0; nil for none.
    private static func place(among count: Int) -> Int? { count > 0 ? (count - 1) / 2 : nil }

    /// Hands the same streams over again.
    mutating func search(_ tokens: [TokenEvent]) {
        forEachBin(of: tokens) { bins, values, bin in bins.search?.add(values, cell: bin) }
    }

    /// Ends the search.
    mutating func beginFractions() {
        medians = tally.cells.indices.map { bin in
            guard let place = Self.place(among: tally.cells[bin].total),
                let found = search?.gaps(ofPart: bin)[place]
            else { return nil }
            return (found.gap, place - found.shorter)
        }
        search = nil
        fractions = medians.map { _ in [:] }
    }

    /// Hands the same streams over once more.
    mutating func addFractions(of tokens: [TokenEvent]) {
        guard hasFractions else { return }
        forEachEvent(of: tokens) { bins, gap, count, bin in
            let (whole, rest) = gap.quotientAndRemainder(dividingBy: count)
            guard whole == bins.medians[bin]?.whole else { return }
            bins.fractions[bin][Double(rest) / Double(count), default: 0] += 1
        }
    }

    /// p_j, ns; 0 for none.
    var paces: [Double] {
        medians.enumerated().map { bin, median in
            guard let median else { return 0 }
            var below = 0
            let fraction = fractions[bin].sorted { $0.key < $1.key }.first { each in
                below += each.value
                return below > median.rank
            }
            return Double(median.whole) + (fraction?.key ?? 0)
        }
    }

    /// Calls `body` with the whole ns per token of the events of each bin.
    private mutating func forEachBin(
        of tokens: [TokenEvent],
        _ body: (inout PaceBins, UnsafeBufferPointer<Int64>, Int) -> Void
    ) {
        var values = scratch
        scratch = []
        values.removeAll(keepingCapacity: true)
        var current = 0
        forEachEvent(of: tokens) { bins, gap, count, bin in
            if bin != current {
                if !values.isEmpty {
                    values.withUnsafeBufferPointer { body(&bins, $0, current) }
                    values.removeAll(keepingCapacity: true)
                }
                current = bin
            }
            values.append(count == 1 ? gap : gap / count)
        }
        if !values.isEmpty { values.withUnsafeBufferPointer { body(&self, $0, current) } }
        scratch = values
    }

    /// Calls `body` with the time since the event before, the tokens and the bin of each event but
    /// the first that ends in a bin.
    private mutating func forEachEvent(
        of tokens: [TokenEvent], _ body: (inout PaceBins, Int64, Int64, Int) -> Void
    ) {
        guard let start = edges.first, let end = edges.last, var before = tokens.first?.time
        else { return }
        var bin = 0
        for event in tokens.dropFirst() {
            let gap = event.time - before
            before = event.time
            guard event.time >= start else { continue }
            guard event.time < end else { return }
            while event.time >= edges[bin + 1] { bin += 1 }
            body(&self, gap, Int64(event.count), bin)
        }
    }
}
