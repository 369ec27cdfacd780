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

    /// The distribution of `values`, in any order; nil without values. O(n log n).
    package init?(_ values: [Int64], ranks: PercentileRanks = .standard) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        var sum: Int128 = 0
        for value in sorted { sum += Int128(value) }
        self.init(
            count: sorted.count, sum: Double(sum), max: Double(sorted[sorted.count - 1]),
            ranks: ranks
        ) { rank in Double(sorted[rank]) }
    }

    /// The distribution of `values`, finite and in any order; nil without values. O(n log n).
    package init?(_ values: [Double], ranks: PercentileRanks = .standard) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        var sum = CompensatedSum()
        for value in sorted { sum.add(value) }
        self.init(
            count: sorted.count, sum: sum.value, max: sorted[sorted.count - 1], ranks: ranks
        ) { rank in sorted[rank] }
    }

    /// The distribution of `count` values of which `value(r)` is the one of rank r, from 0.
    init(count: Int, sum: Double, max: Double, ranks: PercentileRanks, value: (Int) -> Double) {
        func percentile(_ rank: PercentileRank) -> Double {
            InterpolatedRank(rank, of: count).value(value)
        }
        self.init(
            count: count, p50: percentile(.p50), p90: percentile(.p90), p99: percentile(.p99),
            mean: sum / Double(count), max: max)
        for rank in ranks.ranks where !PercentileRanks.standard.ranks.contains(rank) {
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

    /// The place of `percentile` among `count` values, at least 1.
    package init(_ percentile: PercentileRank, of count: Int) {
        precondition(count > 0, "an empty set has no percentiles")
        // In hundred thousandths of a rank, so that whole ranks are exact.
        let place = (count - 1).multipliedFullWidth(by: percentile.thousandths)
        let (rank, rest) = 100_000.dividingFullWidth(place)
        lower = rank
        upper = min(rank + 1, count - 1)
        weight = Double(rest) / 100_000
    }

    /// The percentile, given the values by rank.
    func value(_ at: (Int) -> Double) -> Double {
        let below = at(lower)
        return weight == 0 ? below : below + (at(upper) - below) * weight
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
