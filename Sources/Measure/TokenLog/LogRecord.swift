package import TimeBase

/// How a request ended, as the agent that sent it says. A score sees less of it, in a type of its
/// own (`RequestOutcome`): figures import nothing.
package enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    case completed = 0
    /// Error, reset, malformed or timed out.
    case failed = 1
    /// Given up on purpose before the end, by either side.
    case abandoned = 2
    /// The run, or the agent, ended first.
    case unfinished = 3
    /// Held in reserve for a closed loop bounded by time, and never due: in no figure and no file
    /// but the journal.
    case notNeeded = 4
}

/// Why a request did not complete.
package enum ErrorClass: UInt8, Hashable, Sendable, CaseIterable {
    /// Name not resolved, connection refused or unreachable.
    case connect = 0
    case connectTimeout = 1
    case firstTokenTimeout = 2
    case betweenTokensTimeout = 3
    case totalTimeout = 4
    /// An HTTP status other than 200.
    case httpStatus = 5
    /// An error event inside a 200 stream.
    case streamError = 6
    /// Reset by the peer.
    case reset = 7
    /// Closed before the stream's proper end.
    case closedEarly = 8
    /// Bytes that are not HTTP, SSE or the expected JSON.
    case malformed = 9
    /// An answer that did not end well, or without any token where one was due.
    case empty = 10
    /// The agent was down when the request was due or in flight.
    case agentDown = 11
    /// The run was stopped: by a person, or for want of a disk or an agent.
    case runEnded = 12
    /// The agent could not open a socket or build the request.
    case local = 13
    /// The last stage was over, and the drain time after it ran out.
    case drained = 14
    /// Records of it were lost with the journal: no agent's word, but of whoever read what is left.
    case recordsLost = 15
    /// The coordinator ended before the run did: no agent's word, but of whoever read what is left.
    case coordinatorDown = 16
}

/// The evidence for the token count of a request, in order of trust.
package enum TokenEvidence: UInt8, Hashable, Sendable, CaseIterable {
    case tokenIDs = 0
    case continuousUsage = 1
    case finalUsage = 2
    case contentEvents = 3
    case none = 4
}

/// An error of a request: never holds prompt or completion text.
package struct RequestError: Hashable, Sendable {
    package var kind: ErrorClass
    /// The HTTP status, 0 where there was none.
    package var status: UInt16
    /// The server's own words where its status or its stream was the error, empty where it gave no
    /// reason; else one short sentence of the client's. At most ``RequestError/detailLimit`` bytes
    /// of UTF-8.
    package var detail: String

    /// Longest `detail`, in bytes.
    package static let detailLimit = 256

    package init(kind: ErrorClass, status: UInt16 = 0, detail: String) {
        self.kind = kind
        self.status = status
        self.detail = detail
    }
}

/// A request became due and was sent (or could not be).
package struct SentRecord: Hashable, Sendable {
    package var request: UInt32
    /// When the workload meant it to be sent.
    package var scheduled: LocalInstant
    /// When it could be sent: `scheduled`, or later where it waited for a slot among the requests
    /// in flight; never before `scheduled`.
    package var free: LocalInstant
    /// When its last byte was handed to the kernel; nil when it was never sent.
    package var sent: LocalInstant?
    /// Index into the agent's targets.
    package var target: UInt16

    /// A request that could be sent when it was due where `free` is left out.
    package init(
        request: UInt32, scheduled: LocalInstant, free: LocalInstant? = nil, sent: LocalInstant?,
        target: UInt16
    ) {
        self.request = request
        self.scheduled = scheduled
        self.free = max(scheduled, free ?? scheduled)
        self.sent = sent
        self.target = target
    }
}

/// A request's one terminal record.
package struct FinishRecord: Hashable, Sendable {
    package var request: UInt32
    package var at: LocalInstant
    package var outcome: Outcome
    package var error: RequestError?
    package var evidence: TokenEvidence
    /// `usage.prompt_tokens` where the server said so.
    package var promptTokens: UInt32?
    /// The trusted count of delivered tokens; may differ from the sum of the token records when
    /// only the final usage knows (``TokenEvidence/finalUsage``).
    package var outputTokens: UInt32
    package var notes: AnswerNotes

    package init(
        request: UInt32, at: LocalInstant, outcome: Outcome, error: RequestError? = nil,
        evidence: TokenEvidence = .none, promptTokens: UInt32? = nil, outputTokens: UInt32 = 0,
        notes: AnswerNotes = AnswerNotes()
    ) {
        self.request = request
        self.at = at
        self.outcome = outcome
        self.error = error
        self.evidence = evidence
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.notes = notes
    }
}

/// One entry of the token log.
package enum LogRecord: Hashable, Sendable {
    case sent(SentRecord)
    case tokens(TokenRecord)
    case finish(FinishRecord)
    case scrape(ScrapeRecord)
}
