import Goodput

/// Sums over the requests of a scope of how many of their gaps are at most the percentiles of all,
/// taken in one after the other.
struct GapLimits {
    /// The percentiles of the gaps, ns; empty without gaps.
    let values: [Double]
    /// How many gaps there are.
    let count: Int
    /// Requests with gaps beyond each percentile.
    private(set) var beyond = [Int](repeating: 0, count: PercentileSamples.ranks.count)
    /// The greatest whole numbers up to the percentiles.
    let most: SIMD4<Int64>
    private let scope: SampleScope
    private var cosines = ArrivalCosines(figures: PercentileSamples.ranks.count)
    private var z = [Double](repeating: 0, count: PercentileSamples.ranks.count)

    init(_ values: [Double], of count: Int, _ scope: SampleScope) {
        self.values = values
        self.count = count
        self.scope = scope
        most =
            values.count == 4
            ? SIMD4(values.map { Int64(min($0, 0x1p62).rounded(.down)) }) : SIMD4()
    }

    /// Takes in a request's gaps.
    ///
    /// - Parameters:
    ///   - below: Those longer than 0 that are at most each percentile.
    ///   - gaps: How many are longer than 0, and how many of length 0.
    mutating func add(
        _ below: SIMD4<UInt32>, _ gaps: (some: UInt32, empty: UInt32), at scheduled: Int64
    ) {
        let all = Int(gaps.some) + Int(gaps.empty)
        guard all > 0 else { return }
        for (place, rank) in PercentileSamples.ranks.enumerated() {
            let count = Int(below[place]) + Int(gaps.empty)
            if count < all { beyond[place] += 1 }
            z[place] = Double(count) - rank.share * Double(all)
        }
        cosines.add(z, at: scope.place(of: scheduled))
    }

    /// The spread of the sum of a percentile, by its place in ``PercentileSamples/ranks``.
    func spread(of place: Int, ratio: Double) -> ArrivalSpread {
        cosines.spread(of: place, ratio: ratio)
    }
}

extension PercentileRank {
    /// q, 0...1.
    var share: Double { Double(thousandths) / 100_000 }
}
