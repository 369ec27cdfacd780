package import TokenLog

/// Tokens of one kind that one stream event carried, or several that came together.
package struct AnswerTokens: Hashable, Sendable {
    /// At least one an event.
    package var count: UInt32
    /// Events with tokens.
    package var events: UInt32
    package var kind: TokenKind

    package init(count: UInt32, events: UInt32 = 1, kind: TokenKind) {
        self.count = count
        self.events = events
        self.kind = kind
    }
}
