package import Goodput

/// The gains of a server that would have delayed tokens or dropped requests of a recorded run,
/// metric by metric.
///
/// All rates but ``FirstTokenHold/rate`` divide by the recorded T; they are nil where T is 0.
package struct Gameability: Hashable, Sendable {
    /// The count of requests that meet the classic objectives.
    package struct Classic: Hashable, Sendable {
        package let recorded: Int
        /// The best theta, ns: the least one with which ``paced`` requests meet them.
        package let theta: Int64
        package let paced: Int
        /// Requests that some delay makes meet them.
        package let any: Int
        /// Whether there is an objective of that kind.
        package let isBounded: Bool
        /// Tokens a second that went to requests that had missed an objective already.
        package let freed: Double?
    }

    /// The 99th percentile of all gaps between tokens, ns; nil without gaps.
    package struct Gaps: Hashable, Sendable {
        package let recorded: Double?
        /// The least x such that pacing to x makes the percentile x.
        package let paced: Int64?
        /// With every request dropped at its first miss.
        package let afterRule: Double?
    }

    /// A mean over requests with tokens, 0...1; nil without any.
    package struct Mean: Hashable, Sendable {
        package let recorded: Double?
        /// The best that one of the thetas that were tried makes it: at least this much.
        package let paced: Double?
        /// The supremum over all delays, future known; nil where none is known.
        package let any: Double?
        /// With every request dropped at its first miss.
        package let afterRule: Double?
    }

    /// Smooth goodput, tokens a second.
    package struct Smooth: Hashable, Sendable {
        package let recorded: Double?
        /// The supremum over all delays.
        package let any: Double?
        /// With every request dropped at its first miss.
        package let afterRule: Double?
        /// With every request dropped where its benefit is greatest, or not at all.
        package let afterBest: Double?
    }

    /// [SG] eq. 7, tokens a second. Neither pacing nor dropping raises it.
    package struct SLOGoodput: Hashable, Sendable {
        package let recorded: Double?
        /// The supremum over all delays.
        package let any: Double?
        /// Tokens a second that went to requests that had missed a deadline already: a bound on
        /// what a server that abandons them could turn into good ones.
        package let freed: Double?
    }

    /// T.
    package let interval: ServingInterval
    package let requests: Int
    /// Requests with a deadline that passed undelivered.
    package let missed: Int
    package let gaps: Gaps
    package let classic: Classic
    package let goodput: SLOGoodput
    package let experience: Mean
    package let fluidity: Mean
    package let smooth: Smooth
    /// The hold where the parameters' deadlines count from the first token; nil elsewhere.
    package let hold: FirstTokenHold?
    /// The hold if the deadlines counted from the first token, whatever the parameters say; nil
    /// where a benefit is no number that a double can hold.
    package let firstTokenHold: FirstTokenHold?
    /// The speeds that every run lists and the chosen ones, rising.
    package let robustFor: [RobustWeight]
    /// Reading speeds of the run's classes, tokens per second, rising.
    package let readingSpeeds: [Double]
}

/// Smooth goodput where deadlines count from the first token, and what holding it gains.
package struct FirstTokenHold: Hashable, Sendable {
    /// The largest l, ns: holding every first token so long removes all idle time.
    package let hold: Int64
    /// Tokens a second.
    package let recorded: Double?
    /// Without idle time, over the T that the hold makes.
    package let rate: Double?
}

/// alpha* of a reading speed: no drop of a request gains with a weight of idle time up to that.
package struct RobustWeight: Hashable, Sendable {
    /// S, tokens per second.
    package let readingSpeed: Double
    /// nil where no drop gains with any weight.
    package let alpha: Double?
}
