import Workload

/// Time that an agent may take before the start: it gives up by itself, and says what it waited
/// for, before its coordinator does.
extension RunConfiguration {
    /// Time for the first token of a question to a server: as long as a request's, and as long as a
    /// server that loads at its first request was given.
    package var questionNs: Int64 { max(timeouts.firstTokenNs, readyTimeoutNs) }

    /// Time for all questions to one server: one that loads, one more that is as slow, and
    /// two minutes for the others.
    package var questionsNs: Int64 {
        2 * min(questionNs, Self.longestQuestionNs) + 120_000_000_000
    }

    /// Time for an agent to be ready: a little longer than it takes to give its servers up.
    package var readyNs: Int64 { questionsNs + 30_000_000_000 }

    /// A year: what is asked for beyond it is cut.
    private static let longestQuestionNs: Int64 = 365 * 86_400_000_000_000
}
