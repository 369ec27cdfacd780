/// Thoughts that the answers of chats begin with: as many tokens as any others, told apart.
package struct Thoughts: Hashable, Sendable {
    /// The part of an answer's tokens that are thoughts: from 0 to below 1.
    package var share: Double
    /// Whether no event brings them: they take their time, and a usage counts them.
    package var areHidden: Bool

    package init(share: Double, areHidden: Bool = false) {
        self.share = share
        self.areHidden = areHidden
    }

    /// Tokens of thought in an answer of `tokens` tokens, at least one: rounded down, so that the
    /// last token is always the answer's.
    package func count(of tokens: Int) -> Int {
        precondition(tokens > 0, "an answer has a token")
        return min(tokens - 1, Int(Double(tokens) * share))
    }
}
