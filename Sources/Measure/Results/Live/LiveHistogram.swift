import Histogram

/// Spans of time at three significant digits, from ``resolution`` to an hour: memory does not grow
/// with their number.
struct LiveHistogram: Sendable {
    private var histogram: Histogram<UInt32>
    /// ns, exact as far as a double is.
    private var sum = 0.0

    /// ns; shorter spans are told apart from 0 no longer.
    static let resolution: UInt64 = 100
    private static let longest: UInt64 = 3_600_000_000_000

    init() {
        histogram = Histogram(
            lowestDiscernibleValue: Self.resolution, highestTrackableValue: Self.longest,
            numberOfSignificantValueDigits: .three)
    }

    /// Counts `count` equal spans in ns; a negative one counts as 0, one over an hour as an hour.
    mutating func record(_ ns: Int64, count: UInt32 = 1) {
        let span = min(UInt64(max(0, ns)), Self.longest)
        sum += Double(span) * Double(count)
        histogram.record(span, count: count)
    }

    /// The 99th percentile in ns; nil without spans.
    var p99: Double? { percentile(99) }

    /// How many spans were counted.
    var count: Int { Int(histogram.totalCount) }

    /// Their percentiles. O(buckets) each.
    var spread: LiveSpread {
        var spread = LiveSpread()
        spread.count = count
        spread.sum = sum
        spread.p50 = percentile(50)
        spread.p90 = percentile(90)
        spread.p99 = percentile(99)
        spread.max = percentile(100)
        return spread
    }

    private func percentile(_ rank: Double) -> Double? {
        guard histogram.totalCount > 0 else { return nil }
        // The histogram tells the end of a bucket: that of the first is no span, but none.
        let value = histogram.valueAtPercentile(rank)
        return value < Self.resolution ? 0 : Double(value)
    }
}
