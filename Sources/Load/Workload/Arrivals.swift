package import Randomness

/// How the sessions of an open stage arrive.
package enum Arrivals: Hashable, Sendable {
    /// A rate in sessions per second, linear from `from` at the stage's begin to `to` at its end.
    case rate(from: Double, to: Double, spacing: Spacing)
    /// `size` at once at the begin, and again every `everyNs` where that is set.
    case burst(size: UInt32, everyNs: Int64?)
    /// At the instants of a trace.
    case replay(TraceReplay)

    /// A Poisson process of `rate` sessions per second.
    package static func poisson(rate: Double) -> Arrivals {
        .rate(from: rate, to: rate, spacing: .gamma(burstiness: 1))
    }
}

/// How regular the arrivals of a rate are.
package enum Spacing: Hashable, Sendable {
    /// Equal gaps, the first arrival at the begin.
    case even
    /// Independent gamma gaps of shape `burstiness` (as in `vllm bench serve`): CV of the gaps is
    /// burstiness^-1/2; 1 is a Poisson process, less is burstier.
    case gamma(burstiness: Double)
}

/// The arrival instants of a rate, in ns after the stage's begin, in order.
///
/// A renewal process of unit rate is mapped through the inverse of the cumulative rate
/// L(t) = a t + (b - a) t^2 / 2D, which is exact for a Poisson process of changing rate (Cinlar,
/// *Introduction to Stochastic Processes*, 1975) and keeps the gaps' shape for the others.
package struct RateArrivals: Sendable {
    /// Arrivals later than a century after the begin do not come.
    static let horizonSeconds = 3_155_760_000.0

    private let from: Double
    private let slope: Double
    private let durationSeconds: Double?
    private let spacing: Spacing
    private var operationalTime: Double
    private var started = false
    private var random: RandomStream

    /// `durationNs` is needed where `from` and `to` differ.
    package init(
        from: Double, to: Double, spacing: Spacing, durationNs: Int64?, random: RandomStream
    ) {
        precondition(from == to || durationNs != nil, "a ramp needs a duration")
        self.from = from
        self.durationSeconds = durationNs.map { Double($0) / 1e9 }
        self.slope = durationNs.map { (to - from) / (Double($0) / 1e9) } ?? 0
        self.spacing = spacing
        self.operationalTime = 0
        self.random = random
    }

    /// The next arrival, or nil when it would be at the stage's end or later. Without a duration it
    /// ends after a century.
    package mutating func next() -> Int64? {
        switch spacing {
        case .even: operationalTime += started ? 1 : 0
        case .gamma(let burstiness):
            operationalTime += random.nextGamma(shape: burstiness) / burstiness
        }
        started = true
        let discriminant = from * from + 2 * operationalTime * slope
        guard discriminant >= 0 else { return nil }
        // The form of the root that does not cancel; 0/0 only at time 0 of a ramp from 0.
        let divisor = from + discriminant.squareRoot()
        let seconds = operationalTime == 0 ? 0 : 2 * operationalTime / divisor
        if let durationSeconds, !(seconds < durationSeconds) { return nil }
        guard seconds < Self.horizonSeconds else { return nil }
        return Int64((seconds * 1e9).rounded(.down))
    }
}
