package import TokenLog

/// How the bytes of an answer ended.
package enum AnswerEnd: UInt8, Hashable, Sendable {
    /// With the last chunk of the chunked coding.
    case terminalChunk
    /// With the stated Content-Length, or with a head that allows no body.
    case contentLength
    /// With the connection, which was the proper end.
    case close
    /// Before its proper end.
    case cut
    /// Not yet: the answer had ended with `[DONE]` before.
    case open

    /// Whether the connection is where the next answer may begin.
    var leavesConnection: Bool { self == .terminalChunk || self == .contentLength }
}

/// All that is known of an answer once it has ended; never any text of prompt or completion.
package struct AnswerResult: Hashable, Sendable {
    /// The HTTP status, 0 where no head came.
    package var status: UInt16
    package var outcome: Outcome
    package var error: RequestError?
    /// The trusted count of output tokens.
    package var outputTokens: UInt32
    package var evidence: TokenEvidence
    package var promptTokens: UInt32?
    package var notes: AnswerNotes
    /// Retry-After in seconds, where the server gave one.
    package var retryAfterSeconds: UInt32?
    /// Whether the connection may carry the next request.
    package var keepAlive: Bool
    package var end: AnswerEnd
    /// Data events dispatched, `[DONE]` included.
    package var events: Int
    /// Events with text.
    package var contentEvents: Int
    /// Events with an empty text and neither role nor finish reason.
    package var emptyContentEvents: Int
    /// Comments such as `: ping`.
    package var comments: Int
    package var choices: Int
    /// Whether `[DONE]` came.
    package var isDone: Bool
    /// Whether the stream reported an error.
    package var hasErrorEvent: Bool
    /// The statuses of interim responses.
    package var interim: [UInt16]

    /// The outcome as a sentence: the error, or else the status.
    package var words: String {
        let sentence = error?.sentence ?? ""
        return sentence.isEmpty ? "the server answered \(status)" : sentence
    }

    package var finishReason: FinishReason? { notes.finishReason }
}
