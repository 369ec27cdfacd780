/// The search for the gaps that percentiles are made from, among gaps that have been counted: bins
/// that hold a wanted one are known, and their gaps are handed over once.
///
/// A bin keeps its gaps, or a counter for each length that it holds, whichever is smaller; so it
/// needs at most 512 KiB below 134 ms, whatever the number of gaps.
package struct GapSearch: Sendable {
    private let bins: GapBins
    private let ranks: PercentileRanks
    private var parts: [SearchedPart]
    private var slots: [CellSlots]

    /// - Parameters:
    ///   - parts: The cells of each part whose percentiles are wanted.
    ///   - tolerance: The share of a percentile within which gaps of the first part are to be
    ///     counted, too (``counts``).
    init(
        _ tally: GapTally, parts: [[Int]], ranks: PercentileRanks, tolerance: Double?
    ) {
        let searched = parts.enumerated().map { index, cells in
            SearchedPart(
                tally, cells: cells, ranks: ranks, tolerance: index == 0 ? tolerance : nil)
        }
        self.init(tally, searched, ranks: ranks)
    }

    /// The search for the gaps longer than 0 of places in parts.
    ///
    /// - Parameters:
    ///   - parts: The cells of each part.
    ///   - places: The places of each part's wanted gaps, from 0, among those longer than 0.
    package init(_ tally: GapTally, parts: [[Int]], places: [Set<Int>]) {
        let parts = zip(parts, places).map { SearchedPart(tally, cells: $0, places: $1) }
        self.init(tally, parts, ranks: .standard)
    }

    private init(_ tally: GapTally, _ parts: [SearchedPart], ranks: PercentileRanks) {
        bins = tally.bins
        self.ranks = ranks
        self.parts = parts
        var wanted = tally.cells.map { _ in Set<Int>() }
        for part in parts {
            for cell in part.cells { wanted[cell].formUnion(part.wantedBins) }
        }
        slots = zip(tally.cells, wanted).map { CellSlots($0, wanted: $1, tally.bins) }
    }

    /// Takes in gaps longer than 0 of a cell; all of a cell are to be handed over, once.
    package mutating func add(_ gaps: UnsafeBufferPointer<Int64>, cell: Int) {
        slots[cell].add(gaps, bins)
    }

    /// Takes in `times` gaps of one length of a cell.
    package mutating func add(_ gap: Int64, times: Int, cell: Int) {
        slots[cell].add(gap, times: times, bins)
    }

    /// The percentiles of a part.
    func percentiles(ofPart index: Int) -> GapPercentiles {
        let found = gaps(ofPart: index)
        return GapPercentiles(parts[index].gaps, ranks: ranks) { Double(found[$0]?.gap ?? 0) }
    }

    /// The gap of each wanted place of a part, ns, and how many of the part's gaps longer than 0
    /// are shorter.
    package func gaps(ofPart index: Int) -> [Int: (gap: Int64, shorter: Int)] {
        let part = parts[index]
        var all: [Int: (gap: Int64, shorter: Int)] = [:]
        for (bin, wanted) in part.ranksOfBin {
            let gaps = BinnedGaps(slots(of: part, bin), spans: bins.spans(of: bin))
            let found = gaps.values(ofRanks: wanted.map(\.rank))
            for (rank, gap) in zip(wanted, found) {
                all[rank.index] = (gap, rank.index - rank.rank + gaps.count(below: gap))
            }
        }
        return all
    }

    /// The first part's gaps on either side of a limit.
    var counts: GapCounts {
        let part = parts[0]
        let near = part.nearBins.map { bin in
            (bin, BinnedGaps(slots(of: part, bin), spans: bins.spans(of: bin)))
        }
        return GapCounts(
            bins: bins, gaps: part.gaps, near: Dictionary(uniqueKeysWithValues: near))
    }

    private func slots(of part: SearchedPart, _ bin: Int) -> [BinnedGaps] {
        part.cells.compactMap { slots[$0][bin] }
    }
}

/// A part of a run whose gaps are searched.
private struct SearchedPart: Sendable {
    let cells: [Int]
    /// The gaps of all of its cells.
    private(set) var gaps = GapCell()
    /// For each bin the indices among the part's gaps that are wanted, rising, each with its rank
    /// within the bin.
    private(set) var ranksOfBin: [Int: [(index: Int, rank: Int)]] = [:]
    /// Bins around percentiles in which gaps are to be counted.
    private(set) var nearBins: Set<Int> = []

    init(
        _ tally: GapTally, cells: [Int], ranks: PercentileRanks, tolerance: Double?
    ) {
        self.init(tally, cells: cells)
        let zeros = [gaps.emptyTokenGaps, gaps.emptyEventGaps]
        var wanted: Set<Int> = []
        for zeros in zeros where gaps.total + zeros > 0 {
            let all = ranks.indices(of: gaps.total + zeros)
            wanted.formUnion(all.filter { $0 >= zeros }.map { $0 - zeros })
        }
        let binOfIndex = want(wanted)
        guard let tolerance else { return }
        for zeros in zeros where gaps.total + zeros > 0 {
            let mean = Double(gaps.sum) / Double(gaps.total + zeros)
            for rank in ranks.withThree {
                let (low, high) = InterpolatedRank(rank, of: gaps.total + zeros).range { index in
                    guard index >= zeros, let bin = binOfIndex[index - zeros] else { return 0...0 }
                    return tally.bins.spans(of: bin)
                }
                for share in [1 - tolerance, 1 + tolerance] {
                    addNear(low * share...high * share, tally.bins)
                }
                // A percentile of 0 has no share of its own.
                if low == 0 { addNear(mean * tolerance...mean * tolerance, tally.bins) }
            }
        }
    }

    init(_ tally: GapTally, cells: [Int], places: Set<Int>) {
        self.init(tally, cells: cells)
        want(places)
    }

    private init(_ tally: GapTally, cells: [Int]) {
        self.cells = cells
        for cell in cells { gaps.add(tally.cells[cell]) }
    }

    /// Looks up the bins that hold the gaps of `wanted` places.
    @discardableResult
    private mutating func want(_ wanted: Set<Int>) -> [Int: Int] {
        var binOfPlace: [Int: Int] = [:]
        var bin = 0
        var below = 0
        for place in wanted.sorted() {
            while below + gaps.counts[bin] <= place {
                below += gaps.counts[bin]
                bin += 1
            }
            ranksOfBin[bin, default: []].append((place, place - below))
            binOfPlace[place] = bin
        }
        return binOfPlace
    }

    private mutating func addNear(_ limits: ClosedRange<Double>, _ bins: GapBins) {
        guard limits.upperBound < 0x1p62 else { return }
        let least = bins.bin(of: max(0, Int64(limits.lowerBound) - 1))
        let most = bins.bin(of: Int64(limits.upperBound) + 2)
        for bin in least...most where bin < gaps.counts.count && gaps.counts[bin] > 0 {
            nearBins.insert(bin)
        }
    }

    var wantedBins: Set<Int> { nearBins.union(ranksOfBin.keys) }
}
