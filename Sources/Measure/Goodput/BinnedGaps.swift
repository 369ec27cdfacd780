/// The gaps of one bin: each of them, or how many there are of each length.
struct BinnedGaps: Sendable {
    private let spans: ClosedRange<Int64>
    /// The gaps in any order, where they are fewer than lengths.
    private var values: [Int64] = []
    /// How many gaps have each length of the bin, else; empty where ``values`` are kept.
    private var counters: [Int] = []

    /// No gaps yet of a bin that will hold `count`.
    init(spans: ClosedRange<Int64>, expecting count: Int) {
        self.spans = spans
        // A bin's width is a power of two below 2^63.
        if count > spans.upperBound - spans.lowerBound {
            counters = [Int](repeating: 0, count: Int(spans.upperBound - spans.lowerBound) + 1)
        } else {
            values.reserveCapacity(count)
        }
    }

    /// The gaps of the same bin of several cells.
    init(_ parts: [BinnedGaps], spans: ClosedRange<Int64>) {
        let counted = parts.first { !$0.counters.isEmpty }
        self.spans = spans
        counters = counted?.counters ?? []
        var isTaken = counted == nil
        for part in parts {
            if part.counters.isEmpty {
                for value in part.values { add(value) }
            } else if isTaken {
                for (index, count) in part.counters.enumerated() { counters[index] += count }
            } else {
                isTaken = true
            }
        }
    }

    /// Takes in a gap of the bin.
    @inline(__always)
    mutating func add(_ gap: Int64) {
        if counters.isEmpty {
            values.append(gap)
        } else {
            counters[Int(gap - spans.lowerBound)] += 1
        }
    }

    /// Takes in `times` gaps of one length of the bin.
    mutating func add(_ gap: Int64, times: Int) {
        if counters.isEmpty {
            values.append(contentsOf: repeatElement(gap, count: times))
        } else {
            counters[Int(gap - spans.lowerBound)] += times
        }
    }

    /// The gaps of the ranks `ranks`, rising, each below their number. O(gaps) expected.
    func values(ofRanks ranks: [Int]) -> [Int64] {
        guard !counters.isEmpty else {
            var values = values
            values.withUnsafeMutableBufferPointer { $0.select(ranks: ranks[...]) }
            return ranks.map { values[$0] }
        }
        var index = 0
        var below = 0
        return ranks.map { rank in
            while below + counters[index] <= rank {
                below += counters[index]
                index += 1
            }
            return spans.lowerBound + Int64(index)
        }
    }

    /// How many gaps are shorter than `bound`.
    func count(below bound: Int64) -> Int {
        guard !counters.isEmpty else { return values.count { $0 < bound } }
        let shorter = max(0, min(bound, spans.upperBound + 1) - spans.lowerBound)
        return counters[..<Int(shorter)].reduce(0, +)
    }
}

/// The wanted bins of a cell.
struct CellSlots: Sendable {
    /// The slot of each bin; -1 for bins that are not wanted.
    private var slotOfBin: [Int32]
    private var slots: [BinnedGaps] = []

    init(_ cell: GapCell, wanted: Set<Int>, _ bins: GapBins) {
        let held = wanted.filter { $0 < cell.counts.count && cell.counts[$0] > 0 }
        slotOfBin = held.isEmpty ? [] : [Int32](repeating: -1, count: cell.counts.count)
        for bin in held {
            slotOfBin[bin] = Int32(slots.count)
            slots.append(BinnedGaps(spans: bins.spans(of: bin), expecting: cell.counts[bin]))
        }
    }

    mutating func add(_ gaps: UnsafeBufferPointer<Int64>, _ bins: GapBins) {
        guard !slots.isEmpty else { return }
        slotOfBin.withUnsafeBufferPointer { slotOfBin in
            for gap in gaps {
                let slot = slotOfBin[bins.bin(of: gap)]
                if slot >= 0 { slots[Int(slot)].add(gap) }
            }
        }
    }

    mutating func add(_ gap: Int64, times: Int, _ bins: GapBins) {
        guard !slots.isEmpty else { return }
        let slot = slotOfBin[bins.bin(of: gap)]
        if slot >= 0 { slots[Int(slot)].add(gap, times: times) }
    }

    subscript(bin: Int) -> BinnedGaps? {
        guard bin < slotOfBin.count, slotOfBin[bin] >= 0 else { return nil }
        return slots[Int(slotOfBin[bin])]
    }
}
