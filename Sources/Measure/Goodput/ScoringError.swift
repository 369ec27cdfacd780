/// Why something cannot be scored.
package enum ScoringError: Error, Hashable, Sendable {
    /// A parameter outside its range.
    case parameter(name: String, problem: String)
    /// Times that cannot be, in the request `id`.
    case request(id: Int, defect: RequestDefect)
    /// The serving interval is longer than ``Timeline/longest`` bins.
    case tooLong(seconds: Int64)
}

/// A mistake in the times of a request; all times in ns.
package enum RequestDefect: Error, Hashable, Sendable {
    case tokenBeforeScheduled(token: Int64, scheduled: Int64)
    case decreasing(token: Int64, before: Int64)
    case finishBeforeToken(finish: Int64, token: Int64)
    case finishBeforeScheduled(finish: Int64, scheduled: Int64)
    /// An event that carries no token.
    case emptyEvent(at: Int64)
    /// More than ``StreamingScore/mostTokens`` in one request.
    case tooManyTokens
    /// Two times of the request, or of the run, lie further apart than 2^63 ns.
    case outOfRange
    /// The penalty is too large for a double.
    case benefitNotFinite(idle: Int64)
}

extension RequestDefect: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tokenBeforeScheduled(let token, let scheduled):
            "a token at \(token) ns lies before `scheduled`, \(scheduled) ns"
        case .decreasing(let token, let before):
            "a token at \(token) ns follows one at \(before) ns; token times must not decrease"
        case .finishBeforeToken(let finish, let token):
            "`finish`, \(finish) ns, lies before the token at \(token) ns"
        case .finishBeforeScheduled(let finish, let scheduled):
            "`finish`, \(finish) ns, lies before `scheduled`, \(scheduled) ns"
        case .emptyEvent(let time):
            "the event at \(time) ns carries no token; an entry [t, k] needs k of at least 1"
        case .tooManyTokens:
            "it has more than \(StreamingScore.mostTokens) tokens"
        case .outOfRange:
            "its times lie further apart than 64-bit nanoseconds can hold"
        case .benefitNotFinite(let idle):
            "its benefit is not finite: the penalty of \(idle) ns of idle time is too large; "
                + "choose a larger tau, a smaller exponent or a smaller alpha"
        }
    }
}

extension ScoringError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .parameter(let name, let problem):
            "parameter `\(name)` \(problem)"
        case .request(let id, let defect):
            "request \(id): \(defect)"
        case .tooLong(let seconds):
            "the requests span \(seconds) s, more than the \(Timeline.longest) s of the longest "
                + "timeline; check that all times are nanoseconds on one clock"
        }
    }
}
