/// Why a choice ended, as its server said.
package enum FinishReason: UInt8, Hashable, Sendable, CaseIterable {
    case stop = 0
    case length = 1
    case toolCalls = 2
    case functionCall = 3
    case contentFilter = 4
    /// The server gave the request up on purpose.
    case abort = 5
    /// The engine failed inside the stream.
    case error = 6
    /// A word that is none of the above.
    case other = 7

    /// The word on the wire, `other` for an unknown one.
    package var word: StaticString {
        switch self {
        case .stop: "stop"
        case .length: "length"
        case .toolCalls: "tool_calls"
        case .functionCall: "function_call"
        case .contentFilter: "content_filter"
        case .abort: "abort"
        case .error: "error"
        case .other: "other"
        }
    }
}
