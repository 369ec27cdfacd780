import Histogram

/// Spans of time at three significant digits, from ``resolution`` to an hour: memory does not grow
/// with their number.
struct LiveHistogram: Sendable {
    private var histogram: Histogram<UInt32>

    /// ns; shorter spans are told apart from 0 no longer.
    static let resolution: UInt64 = 100
    private static let longest: UInt64 = 3_600_000_000_000

    init() {
        histogram = Histogram(
            lowestDiscernibleValue: Self.resolution, highestTrackableValue: Self.longest,
            numberOfSignificantValueDigits: .three)
    }

    /// Counts a span in ns; a negative one counts as 0, one over an hour as an hour.
    mutating func record(_ ns: Int64) {
        histogram.record(min(UInt64(max(0, ns)), Self.longest))
    }

    /// The 99th percentile in ns; nil without spans.
    var p99: Double? {
        histogram.totalCount == 0 ? nil : Double(histogram.valueAtPercentile(99))
    }

    /// How many spans were counted.
    var count: Int { Int(histogram.totalCount) }
}
