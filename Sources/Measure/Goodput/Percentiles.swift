/// The figures reported of a set of values: percentiles that interpolate linearly between closest
/// ranks (numpy's default), mean and extreme.
package struct Percentiles: Hashable, Sendable {
    /// How many values there are; at least 1.
    package var count: Int
    package var p50: Double
    package var p90: Double
    package var p99: Double
    package var mean: Double
    package var max: Double
    /// The percentiles that were asked for beside the three.
    private var others: [PercentileRank: Double] = [:]

    package init(count: Int, p50: Double, p90: Double, p99: Double, mean: Double, max: Double) {
        self.count = count
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
        self.mean = mean
        self.max = max
    }

    /// The distribution of `values`, in any order; nil without values. O(n) expected.
    package init?(_ values: consuming [Int64], ranks: PercentileRanks = .standard) {
        var values = values
        guard let largest = values.max() else { return nil }
        var sum: Int128 = 0
        for value in values { sum += Int128(value) }
        self.init(&values, sum: Double(sum), max: Double(largest), ranks: ranks) { Double($0) }
    }

    /// The distribution of `values`, finite and in any order; nil without values. O(n) expected.
    package init?(_ values: consuming [Double], ranks: PercentileRanks = .standard) {
        var values = values
        guard let largest = values.max() else { return nil }
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        self.init(&values, sum: sum.value, max: largest, ranks: ranks) { $0 }
    }

    private init<Value: Comparable>(
        _ values: inout [Value], sum: Double, max: Double, ranks: PercentileRanks,
        _ double: (Value) -> Double
    ) {
        let indices = ranks.indices(of: values.count)
        values.withUnsafeMutableBufferPointer { $0.select(ranks: indices[...]) }
        let sorted = values
        self.init(count: sorted.count, sum: sum, max: max, ranks: ranks) { double(sorted[$0]) }
    }

    /// The distribution of `count` values of which `value(r)` is the one of rank r, from 0.
    init(count: Int, sum: Double, max: Double, ranks: PercentileRanks, value: (Int) -> Double) {
        func percentile(_ rank: PercentileRank) -> Double {
            InterpolatedRank(rank, of: count).value(value)
        }
        self.init(
            count: count, p50: percentile(.p50), p90: percentile(.p90), p99: percentile(.p99),
            mean: sum / Double(count), max: max)
        for rank in ranks.ranks where !PercentileRanks.always.ranks.contains(rank) {
            others[rank] = percentile(rank)
        }
    }

    /// The percentile of that rank; nil where it was not asked for when these were made.
    package subscript(rank: PercentileRank) -> Double? {
        switch rank {
        case .p50: p50
        case .p90: p90
        case .p99: p99
        default: others[rank]
        }
    }
}

/// Where a percentile lies among sorted values: between the ranks `lower` and `upper`, `weight` of
/// the way.
package struct InterpolatedRank: Hashable, Sendable {
    package let lower: Int
    package let upper: Int
    /// From 0 to below 1.
    package let weight: Double

    /// The rank of `percentile` among `count` values, at least 1.
    package init(_ percentile: PercentileRank, of count: Int) {
        precondition(count > 0, "an empty set has no percentiles")
        // In hundred thousandths of a rank, so that whole ranks are exact.
        let scaled = (count - 1).multipliedFullWidth(by: percentile.thousandths)
        let (rank, rest) = 100_000.dividingFullWidth(scaled)
        lower = rank
        upper = min(rank + 1, count - 1)
        weight = Double(rest) / 100_000
    }

    /// The least and the greatest that the percentile may be, given the values' bounds by rank.
    func range(_ bounds: (Int) -> ClosedRange<Int64>) -> (low: Double, high: Double) {
        let lower = bounds(lower)
        let upper = bounds(upper)
        return (
            value { Double($0 == self.lower ? lower.lowerBound : upper.lowerBound) },
            value { Double($0 == self.lower ? lower.upperBound : upper.upperBound) }
        )
    }

    /// The percentile, given the values by rank.
    package func value(_ at: (Int) -> Double) -> Double {
        let below = at(lower)
        return weight == 0 ? below : below + (at(upper) - below) * weight
    }
}

extension PercentileRanks {
    /// The ranks of the values that these percentiles and the three of every distribution of
    /// `count` values are made from, each once, rising.
    ///
    /// - Parameter count: At least 1.
    func indices(of count: Int) -> [Int] {
        var indices: Set<Int> = []
        for rank in withThree {
            let between = InterpolatedRank(rank, of: count)
            indices.formUnion([between.lower, between.upper])
        }
        return indices.sorted()
    }
}

/// A sum of doubles whose error does not grow with their number (Neumaier's variant of Kahan's
/// compensated summation).
package struct CompensatedSum: Hashable, Sendable {
    private var sum = 0.0
    private var compensation = 0.0

    package init() {}

    package mutating func add(_ term: Double) {
        let next = sum + term
        if sum.magnitude >= term.magnitude {
            compensation += (sum - next) + term
        } else {
            compensation += (term - next) + sum
        }
        sum = next
    }

    /// The sum of all terms so far.
    package var value: Double { sum + compensation }
}
