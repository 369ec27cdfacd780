extension TraceRow {
    /// The lengths of its requests.
    package var lengths: [LengthPair] {
        calls.isEmpty
            ? [LengthPair(input: input, output: output)]
            : calls.map { LengthPair(input: $0.input, output: $0.output) }
    }
}

/// One request of a session that a trace recorded.
package struct TraceCall: Hashable, Sendable {
    /// Tokens, at least 1.
    package var input: UInt32
    package var output: UInt32
    /// Indices of the session's calls that had ended when it began, and no other one between,
    /// rising and all below its own; empty where none had.
    package var after: [UInt16]
    /// Ns from the last end of those to its begin: the time of a tool, or of a person. Without any,
    /// from the session's begin.
    package var waitNs: Int64
    /// The index of the call whose conversation its prompt begins with, and how many of its tokens
    /// these are; nil and 0 for a new conversation.
    package var continues: UInt16?
    package var sharedTokens: UInt32
    /// Whether it ended last: the answer that the session was for.
    package var isLast: Bool

    package init(
        input: UInt32, output: UInt32, after: [UInt16] = [], waitNs: Int64 = 0,
        continues: UInt16? = nil, sharedTokens: UInt32 = 0, isLast: Bool = false
    ) {
        self.input = input
        self.output = output
        self.after = after
        self.waitNs = waitNs
        self.continues = continues
        self.sharedTokens = sharedTokens
        self.isLast = isLast
    }
}
