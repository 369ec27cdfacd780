/// A stamp of one agent on the coordinator's clock, with what is known about it: three statements
/// of growing trust and shrinking width.
package struct MappedInstant: Hashable, Sendable {
    /// The point estimate, ns of the coordinator's CLOCK_MONOTONIC_RAW.
    package var coordinatorNs: Int64
    /// Holds the truth, given only that no message travels backwards in time and that the clocks'
    /// rates keep within ``ClockFitOptions``.
    package var hardLowNs: Int64
    package var hardHighNs: Int64
    /// Holds the truth when also the two directions differ by at most the asymmetry budget.
    package var budgetLowNs: Int64
    package var budgetHighNs: Int64
    /// The standard deviation of the point estimate, ns; it knows nothing of a constant asymmetry.
    package var estSigmaNs: Double

    /// Half of the guaranteed interval's width, ns.
    package var hardHalfWidthNs: Int64 { Self.half(hardLowNs, hardHighNs) }
    /// Half of the budget interval's width, ns.
    package var budgetHalfWidthNs: Int64 { Self.half(budgetLowNs, budgetHighNs) }
    /// The advisory half width of the point estimate, ns: three sigma, at least 500 ns.
    package var estNs: Int64 { Int64(clamped: max(3 * estSigmaNs, 500).rounded(.up)) }

    private static func half(_ low: Int64, _ high: Int64) -> Int64 {
        let width = high.clampedDifference(low)
        return width / 2 + width % 2
    }
}
