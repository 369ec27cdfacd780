package import TimeBase

/// How long the answers to questions before a run are waited for: the same in a run and in
/// `legato check --url`.
package struct QuestionLimits: Hashable, Sendable {
    /// From a question's last byte to its first token.
    package var firstToken: TimeSpan
    /// From a token to the next.
    package var betweenTokens: TimeSpan
    /// For all questions to one target together, waiting for it to load included.
    package var all: TimeSpan

    package init(
        firstToken: TimeSpan = .seconds(60), betweenTokens: TimeSpan = .seconds(30),
        all: TimeSpan = .seconds(240)
    ) {
        (self.firstToken, self.betweenTokens, self.all) = (firstToken, betweenTokens, all)
    }

    /// Tokens beyond those asked for after which an answer is read no further: the server does not
    /// mind `max_tokens`. Models that think at length before they say a word stay below.
    static let tokensBeyond: UInt64 = 256
}

/// How long, and how far, the answer to one question is read.
struct QuestionBounds: Hashable {
    var timeouts: ClientTimeouts
    /// Most tokens.
    var tokens: UInt64
}
