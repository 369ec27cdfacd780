/// Gaps between tokens (`tbt`) and between stream events (inter-chunk latency) over many requests.
///
/// k tokens in one event are k − 1 gaps of length 0, counted and never stored: both distributions
/// are made from the same list of gaps above 0 and two counts of zeros.
struct GapPercentiles: Hashable, Sendable {
    var tokens: Percentiles?
    var events: Percentiles?

    /// The most gaps that are copied out and sorted; above, they are counted in passes.
    static let mostStored = 1 << 24

    /// The distributions of the gaps above 0 that `forEachGap` hands over, the same at each call,
    /// and of further zeros.
    ///
    /// - Parameters:
    ///   - ranks: The percentiles that are asked for beside the standard ones.
    ///   - gaps: How many gaps `forEachGap` hands over.
    ///   - tokenZeros: Gaps of length 0 between tokens.
    ///   - eventZeros: Gaps of length 0 between events.
    ///   - mostStored: Above it, exact ranks are found by repeated counting over ever smaller
    ///     ranges: at most 5 passes and 512 KiB a place, two places a percentile and distribution,
    ///     whatever the number of gaps.
    init(
        gaps: Int, tokenZeros: Int, eventZeros: Int, ranks: PercentileRanks = .standard,
        mostStored: Int = mostStored, forEachGap: ((Int64) -> Void) -> Void
    ) {
        if gaps <= mostStored {
            var stored: [Int64] = []
            stored.reserveCapacity(gaps)
            forEachGap { stored.append($0) }
            stored.sort()
            let sorted = stored
            var sum: Int128 = 0
            for gap in sorted { sum += Int128(gap) }
            tokens = Self.distribution(
                gaps, tokenZeros, Double(sum), Double(sorted.last ?? 0), ranks
            ) { Double(sorted[$0]) }
            events = Self.distribution(
                gaps, eventZeros, Double(sum), Double(sorted.last ?? 0), ranks
            ) { Double(sorted[$0]) }
        } else {
            var sum: Int128 = 0
            var largest: Int64 = 0
            forEachGap { gap in
                sum += Int128(gap)
                largest = max(largest, gap)
            }
            let wanted = Self.places(of: ranks, gaps, tokenZeros)
                .union(Self.places(of: ranks, gaps, eventZeros))
            let values = RankCounting.values(
                ofRanks: wanted, largest: largest, forEachValue: forEachGap)
            let at: (Int) -> Double = { Double(values[$0] ?? 0) }
            tokens = Self.distribution(gaps, tokenZeros, Double(sum), Double(largest), ranks, at)
            events = Self.distribution(gaps, eventZeros, Double(sum), Double(largest), ranks, at)
        }
    }

    private static func distribution(
        _ gaps: Int, _ zeros: Int, _ sum: Double, _ max: Double, _ ranks: PercentileRanks,
        _ at: (Int) -> Double
    ) -> Percentiles? {
        guard gaps + zeros > 0 else { return nil }
        return Percentiles(count: gaps + zeros, sum: sum, max: max, ranks: ranks) { rank in
            rank < zeros ? 0 : at(rank - zeros)
        }
    }

    /// The places among the sorted gaps above 0 that the percentiles are made from.
    private static func places(
        of ranks: PercentileRanks, _ gaps: Int, _ zeros: Int
    ) -> Set<Int> {
        var places: Set<Int> = []
        for rank in ranks.withStandard {
            let between = InterpolatedRank(rank, of: gaps + zeros)
            for place in [between.lower, between.upper] where place >= zeros {
                places.insert(place - zeros)
            }
        }
        return places
    }
}

/// Exact order statistics of more values than one wants to hold: each pass counts the values of a
/// range in 2^16 equal parts and goes on with the part that holds the rank.
enum RankCounting {
    private struct Search {
        var rank: Int
        /// The bits of the value that are known, the rest 0.
        var prefix: Int64 = 0
        /// How many values lie below the prefix's range.
        var below = 0
    }

    /// The values of `ranks`, each from 0 to below the number of values.
    ///
    /// - Parameters:
    ///   - ranks: At most a handful: each costs 512 KiB and a comparison a value.
    ///   - largest: No value is above it, none below 0.
    ///   - forEachValue: Hands over the same values at each call.
    static func values(
        ofRanks ranks: Set<Int>, largest: Int64, forEachValue: ((Int64) -> Void) -> Void
    ) -> [Int: Int64] {
        let digit = 16
        var searches = ranks.sorted().map { Search(rank: $0) }
        var shift = (Int64.bitWidth - largest.leadingZeroBitCount + digit - 1) / digit * digit
        while shift > 0 {
            let known = shift
            shift -= digit
            let prefixes = Set(searches.map(\.prefix)).sorted()
            var counts = [[Int]](
                repeating: [Int](repeating: 0, count: 1 << digit), count: prefixes.count)
            forEachValue { value in
                let prefix = (value >> known) << known
                for (index, candidate) in prefixes.enumerated() where candidate == prefix {
                    counts[index][Int(truncatingIfNeeded: value >> shift) & 0xffff] += 1
                }
            }
            for index in searches.indices {
                let place = prefixes.firstIndex(of: searches[index].prefix)!
                var part = 0
                while searches[index].below + counts[place][part] <= searches[index].rank {
                    searches[index].below += counts[place][part]
                    part += 1
                }
                searches[index].prefix |= Int64(part) << Int64(shift)
            }
        }
        return Dictionary(uniqueKeysWithValues: searches.map { ($0.rank, $0.prefix) })
    }
}
