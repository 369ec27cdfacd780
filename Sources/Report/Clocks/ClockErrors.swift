package import ClockSync

/// A mapping against true times that are known, as a simulation or a measurement on one host has them.
package struct ClockErrors: Hashable, Sendable {
    package let count: Int
    /// |estimate - truth|, ns, by the nearest rank.
    package let p50: Int64
    package let p99: Int64
    package let maximum: Int64
    /// The share of instants whose interval holds the truth.
    package let hardCoverage: Double
    package let budgetCoverage: Double

    /// - Parameters:
    ///   - truth: The true time of each, ns of the coordinator's clock.
    ///   - asymmetryNs: Half of what the outward path takes longer than the one back, which no exchange can
    ///     see: the estimate is truth - asymmetry at its best.
    package init(mapped: [MappedInstant], truth: [Int64], asymmetryNs: Int64 = 0) {
        precondition(
            mapped.count == truth.count && !mapped.isEmpty, "each instant has its true time")
        count = mapped.count
        let errors = zip(mapped, truth).map { at, truth in
            let (error, overflow) = at.coordinatorNs.subtractingReportingOverflow(truth)
            let (whole, beyond) = error.addingReportingOverflow(asymmetryNs)
            return overflow || beyond ? Int64.max : Int64(clamping: whole.magnitude)
        }.sorted()
        func rank(_ share: Double) -> Int64 {
            errors[min(errors.count - 1, Int(Double(errors.count) * share))]
        }
        p50 = rank(0.5)
        p99 = rank(0.99)
        maximum = errors[errors.count - 1]
        let hard = zip(mapped, truth).count { $0.hardLowNs <= $1 && $1 <= $0.hardHighNs }
        let budget = zip(mapped, truth).count { $0.budgetLowNs <= $1 && $1 <= $0.budgetHighNs }
        hardCoverage = Double(hard) / Double(count)
        budgetCoverage = Double(budget) / Double(count)
    }
}
