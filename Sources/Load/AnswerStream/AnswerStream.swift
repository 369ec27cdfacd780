package import HTTP
package import TokenLog

/// An event of an answer, as ``AnswerStream/next(_:)`` finds it.
package enum AnswerEvent: Hashable, Sendable {
    /// The head of the final response came, with this status.
    case head(status: UInt16)
    /// An event that carried tokens.
    case tokens(AnswerTokens)
    /// The answer has ended: ``AnswerStream/result`` says how.
    case finished
}

/// Reads one answer of an OpenAI-style server: bytes in, tokens and one result out.
///
/// Call ``read(_:into:)`` with each received slice, or ``next(_:)`` until it returns nil; call
/// ``connectionEnded()`` or ``broken(_:_:outcome:)`` when no more bytes will come. The path of a
/// token event (whole in its chunk, the shape of the event before it) neither allocates nor copies.
package struct AnswerStream: ~Copyable {
    /// The form of answer that the request asked for.
    package enum Expectation: Hashable, Sendable {
        /// A stream of events; a whole JSON answer is accepted, its tokens all at its end.
        case stream
        /// Any document, such as a list of models: complete with status 200.
        case document
    }

    enum Body {
        case none
        /// Exits to `events` or `collected` when its first bytes have shown what it is.
        case undecided
        case events
        case collected
        /// Behind `[DONE]`: what comes is not looked at.
        case over
    }

    /// Longest document that is collected, in bytes; of an error body the first
    /// ``errorBodyBytes``.
    package static let documentBytes = 4 << 20
    /// How much of an error body is kept for its excerpt, in bytes.
    package static let errorBodyBytes = 16 << 10
    /// Most token ids of one event.
    package static let tokensPerEvent: UInt32 = 1 << 20
    /// Data lines that are no JSON object and may outnumber those that are: keep-alives that a
    /// gateway wraps as data.
    package static let strayLines = 256

    /// How the answer ended, nil until it has.
    package internal(set) var result: AnswerResult? {
        didSet { isOver = result != nil }
    }
    /// Whether there is a result: looking at one costs a copy of it.
    private(set) var isOver = false

    let expectation: Expectation
    let memory: EventMemory?
    var parser: HTTPResponseParser
    var events = ServerSentEvents()
    var template: EventTemplate
    var scanned = ScannedEvent()
    var tally = AnswerTally()
    /// The last header of a chunk that was read whole.
    var chunkHeader = ChunkHeader()
    var head: HTTPResponseHead?
    var interim: [UInt16] = []
    var body = Body.none
    /// The bytes that `parser` returned last and `events` has not used: a view of the caller's
    /// input, empty whenever ``next(_:)`` returns nil.
    var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    var collected = GrowableBytes()
    /// Whether the document is longer than ``documentBytes``.
    package internal(set) var isDocumentTooLong = false
    var isDone = false
    /// The server's words on the first error that its stream reported; nil where it reported none.
    var errorEvent: String?
    /// Marks, words and stray lines, while they come.
    var notes = AnswerNotes()
    /// Whether the tokens of a whole answer were returned and ``AnswerEvent/finished`` is due.
    var owesFinish = false

    /// Taken out of the server's words.
    let secrets: SecretFilter

    /// - Parameters:
    ///   - memory: the memory that streams of one server share.
    ///   - secrets: the texts that errors are not to repeat.
    package init(
        expecting expectation: Expectation = .stream, limits: HTTPLimits = HTTPLimits(),
        memory: ServerMemory? = nil, secrets: SecretFilter = .none
    ) {
        self.secrets = secrets
        self.expectation = expectation
        self.memory = memory?.events
        template = EventTemplate(learns: memory?.recognisesEvents ?? true)
        parser = HTTPResponseParser(limits: limits, memory: memory?.heads)
    }

    /// The collected document or error body; empty for a stream.
    package var document: [UInt8] { Array(collected.view) }

    /// Whether any byte of a response came.
    package var hasBegun: Bool { head != nil || parser.hasBegun }

    /// Whether every choice has told its finish reason, and `[DONE]`, a usage or the body's end are
    /// all that may still come.
    package var hasFinishReason: Bool { !isOver && tally.isFinished }

    /// Whether the end of the connection is what will end the answer.
    package var endsWithConnection: Bool { !isOver && parser.endsWithConnection }

    /// The next event, nil when `input` is used up; `input` loses the bytes that were used and
    /// keeps what follows the answer.
    package mutating func next(_ input: inout UnsafeRawBufferPointer) -> AnswerEvent? {
        if owesFinish {
            owesFinish = false
            return .finished
        }
        guard !isOver else { return nil }
        do throws(AnswerFault) {
            while true {
                while !pending.isEmpty {
                    if let event = try useBody() { return event }
                }
                let event: HTTPResponseParser.Event?
                do throws(HTTPError) {
                    event = try parser.next(&input)
                } catch {
                    // Bytes behind the end of an answer spoil its connection, and not the answer.
                    if case .over = body { return finishedBody(end: .open) }
                    throw AnswerFault(.malformed, "not acceptable HTTP: \(error.detail)")
                }
                switch event {
                case nil:
                    // The end of the body may come later; the answer has ended.
                    if case .over = body { return finishedBody(end: .open) }
                    return nil
                case .interim(let status): interim.append(status)
                case .head(let head):
                    self.head = head
                    try chooseBody(head)
                    return .head(status: head.status)
                case .body(let bytes): pending = bytes
                case .end: return finishedBody(end: properEnd)
                }
            }
        } catch {
            pending = UnsafeRawBufferPointer(start: nil, count: 0)
            finish(.failed, error.kind, error.detail, end: .cut)
            return .finished
        }
    }

    /// The connection ended: call until nil, as ``next(_:)``. The result is a proper one only where
    /// the end of the connection was to end the body.
    package mutating func connectionEnded() -> AnswerEvent? {
        if owesFinish {
            owesFinish = false
            return .finished
        }
        guard !isOver else {
            if result?.end == .open, parser.endsWithConnection { result?.end = .close }
            return nil
        }
        switch parser.inputEnded() {
        case .complete:
            return finishedBody(end: .close)
        case .beforeResponse:
            return broken(.closedEarly, "the server closed the connection without an answer")
        case .truncated(let position):
            return broken(.closedEarly, "the server closed the connection \(position)")
        case .afterResponse:
            preconditionFailure("an answer whose response has ended has a result")
        }
    }

    /// No more bytes will come for another reason: a reset, a time limit, a cancellation.
    ///
    /// An error that the stream itself reported before goes first; and an answer that has its
    /// finish reason is complete, whatever became of its body.
    package mutating func broken(
        _ kind: ErrorClass, _ detail: String, outcome: Outcome = .failed
    ) -> AnswerEvent? {
        guard !isOver else { return nil }
        if let errorEvent, outcome == .failed {
            finish(.failed, .streamError, errorEvent, end: .cut)
        } else if let status = head?.status, status != 200, outcome == .failed {
            finish(.failed, .httpStatus, statusWords(status), end: .cut)
        } else if case .events = body, outcome == .failed, tally.isFinished,
            delivered.tokens > 0
        {
            notes.marks.insert(.bodyLeftOpen)
            concludeAnswer(end: .cut)
        } else {
            finish(outcome, kind, detail, end: .cut)
        }
        return .finished
    }

    /// Reads on behind an answer that ended before its body (``AnswerEnd/open``), so that its
    /// connection may be used again.
    ///
    /// - Returns: whether nothing more is to be waited for: then the result's `end` and `keepAlive`
    ///   say how the body ended, and `input` keeps what follows it.
    package mutating func readRest(_ input: inout UnsafeRawBufferPointer) -> Bool {
        while result?.end == .open {
            // Bytes that are no HTTP here spoil the connection, and not the answer.
            guard let event = try? parser.next(&input) else { return parser.hasFailed }
            guard case .end = event else { continue }
            let end = properEnd
            let keepAlive = head?.keepAlive == true
            result?.end = end
            result?.keepAlive = keepAlive
        }
        return true
    }

    var properEnd: AnswerEnd { head?.framing == .chunked ? .terminalChunk : .contentLength }
}
