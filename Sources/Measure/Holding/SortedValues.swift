import Goodput

/// Values in order, for medians and quantiles.
struct SortedValues: Sendable {
    /// Rising.
    let values: [Double]

    /// - Parameter values: Finite, in any order.
    init(_ values: consuming [Double]) {
        var values = values
        values.sort()
        self.values = values
    }

    /// The percentile, linear between closest ranks; nil without values. O(1).
    func percentile(_ rank: PercentileRank) -> Double? {
        guard !values.isEmpty else { return nil }
        return InterpolatedRank(rank, of: values.count).value { values[$0] }
    }

    /// Nil without values.
    var median: Double? { percentile(.p50) }

    /// The values that most others are within `share` of: the run of values, none above `1 + share`
    /// times its least, that holds the most; of equally many the least. Nil without values. O(n).
    func densest(within share: Double) -> Densest? {
        var best: Range<Int> = 0..<0
        var end = 0
        for start in values.indices {
            let top = values[start] * (1 + share)
            end = max(end, start)
            while end < values.count, values[end] <= top { end += 1 }
            if end - start > best.count { best = start..<end }
        }
        guard !best.isEmpty else { return nil }
        return Densest(
            centre: InterpolatedRank(.p50, of: best.count).value { values[best.lowerBound + $0] },
            count: best.count)
    }

    /// The most crowded stretch of a set of values.
    struct Densest: Hashable, Sendable {
        /// The median of the values in it.
        let centre: Double
        /// How many values it holds, at least 1.
        let count: Int
    }
}

/// The median of `values`; nil without any. O(n log n).
func median(_ values: consuming [Double]) -> Double? { SortedValues(values).median }
