/// A figure that a tool prints of a run.
package enum Quantity: Hashable, Sendable {
    /// ns.
    case duration(Interval)
    case requests(Scope)
    case tokens(Side, Scope)
    /// Per second.
    case rate(Counted, over: Interval)
    /// The requests' times from send to end over the interval.
    case concurrency(Scope, over: Interval)
    /// Requests within all bounds that are set, by the tool's own figures.
    case goodRequests
    /// The most events in one second, seconds counted from the earliest send.
    case peakEvents
    /// The most requests that were open at some moment of one second.
    case peakRequests
    case statistic(Measure, Statistic)
    /// A figure that nothing recorded tells; why, in words.
    case unknown(String)

    /// Whether the value is always whole.
    package var isCount: Bool {
        switch self {
        case .requests, .tokens, .goodRequests, .peakRequests, .statistic(_, .count): true
        default: false
        }
    }

    /// A length of the run.
    package enum Interval: Hashable, Sendable {
        /// From the earliest schedule to the latest end, of all requests.
        case schedule
        /// From the earliest send to the latest end, of all requests.
        case sends
        /// From the earliest send to the latest end of a latency, of counted requests.
        case counted
    }

    /// Requests that are counted together.
    package enum Scope: Hashable, Sendable {
        case counted
        case failed
        case incomplete
        case all
    }

    package enum Side: Hashable, Sendable {
        case input
        case output
        case both
    }

    package enum Counted: Hashable, Sendable {
        case requests(Scope)
        case tokens(Side, Scope)
        case goodRequests
    }
}

/// Why a tool's figure has no value here.
package enum MissingReason: Hashable, Sendable {
    /// Requests whose send is not known.
    case noSend(requests: Int)
    /// Nothing tells when requests were sent, or how long the run was.
    case noStarts
    /// Requests whose prompt's length is not known.
    case noPrompt(requests: Int)
    /// No request that counts.
    case noRequest
    /// No value in a distribution.
    case noValue
    /// No bound is set.
    case noBound
    /// An interval of 0 ns.
    case noTime
    /// It is not recorded, in words.
    case notRecorded(String)
}
