/// A quantity that each request has one value of, or its events have.
package enum Measure: Hashable, Sendable {
    /// t_0 − sent, ns.
    case timeToFirst
    /// The second event's time less the first one's, ns.
    case timeToSecond
    /// The end that the tool counts to less sent, ns.
    case latency
    /// (end − t_0)/(n − 1), ns, to the end of ``latency``.
    case meanGapToEnd
    /// (t_last − t_0)/(n − 1), ns.
    case meanGap
    /// (t_last − sent)/n, ns.
    case timePerToken
    /// n − 1 over t_last − t_0: the reciprocal of ``meanGap``, per ns.
    case ratePerUser
    /// n over ``latency``, per ns.
    case ratePerRequest
    /// n.
    case outputTokens
    /// Tokens of the prompt.
    case inputTokens
    /// Prompt and answer.
    case allTokens
    /// Events that brought tokens.
    case events
    /// Each gap between two events, ns, of all requests in one pool.
    case eventGap

    /// Whether the value counts from the send.
    var needsSend: Bool {
        switch self {
        case .timeToFirst, .latency, .timePerToken, .ratePerRequest: true
        default: false
        }
    }

    /// Whether the value counts the prompt.
    var needsPrompt: Bool { self == .inputTokens || self == .allTokens }
}

/// A figure of a distribution.
package enum Statistic: Hashable, Sendable {
    case mean
    case deviation
    case percentile(thousandths: Int)
    case least
    case greatest
    case count
    case sum
}
