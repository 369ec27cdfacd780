package import ClockSync

/// A mapping against true times that are known, as a simulation or a measurement on one host has
/// them.
package struct ClockErrors: Hashable, Sendable {
    package let count: Int
    /// Instants within a zone in which a clock broke: intervals are judged there, the estimate is
    /// not.
    package let inZones: Int
    /// |estimate - truth| of the others, ns, by the nearest rank; nil without any.
    package let p50: Int64?
    package let p99: Int64?
    package let maximum: Int64?
    /// The share of all instants whose interval holds the truth.
    package let hardCoverage: Double
    package let budgetCoverage: Double

    /// - Parameters:
    ///   - instants: The agent's time and what it was mapped to, at least one.
    ///   - truth: The true time of each, ns of the coordinator's clock.
    ///   - events: The breaks that the fit found.
    package init(
        _ instants: [(agentNs: Int64, at: MappedInstant)], truth: [Int64], events: [ClockEvent]
    ) {
        precondition(
            instants.count == truth.count && !instants.isEmpty, "each instant has its true time")
        count = instants.count
        var errors: [Int64] = []
        var hard = 0
        var budget = 0
        for ((agentNs, at), truth) in zip(instants, truth) {
            if at.hardLowNs <= truth, truth <= at.hardHighNs { hard += 1 }
            if at.budgetLowNs <= truth, truth <= at.budgetHighNs { budget += 1 }
            if events.contains(where: { $0.fromAgentNs <= agentNs && agentNs <= $0.toAgentNs }) {
                continue
            }
            let (error, overflow) = at.coordinatorNs.subtractingReportingOverflow(truth)
            errors.append(overflow ? .max : Int64(clamping: error.magnitude))
        }
        errors.sort()
        inZones = count - errors.count
        func rank(_ share: Double) -> Int64? {
            errors.isEmpty ? nil : errors[min(errors.count - 1, Int(Double(errors.count) * share))]
        }
        p50 = rank(0.5)
        p99 = rank(0.99)
        maximum = errors.last
        hardCoverage = Double(hard) / Double(count)
        budgetCoverage = Double(budget) / Double(count)
    }
}
