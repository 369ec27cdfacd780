import HTTP
import JSON
import TokenLog

/// Why an answer cannot be read on.
struct AnswerFault: Error {
    var kind: ErrorClass
    var detail: String

    init(_ kind: ErrorClass, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}

extension AnswerStream {
    mutating func chooseBody(_ head: HTTPResponseHead) throws(AnswerFault) {
        body = .collected
        guard head.status == 200, expectation == .stream else { return }
        if let coding = head.contentCoding {
            throw AnswerFault(
                .malformed, "the answer is coded with \(coding), which was not asked for")
        }
        body = .undecided
    }

    /// Decides by the first bytes what the body is.
    ///
    /// - Parameter isWhole: whether no more bytes will come.
    mutating func decideBody(
        by bytes: UnsafeRawBufferPointer, isWhole: Bool
    ) throws(AnswerFault) {
        let stated = BodyForm(mediaType: head?.mediaType ?? "")
        guard let shown = BodyForm(firstBytes: bytes) ?? (isWhole ? .other : nil) else { return }
        switch shown == .other ? stated : shown {
        case .events: body = .events
        case .document: body = .collected
        case .page:
            throw AnswerFault(
                .malformed, "the answer is an HTML page; check the base URL of the target")
        case .other:
            let type = head?.mediaType ?? ""
            throw AnswerFault(
                .malformed,
                type.isEmpty
                    ? "the answer has no Content-Type, "
                        + "and begins as neither an event stream nor JSON"
                    : "the answer is \(type), neither an event stream nor JSON")
        }
        if shown != .other, shown != stated { notes.marks.insert(.framingGuessed) }
    }

    mutating func useBody() throws(AnswerFault) -> AnswerEvent? {
        switch body {
        case .none:
            preconditionFailure("a body has a head before it")
        case .over:
            pending = UnsafeRawBufferPointer(start: nil, count: 0)
            return nil
        case .undecided:
            // A body that begins in the usual way is read where it lies.
            if collected.isEmpty { try decideBody(by: pending, isWhole: false) }
            if case .undecided = body {
                try collect()
                try decideBody(by: collected.view, isWhole: collected.count > BodyForm.longest)
                // Sound: nothing is collected of a stream of events, so that the view holds.
                if case .events = body { pending = collected.view }
            }
            return nil
        case .collected:
            try collect()
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
                if case .over = body {
                    pending = UnsafeRawBufferPointer(start: nil, count: 0)
                    return nil
                }
            }
        }
    }

    /// Takes what is pending to the document.
    private mutating func collect() throws(AnswerFault) {
        let limit = head?.status == 200 ? Self.documentBytes : Self.errorBodyBytes
        let room = limit - collected.count
        if pending.count > room && head?.status == 200 {
            isDocumentTooLong = true
            throw AnswerFault(.malformed, "the document is longer than \(limit) bytes")
        }
        collected.append(UnsafeRawBufferPointer(rebasing: pending.prefix(room)))
        pending = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    private mutating func useEvent(
        _ event: ServerSentEvent
    ) throws(AnswerFault) -> AnswerTokens? {
        let data = event.data
        if event.isNamedError {
            if errorEvent == nil { errorEvent = errorWords(data) }
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
            if run.add(
                ids: ids, completion: template.hasUsage ? match.completion : nil,
                textBytes: match.textBytes)
            {
                tally.count(run, of: choice, hasUsage: template.hasUsage)
                return run.tokens == 0
                    ? nil : AnswerTokens(count: UInt32(run.tokens), kind: choice.kind)
            }
        }
        switch DataLine(data) {
        case .object: break
        case .blank: return nil
        case .stray:
            try skipStrayLine()
            return nil
        case .done:
            isDone = true
            body = .over
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
        if scanned.hasRarities { noteWords(data) }
        if scanned.isError {
            if errorEvent == nil { errorEvent = errorWords(data) }
            return nil
        }
        return try accepted(tally.count(scanned))
    }

    /// Skips a line that is no JSON, and counts it.
    private mutating func skipStrayLine() throws(AnswerFault) {
        notes.strayLines &+= 1
        let strayLines = Int(notes.strayLines)
        guard strayLines <= Self.strayLines || 2 * strayLines <= events.events else {
            throw AnswerFault(
                .malformed, "\(strayLines) data lines of the stream are no JSON, and fewer are")
        }
    }

    /// Keeps the first words of the server's that are not known.
    mutating func noteWords(_ data: UnsafeRawBufferPointer) {
        func word(_ range: Range<Int>) -> String {
            AnswerNotes.plainWord(secrets.redact(String(decoding: data[range], as: UTF8.self)))
        }
        if let name = scanned.unknownField, notes.unknownField.isEmpty {
            notes.unknownField = word(name)
        }
        if let reason = scanned.otherReason, notes.otherReason.isEmpty {
            notes.otherReason = word(reason)
        }
    }

    private func accepted(_ tokens: AnswerTokens?) throws(AnswerFault) -> AnswerTokens? {
        if let tokens, tokens.count > Self.tokensPerEvent {
            throw AnswerFault(.malformed, "a stream event claims \(tokens.count) tokens")
        }
        return tokens
    }

    /// The server's words on an error in its stream; empty where it says nothing.
    func errorWords(_ data: UnsafeRawBufferPointer) -> String {
        ErrorExcerpt.words(data, hiding: secrets)
    }

    /// The server's words beside a status that is an error; empty where it says nothing.
    func statusWords(_ status: UInt16) -> String {
        // A redirect's page says where to, and that is not followed.
        if (300..<400).contains(status) { return "" }
        return ErrorExcerpt.words(collected.view, of: status, hiding: secrets)
    }
}
