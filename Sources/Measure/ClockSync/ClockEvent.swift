/// A break of the mapping that the bounds cannot explain by a drifting oscillator.
package struct ClockEvent: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// One clock jumped against the other.
        case step
        /// The rate changed by more than an oscillator's wander; the offset stayed continuous.
        case rate
        /// The agent's host stood still: CLOCK_BOOTTIME went on while CLOCK_MONOTONIC_RAW did not.
        case suspend
    }

    package var kind: Kind
    /// The zone that holds the break, on the agent's clock, ns.
    package var fromAgentNs: Int64
    package var toAgentNs: Int64
    /// Where in the zone the break most likely is, on the agent's clock, ns.
    package var atAgentNs: Int64

    package init(kind: Kind, fromAgentNs: Int64, toAgentNs: Int64, atAgentNs: Int64) {
        self.kind = kind
        self.fromAgentNs = fromAgentNs
        self.toAgentNs = toAgentNs
        self.atAgentNs = atAgentNs
    }
}

/// A break too small for the bounds to see, which the point estimate's residuals suggest.
package struct SuspectedBreak: Hashable, Sendable {
    /// Where it may lie, on the agent's clock, ns.
    package var fromAgentNs: Int64
    package var toAgentNs: Int64
    /// Where it most likely is, on the agent's clock, ns.
    package var atAgentNs: Int64
    /// How far what was seen before and what was seen after disagree, in standard deviations.
    package var sigmas: Double

    package init(fromAgentNs: Int64, toAgentNs: Int64, atAgentNs: Int64, sigmas: Double) {
        self.fromAgentNs = fromAgentNs
        self.toAgentNs = toAgentNs
        self.atAgentNs = atAgentNs
        self.sigmas = sigmas
    }
}
