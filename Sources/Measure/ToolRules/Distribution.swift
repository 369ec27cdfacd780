package import Goodput

/// The figures of a set of values, each with a weight.
package struct Distribution: Hashable, Sendable {
    /// The weights' sum: the number of values where each counts once. At least 1.
    package var count: Int
    package var mean: Double
    /// The population's standard deviation, as numpy has it.
    package var deviation: Double
    package var least: Double
    package var greatest: Double
    /// The percentiles that were asked for.
    package var percentiles: [PercentileRank: Double]

    /// The values' sum, each as often as its weight says.
    package var sum: Double { mean * Double(count) }

    init(
        count: Int, mean: Double, deviation: Double, least: Double, greatest: Double,
        percentiles: [PercentileRank: Double]
    ) {
        self.count = count
        self.mean = mean
        self.deviation = deviation
        self.least = least
        self.greatest = greatest
        self.percentiles = percentiles
    }

    /// The distribution of `values`, finite and in any order, by percentiles between closest ranks;
    /// nil without values. O(n log n).
    package init?(_ values: consuming [Double], ranks: Set<PercentileRank>) {
        var sorted = values
        guard !sorted.isEmpty else { return nil }
        sorted.sort()
        let mean = Self.mean(sorted)
        let squares = Self.sum(sorted) { ($0 - mean) * ($0 - mean) }
        self.init(
            count: sorted.count, mean: mean,
            deviation: (squares / Double(sorted.count)).squareRoot(), least: sorted[0],
            greatest: sorted[sorted.count - 1], percentiles: [:])
        for rank in ranks {
            percentiles[rank] = InterpolatedRank(rank, of: sorted.count).value { sorted[$0] }
        }
    }

    /// The distribution of `values` with weights of at least 0, finite and in any order, by
    /// percentiles that are values: the least one at which the shares add up to the percentile's.
    ///
    /// The shares are added as doubles, in the values' order, equal values being one: a share that
    /// is met exactly may be missed by a rounding, and the next value is taken, as in guidellm.
    ///
    /// - Returns: nil where no value has a weight.
    /// - Complexity: O(n log n).
    package init?(attained values: [(value: Double, weight: Int)], ranks: Set<PercentileRank>) {
        let sorted = values.filter { $0.weight > 0 }.sorted { $0.value < $1.value }
        var merged: [(value: Double, weight: Int)] = []
        for entry in sorted {
            if let last = merged.last, last.value == entry.value {
                merged[merged.count - 1].weight += entry.weight
            } else {
                merged.append(entry)
            }
        }
        guard let first = merged.first, let last = merged.last else { return nil }
        let total = merged.reduce(0) { $0 + $1.weight }
        func mean(_ term: (Double) -> Double) -> Double {
            Self.sum(merged) { term($0.value) * Double($0.weight) } / Double(total)
        }
        let center = mean { $0 }
        self.init(
            count: total, mean: center,
            deviation: mean { ($0 - center) * ($0 - center) }.squareRoot(), least: first.value,
            greatest: last.value, percentiles: [:])
        var reached = 0.0
        var wanted = ranks.sorted()[...]
        for entry in merged {
            reached += Double(entry.weight) / Double(total)
            while let rank = wanted.first, reached >= Double(rank.thousandths) / 100_000 {
                percentiles[rank] = entry.value
                wanted.removeFirst()
            }
        }
        for rank in wanted { percentiles[rank] = last.value }
    }

    private static func mean(_ values: [Double]) -> Double {
        sum(values) { $0 } / Double(values.count)
    }

    private static func sum<Value>(_ values: [Value], _ term: (Value) -> Double) -> Double {
        var sum = CompensatedSum()
        for value in values { sum.add(term(value)) }
        return sum.value
    }
}
