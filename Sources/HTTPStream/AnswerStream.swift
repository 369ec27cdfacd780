package import TokenLog

/// What ``AnswerStream/next(_:)`` found.
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
    /// What the request asked for.
    package enum Expectation: Hashable, Sendable {
        /// A stream of events; a whole JSON answer is accepted, its tokens all at its end.
        case stream
        /// Any document, such as a list of models: complete with status 200.
        case document
    }

    private enum Body {
        case none
        case events
        case collected
    }

    /// Longest document that is collected, in bytes; of an error body the first
    /// ``errorBodyBytes``.
    package static let documentBytes = 4 << 20
    /// How much of an error body is kept for its excerpt, in bytes.
    package static let errorBodyBytes = 16 << 10
    /// Most tokens that one event may claim.
    package static let tokensPerEvent: UInt32 = 1 << 20

    /// How the answer ended, nil until it has.
    package private(set) var result: AnswerResult? {
        didSet { isOver = result != nil }
    }
    /// Whether there is a result: looking at one costs a copy of it.
    private(set) var isOver = false

    private let expectation: Expectation
    private let memory: EventMemory?
    var parser: HTTPResponseParser
    var events = ServerSentEvents()
    var template = EventTemplate()
    private var scanned = ScannedEvent()
    var tally = AnswerTally()
    /// The last header of a chunk that was read whole.
    var chunkHeader = ChunkHeader()
    private var head: HTTPResponseHead?
    private var interim: [UInt16] = []
    private var body = Body.none
    /// What `parser` returned last and `events` has not used: a view of the caller's input, empty
    /// whenever ``next(_:)`` returns nil.
    var pending = UnsafeRawBufferPointer(start: nil, count: 0)
    private var collected = GrowableBytes()
    private var isDone = false
    private var errorEvent: String?
    /// Whether the tokens of a whole answer were returned and ``AnswerEvent/finished`` is due.
    private var owesFinish = false

    /// Taken out of the server's words.
    private let secrets: SecretFilter

    /// - Parameters:
    ///   - memory: what streams of one server share.
    ///   - secrets: what errors are not to repeat.
    package init(
        expecting expectation: Expectation = .stream, limits: HTTPLimits = HTTPLimits(),
        memory: ServerMemory? = nil, secrets: SecretFilter = .none
    ) {
        self.secrets = secrets
        self.expectation = expectation
        self.memory = memory?.events
        parser = HTTPResponseParser(limits: limits, memory: memory)
    }

    /// The collected document or error body; empty for a stream.
    package var document: [UInt8] { Array(collected.view) }

    /// Whether any byte of a response came.
    package var hasBegun: Bool { head != nil || !interim.isEmpty }

    /// Whether the end of the connection is what will end the answer.
    package var endsWithConnection: Bool { !isOver && parser.endsWithConnection }

    /// The next event, nil when `input` is used up; `input` loses the bytes that were used and keeps
    /// what follows the answer.
    package mutating func next(_ input: inout UnsafeRawBufferPointer) -> AnswerEvent? {
        if owesFinish {
            owesFinish = false
            return .finished
        }
        guard !isOver else { return nil }
        do throws(AnswerFault) {
            while true {
                if !pending.isEmpty, let event = try useBody() { return event }
                let event: HTTPResponseParser.Event?
                do throws(HTTPError) {
                    event = try parser.next(&input)
                } catch {
                    throw AnswerFault(.malformed, "not acceptable HTTP: \(error.detail)")
                }
                switch event {
                case nil: return nil
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
        guard !isOver else { return nil }
        switch parser.inputEnded() {
        case .complete:
            return finishedBody(end: .close)
        case .beforeResponse:
            return broken(.closedEarly, "the server closed the connection without an answer")
        case .truncated(let place):
            return broken(.closedEarly, "the server closed the connection \(place)")
        case .afterResponse:
            preconditionFailure("an answer whose response has ended has a result")
        }
    }

    /// No more bytes will come for another reason: a reset, a time limit, a cancellation.
    ///
    /// An error that the stream itself reported before goes first.
    package mutating func broken(
        _ kind: ErrorClass, _ detail: String, outcome: Outcome = .failed
    ) -> AnswerEvent? {
        guard !isOver else { return nil }
        if let errorEvent, outcome == .failed {
            finish(.failed, .streamError, errorEvent, end: .cut)
        } else if let status = head?.status, status != 200, outcome == .failed {
            finish(.failed, .httpStatus, statusSentence(status), end: .cut)
        } else {
            finish(outcome, kind, detail, end: .cut)
        }
        return .finished
    }

    private var properEnd: AnswerEnd { head?.framing == .chunked ? .terminalChunk : .contentLength }
}

/// Why an answer cannot be read on.
struct AnswerFault: Error {
    var kind: ErrorClass
    var detail: String

    init(_ kind: ErrorClass, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}

// MARK: - The body

extension AnswerStream {
    private mutating func chooseBody(_ head: HTTPResponseHead) throws(AnswerFault) {
        body = .collected
        guard head.status == 200, expectation == .stream else { return }
        if let coding = head.contentCoding {
            throw AnswerFault(
                .malformed, "the answer is coded with \(coding), which was not asked for")
        }
        switch head.mediaType {
        case "text/event-stream": body = .events
        case "application/json": body = .collected
        case "text/html", "application/xhtml+xml":
            throw AnswerFault(
                .malformed, "the answer is an HTML page; check the base URL of the target")
        case "":
            throw AnswerFault(.malformed, "the answer has no Content-Type")
        case let other:
            throw AnswerFault(
                .malformed, "the answer is \(other), neither an event stream nor JSON")
        }
    }

    private mutating func useBody() throws(AnswerFault) -> AnswerEvent? {
        switch body {
        case .none:
            preconditionFailure("a body has a head before it")
        case .collected:
            let limit = head?.status == 200 ? Self.documentBytes : Self.errorBodyBytes
            let room = limit - collected.count
            if pending.count > room && head?.status == 200 {
                throw AnswerFault(.malformed, "the document is longer than \(limit) bytes")
            }
            collected.append(UnsafeRawBufferPointer(rebasing: pending.prefix(room)))
            pending = UnsafeRawBufferPointer(start: nil, count: 0)
            return nil
        case .events:
            while true {
                let event: ServerSentEvent?
                do throws(ServerSentEventTooLong) {
                    event = try events.next(&pending)
                } catch {
                    throw AnswerFault(
                        .malformed,
                        "a stream event is longer than \(ServerSentEvents.eventBytes) bytes")
                }
                guard let event else { return nil }
                if let tokens = try useEvent(event) { return .tokens(tokens) }
            }
        }
    }

    private mutating func useEvent(
        _ event: ServerSentEvent
    ) throws(AnswerFault) -> AnswerTokens? {
        let data = event.data
        if event.isNamedError {
            if errorEvent == nil { errorEvent = errorSentence(data) }
            return nil
        }
        if data.isEmpty { return nil }
        let begin = data.baseAddress!.assumingMemoryBound(to: UInt8.self)
        if let choice = template.choice,
            let match = template.match(at: begin, end: begin + data.count),
            match.length == data.count
        {
            var run = RepeatedEvents(usage: tally.usage(of: choice.index))
            let ids = choice.tokenIDs == nil ? nil : match.ids
            if run.add(ids: ids, completion: template.hasUsage ? match.completion : nil) {
                tally.count(run, of: choice, hasUsage: template.hasUsage)
                return run.tokens == 0
                    ? nil : AnswerTokens(count: UInt32(run.tokens), kind: choice.kind)
            }
        }
        if data.count == 6, data.elementsEqual("[DONE]".utf8) {
            isDone = true
            return nil
        }
        let holes: EventHoles
        do throws(JSONError) {
            holes =
                if let memory { try memory.scan(data, into: &scanned) } else {
                    try EventScanner.scan(data, into: &scanned)
                }
        } catch {
            throw AnswerFault(.malformed, "a stream event is \(error.description)")
        }
        template.learn(data, scanned, holes)
        if scanned.isError {
            if errorEvent == nil { errorEvent = errorSentence(data) }
            return nil
        }
        return try accepted(tally.count(scanned))
    }

    private func accepted(_ tokens: AnswerTokens?) throws(AnswerFault) -> AnswerTokens? {
        if let tokens, tokens.count > Self.tokensPerEvent {
            throw AnswerFault(.malformed, "a stream event claims \(tokens.count) tokens")
        }
        return tokens
    }

    private func errorSentence(_ data: UnsafeRawBufferPointer) -> String {
        let words = ErrorExcerpt.words(data, hiding: secrets)
        return words.isEmpty
            ? "the stream reported an error" : "the stream reported an error: \(words)"
    }

    private func statusSentence(_ status: UInt16) -> String {
        if (300..<400).contains(status) {
            return "the server answered \(status), a redirect; redirects are never followed"
        }
        let words = ErrorExcerpt.words(collected.view, hiding: secrets)
        return words.isEmpty
            ? "the server answered \(status)" : "the server answered \(status): \(words)"
    }
}

// MARK: - The end

extension AnswerStream {
    /// The body has ended properly; for a whole JSON answer its tokens come first.
    private mutating func finishedBody(end: AnswerEnd) -> AnswerEvent? {
        let status = head?.status ?? 0
        guard status == 200 else {
            finish(.failed, .httpStatus, statusSentence(status), end: end)
            return .finished
        }
        guard expectation == .stream else {
            conclude(.completed, nil, end: end)
            return .finished
        }
        if case .collected = body {
            do throws(JSONError) {
                _ = try EventScanner.scan(collected.view, into: &scanned)
            } catch {
                finish(.failed, .malformed, "the answer is \(error.description)", end: end)
                return .finished
            }
            if scanned.isError {
                errorEvent = errorSentence(collected.view)
            } else {
                _ = tally.count(scanned)
            }
            let output = tally.output.tokens
            concludeAnswer(end: end)
            guard output > 0, output <= Self.tokensPerEvent else { return .finished }
            owesFinish = true
            return .tokens(
                AnswerTokens(count: output, kind: scanned.choices.first?.kind ?? .content))
        }
        concludeAnswer(end: end)
        return .finished
    }

    private mutating func concludeAnswer(end: AnswerEnd) {
        if let errorEvent {
            finish(.failed, .streamError, errorEvent, end: end)
        } else if tally.choicesSeen == 0 {
            finish(.failed, .empty, "the answer ended without any choice", end: end)
        } else if !tally.isFinished {
            finish(.failed, .empty, "the answer ended without a finish reason", end: end)
        } else if tally.ended(for: .error) {
            finish(.failed, .streamError, "the server gave the finish reason error", end: end)
        } else if tally.ended(for: .abort) {
            conclude(.abandoned, nil, end: end)
        } else if tally.output.tokens == 0 {
            finish(.failed, .empty, "the answer has a finish reason and no token", end: end)
        } else {
            conclude(.completed, nil, end: end)
        }
    }

    private mutating func finish(
        _ outcome: Outcome, _ kind: ErrorClass, _ detail: String, end: AnswerEnd
    ) {
        let error = RequestError(
            kind: kind, status: head?.status ?? 0,
            detail: ErrorExcerpt.clean(secrets.redact(detail), limit: RequestError.detailLimit))
        conclude(outcome, error, end: end)
    }

    private mutating func conclude(_ outcome: Outcome, _ error: RequestError?, end: AnswerEnd) {
        let output = tally.output
        let isWhole = head?.status == 200 && head?.mediaType == "application/json"
        result = AnswerResult(
            status: head?.status ?? 0, outcome: outcome, error: error,
            finishReason: tally.finish, outputTokens: output.tokens, evidence: output.evidence,
            promptTokens: tally.promptTokens,
            retryAfterSeconds: head.flatMap { head in
                head.retryAfter.flatMap { RetryAfter.seconds($0, date: head.date) }
            },
            keepAlive: end != .cut && end != .close && head?.keepAlive == true, end: end,
            events: events.events, contentEvents: isWhole ? 0 : tally.contentEvents,
            emptyContentEvents: tally.emptyContentEvents, comments: events.comments,
            choices: tally.choicesSeen, isDone: isDone, hasErrorEvent: errorEvent != nil,
            interim: interim)
    }
}
