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

    /// The 99th percentile in ns over the whole run, 0 without any request.
    var p99Ns: Int64 { all.totalCount == 0 ? 0 : Int64(all.valueAtPercentile(99)) }
}
