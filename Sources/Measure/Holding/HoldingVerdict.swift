/// A finding about a target; the names are those of the files.
package enum HoldingVerdict: String, Hashable, Sendable, CaseIterable {
    /// Tokens are flushed by a timer of each stream's, or by Nagle.
    case flush
    /// Tokens are flushed by one clock for all streams.
    case tick
    /// An event waits for N tokens.
    case interval
    /// Tokens are flushed when a buffer is full.
    case bytes
    /// A token waits until some time after the one before it.
    case paced
    /// The first token is held, and those behind it come in a burst.
    case holdFirst = "hold-first"
    /// The last tokens come in a burst.
    case finishBurst = "finish-burst"
    /// First tokens come after one time, whatever the prompt.
    case ttftWall = "ttft-wall"
    /// Half of the answers come in one piece or two.
    case notStreamed = "not-streamed"
    /// Tokens leave on a clock that does not answer to load: a pacer that all streams wait for
    /// together, or a machine of fixed step time.
    case clocked
    /// No token was seen to be held.
    case none
    /// Streams ran alone, or too irregularly.
    case cannotTell = "cannot-tell"
    case tooLittle = "too-little"

    /// Whether it says that tokens were held; nil where it cannot tell.
    package var isHeld: Bool? {
        switch self {
        case .flush, .tick, .interval, .bytes, .paced, .holdFirst, .finishBurst, .ttftWall,
            .notStreamed:
            true
        case .clocked, .none: false
        case .cannotTell, .tooLittle: nil
        }
    }
}

/// A sign of holding that is not enough to say so.
package enum HoldingSuspicion: String, Hashable, Sendable, CaseIterable {
    /// Streams keep out of step, and their gaps have little in common.
    case outOfStep = "out-of-step"
    /// They look paced, and so many run that a front end that serves one after the other could be
    /// the clock.
    case serialFrontEnd = "serial-front-end"
    /// Gaps are even, and other streams' prefills do not move them.
    case evenGaps = "even-gaps"
    /// Events carry equally many tokens, and no two streams ran together to tell why.
    case constantGroups = "constant-groups"
}
