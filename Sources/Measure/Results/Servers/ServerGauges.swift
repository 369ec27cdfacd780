/// Mean and greatest of a figure over its samples.
package struct GaugeRange: Hashable, Sendable {
    package var mean: Double
    package var max: Double
}

/// Takes in the samples of a figure that goes up and down.
struct GaugeTally: Hashable, Sendable {
    private var count = 0
    private var sum = 0.0
    private var greatest = 0.0

    /// - Parameter value: at least 0; nil for a sample that does not say.
    mutating func add(_ value: Double?) {
        guard let value else { return }
        count += 1
        sum += value
        greatest = max(greatest, value)
    }

    /// Nil where no sample said it.
    var range: GaugeRange? {
        count == 0 ? nil : GaugeRange(mean: sum / Double(count), max: greatest)
    }
}

/// Takes in the samples of a figure that only rises, and begins again where its server does.
struct CounterRise: Hashable, Sendable {
    private var last: UInt64?
    /// By how much it rose from the first sample to the last; nil where none said it.
    private(set) var rise: UInt64?

    mutating func add(_ value: UInt64?) {
        guard let value else { return }
        let risen = last.map { Self.between($0, value) } ?? 0
        let (sum, overflows) = (rise ?? 0).addingReportingOverflow(risen)
        rise = overflows ? .max : sum
        last = value
    }

    /// The rise from one sample to the next: a lower number counts from 0, as after a start of the
    /// server (Prometheus, `increase`).
    static func between(_ first: UInt64, _ last: UInt64) -> UInt64 {
        last >= first ? last - first : last
    }
}
