import Histogram
import TimeBase

/// How late requests leave, as a distribution: at most 24 KiB, however long the run.
struct LatenessMeter {
    /// Lateness beyond this counts as this.
    static let ceilingNs: UInt64 = 3_600_000_000_000

    private var all = Self.empty()
    private var recent = Self.empty()

    private static func empty() -> Histogram<UInt32> {
        Histogram(highestTrackableValue: ceilingNs, numberOfSignificantValueDigits: .two)
    }

    /// Notes that a request left `lateness` after it was due.
    mutating func add(_ lateness: TimeSpan) {
        let value = min(UInt64(max(0, lateness.ns)), Self.ceilingNs)
        all.record(value)
        recent.record(value)
    }

    /// The 99th percentile in ns since the last call, 0 without any request.
    mutating func takeP99() -> Int64 {
        defer { recent.reset() }
        return recent.totalCount == 0 ? 0 : Int64(recent.valueAtPercentile(99))
    }

    /// Median, 99th percentile and maximum in ns over the whole run, 0 without any request.
    var whole: (p50Ns: Int64, p99Ns: Int64, maxNs: Int64) {
        guard all.totalCount > 0 else { return (0, 0, 0) }
        return (
            Int64(all.valueAtPercentile(50)), Int64(all.valueAtPercentile(99)), Int64(all.max)
        )
    }
}
