extension UnsafeMutableBufferPointer where Element: Comparable {
    /// Moves the values of `ranks`, rising, to their indices. O(n log(number of ranks)) expected.
    func select(ranks: ArraySlice<Int>) {
        guard !ranks.isEmpty else { return }
        let middle = ranks.startIndex + ranks.count / 2
        let rank = ranks[middle]
        _ = select(rank: rank)
        UnsafeMutableBufferPointer(rebasing: self[..<rank]).select(ranks: ranks[..<middle])
        let rest = ranks[(middle + 1)...].map { $0 - rank - 1 }
        UnsafeMutableBufferPointer(rebasing: self[(rank + 1)...]).select(ranks: rest[...])
    }

    /// The value of rank `rank` among the buffer's values, which are reordered so that no value
    /// before that index is greater and none behind it is less.
    ///
    /// Quickselect with the median of three; after too many uneven splits it sorts what is left, so
    /// that no order of values costs more than O(n log n). O(n) expected.
    package func select(rank: Int) -> Element {
        precondition(indices.contains(rank), "a rank lies within the buffer")
        var low = 0
        var high = count - 1
        var splitsLeft = 2 * (Int.bitWidth - count.leadingZeroBitCount) + 8
        while high - low > 16 {
            guard splitsLeft > 0 else { break }
            splitsLeft -= 1
            let pivot = medianOfThree(low, high)
            var i = low
            var j = high
            while i <= j {
                while self[i] < pivot { i += 1 }
                while self[j] > pivot { j -= 1 }
                if i <= j {
                    swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if rank <= j {
                high = j
            } else if rank >= i {
                low = i
            } else {
                return self[rank]
            }
        }
        var rest = UnsafeMutableBufferPointer(rebasing: self[low...high])
        rest.sort()
        return self[rank]
    }

    private func medianOfThree(_ low: Int, _ high: Int) -> Element {
        let a = self[low]
        let b = self[low + (high - low) / 2]
        let c = self[high]
        return Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
    }
}

extension UnsafeMutableBufferPointer where Element == Int64 {
    /// The percentile of the buffer's values together with `zeros` further values of 0, none of
    /// the buffer's being negative; nil when there are none at all. Reorders the buffer. O(n)
    /// expected.
    func percentile(_ rank: PercentileRank, zeros: Int) -> Double? {
        guard count + zeros > 0 else { return nil }
        let between = InterpolatedRank(rank, of: count + zeros)
        return between.value { rank in
            rank < zeros ? 0 : Double(select(rank: rank - zeros))
        }
    }

    /// The middle value, the lower one of two; nil without values. Reorders the buffer. O(n)
    /// expected.
    package func lowerMedian() -> Int64? {
        isEmpty ? nil : select(rank: (count - 1) / 2)
    }
}
