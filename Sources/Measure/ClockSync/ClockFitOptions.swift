package import TimeBase

/// The assumptions about clocks and network, and how finely the fit looks.
package struct ClockFitOptions: Hashable, Sendable {
    /// The largest rate at which two clocks may part, in parts per million.
    package var maximumRatePPM: Double
    /// D, the bound of |g''|: how fast that rate may change, in ppb a second.
    package var wanderPPBPerSecond: Double
    /// Kappa, the share of the least round trip by which the delays of the two directions of an
    /// exchange may differ without more round trip; in 0...1. Only the budget interval trusts it.
    package var asymmetryBudget: Double
    /// The spacing of the knots at which the bounds are kept; below 1 ns it counts as 1 ns. Bounds
    /// hold at any, and are the tighter the closer the knots.
    package var knotSpacing: TimeSpan

    package init(
        maximumRatePPM: Double = 600, wanderPPBPerSecond: Double = 100,
        asymmetryBudget: Double = 0.35, knotSpacing: TimeSpan = .milliseconds(250)
    ) {
        self.maximumRatePPM = maximumRatePPM
        self.wanderPPBPerSecond = wanderPPBPerSecond
        self.asymmetryBudget = asymmetryBudget
        self.knotSpacing = knotSpacing
    }
}
