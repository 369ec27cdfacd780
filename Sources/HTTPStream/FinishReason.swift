/// Why a choice ended, as its server said.
package enum FinishReason: UInt8, Hashable, Sendable, CaseIterable {
    case stop
    case length
    case toolCalls
    case functionCall
    case contentFilter
    /// The server gave the request up on purpose.
    case abort
    /// The engine failed inside the stream.
    case error
    /// A word that is none of the above.
    case other

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
