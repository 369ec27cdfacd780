/// Gaps between events, counted by length in cells: sets of requests that are always in the same
/// parts of a run.
///
/// k tokens in one event are k − 1 gaps of length 0, counted and never stored.
package struct GapTally: Sendable {
    let bins: GapBins
    package private(set) var cells: [GapCell] = []
    /// The gaps longer than 0, in the order in which they came; nil once there are too many.
    private(set) var stored: [Int64]? = []
    private let mostStored: Int

    package init(bins: GapBins, mostStored: Int) {
        self.bins = bins
        self.mostStored = mostStored
    }

    /// A new cell's index.
    package mutating func addCell() -> Int {
        cells.append(GapCell())
        return cells.count - 1
    }

    /// Makes room for about `gaps` gaps. Where they are by far too many, none is kept from the
    /// first one on.
    mutating func expect(_ gaps: Int) {
        if gaps / 4 > mostStored {
            stored = nil
        } else {
            stored?.reserveCapacity(max(0, min(gaps, mostStored)))
        }
    }

    /// Counts the gaps of a stream of that shape; `gaps` are those longer than 0.
    mutating func add(_ gaps: UnsafeBufferPointer<Int64>, of shape: StreamShape, cell: Int) {
        cells[cell].add(gaps, of: shape, bins)
        guard let count = stored?.count else { return }
        if count + gaps.count > mostStored {
            stored = nil
        } else {
            stored?.append(contentsOf: gaps)
        }
    }
}

extension GapTally {
    /// Counts spans of any length from 0 on, where nobody asks for their sum or for gaps of length
    /// 0.
    package mutating func add(_ spans: UnsafeBufferPointer<Int64>, cell: Int) {
        guard let longest = spans.max() else { return }
        cells[cell].add(spans, longest: longest, bins)
    }

    /// Counts `times` spans of one length from 0 on, which are no stream's gaps. O(1), however
    /// many they are.
    package mutating func add(_ span: Int64, times: Int, cell: Int) {
        cells[cell].add(span, times: times, bins)
    }
}

/// The gaps of one cell.
package struct GapCell: Sendable {
    /// Gaps longer than 0, in all and by bin.
    package private(set) var total = 0
    private(set) var counts: [Int] = []
    /// Gaps of length 0, between tokens and between events.
    package private(set) var emptyTokenGaps = 0
    private(set) var emptyEventGaps = 0
    private(set) var sum: Int128 = 0
    private(set) var longest: Int64 = 0

    fileprivate mutating func add(
        _ gaps: UnsafeBufferPointer<Int64>, of shape: StreamShape, _ bins: GapBins
    ) {
        emptyTokenGaps += shape.emptyTokenGaps
        emptyEventGaps += shape.emptyEventGaps
        // All gaps of a stream add up to its length.
        sum += Int128(shape.span)
        add(gaps, longest: shape.longestGap, bins)
    }

    fileprivate mutating func add(
        _ gaps: UnsafeBufferPointer<Int64>, longest newest: Int64, _ bins: GapBins
    ) {
        total += gaps.count
        longest = max(longest, newest)
        grow(to: bins.bin(of: newest) + 1)
        counts.withUnsafeMutableBufferPointer { counts in
            for gap in gaps { counts[bins.bin(of: gap)] &+= 1 }
        }
    }

    fileprivate mutating func add(_ span: Int64, times: Int, _ bins: GapBins) {
        let bin = bins.bin(of: span)
        total += times
        longest = max(longest, span)
        grow(to: bin + 1)
        counts[bin] += times
    }

    mutating func add(_ other: GapCell) {
        total += other.total
        emptyTokenGaps += other.emptyTokenGaps
        emptyEventGaps += other.emptyEventGaps
        sum += other.sum
        longest = max(longest, other.longest)
        grow(to: other.counts.count)
        for (bin, count) in other.counts.enumerated() { counts[bin] += count }
    }

    private mutating func grow(to size: Int) {
        guard counts.count < size else { return }
        counts.append(contentsOf: repeatElement(0, count: size - counts.count))
    }
}
