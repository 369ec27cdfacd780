import HTTP
import JSON
import TokenLog

extension AnswerStream {
    /// The body has ended properly; for a whole JSON answer its tokens come first.
    mutating func finishedBody(end: AnswerEnd) -> AnswerEvent? {
        let status = head?.status ?? 0
        guard status == 200 else {
            finish(.failed, .httpStatus, statusWords(status), end: end)
            return .finished
        }
        guard expectation == .stream else {
            conclude(.completed, nil, end: end)
            return .finished
        }
        do throws(AnswerFault) {
            if case .undecided = body { try decideBody(by: collected.view, isWhole: true) }
        } catch {
            finish(.failed, error.kind, error.detail, end: end)
            return .finished
        }
        guard case .collected = body else {
            concludeAnswer(end: end)
            return .finished
        }
        notes.marks.insert(.notStreamed)
        let text = BodyForm.withoutMark(collected.view)
        do throws(JSONError) {
            _ = try EventScanner.scan(text, into: &scanned)
        } catch {
            finish(.failed, .malformed, "the answer is \(error.description)", end: end)
            return .finished
        }
        if scanned.hasRarities { noteWords(text) }
        if scanned.isError {
            errorEvent = errorWords(text)
        } else {
            _ = tally.count(scanned)
        }
        concludeAnswer(end: end)
        let output = result?.outputTokens ?? 0
        guard output > 0 else { return .finished }
        owesFinish = true
        return .tokens(AnswerTokens(count: output, kind: scanned.choices.first?.kind ?? .content))
    }

    mutating func concludeAnswer(end: AnswerEnd) {
        notes.ending =
            tally.isFinished
            ? .finishReason : isDone ? .done : tally.hasAgreeingUsage ? .usage : .none
        if let errorEvent {
            finish(.failed, .streamError, errorEvent, end: end)
        } else if tally.ended(for: .error) {
            finish(.failed, .streamError, "", end: end)
        } else if tally.ended(for: .abort) {
            conclude(.abandoned, nil, end: end)
        } else if let (kind, detail) = emptiness {
            finish(.failed, kind, detail, end: end)
        } else {
            conclude(.completed, nil, end: end)
        }
    }

    /// Why an answer without an error is none; nil where it is one.
    private var emptiness: (kind: ErrorClass, detail: String)? {
        let delivered = delivered
        if delivered.tokens == 0, delivered.hidden > 0 {
            return (
                .empty,
                "the server counts \(delivered.hidden) tokens and no event brought one: nothing "
                    + "was delivered"
            )
        }
        guard tally.choicesSeen > 0 else {
            return notes.strayLines > 0
                ? (.malformed, "the stream holds data lines that are no JSON, and no answer")
                : (.empty, "the answer ended without any choice")
        }
        switch notes.ending {
        case .none:
            let ends = "without a finish reason, [DONE] or a usage that agrees"
            return delivered.tokens > 0
                ? (.closedEarly, "the answer broke off \(ends)")
                : (.empty, "the answer ended \(ends)")
        case .finishReason where delivered.tokens == 0:
            return (.empty, "the answer has a finish reason and no token")
        case .done where delivered.tokens == 0:
            return (.empty, "the answer ended with [DONE] and has no token")
        case .finishReason, .done, .usage:
            return nil
        }
    }

    private var isWhole: Bool { notes.marks.contains(.notStreamed) }

    var delivered: DeliveredTokens { tally.delivered(isWhole: isWhole) }

    mutating func finish(
        _ outcome: Outcome, _ kind: ErrorClass, _ detail: String, end: AnswerEnd
    ) {
        let error = RequestError(
            kind: kind, status: head?.status ?? 0,
            detail: ErrorExcerpt.clean(secrets.redact(detail), limit: RequestError.detailLimit))
        conclude(outcome, error, end: end)
    }

    private mutating func conclude(_ outcome: Outcome, _ error: RequestError?, end: AnswerEnd) {
        let output = delivered
        if outcome == .failed { notes.ending = .none }
        notes.finishReason = tally.finish
        if notes.finishReason != .other { notes.otherReason = "" }
        notes.hiddenTokens = output.hidden
        if output.isUsageDoubted { notes.marks.insert(.usageNotBelieved) }
        result = AnswerResult(
            status: head?.status ?? 0, outcome: outcome, error: error,
            outputTokens: output.tokens, evidence: output.evidence,
            promptTokens: tally.promptTokens, notes: notes,
            retryAfterSeconds: head.flatMap { head in
                head.retryAfter.flatMap { RetryAfter.seconds($0, date: head.date) }
            },
            keepAlive: end.leavesConnection && head?.keepAlive == true, end: end,
            events: events.events, contentEvents: isWhole ? 0 : tally.contentEvents,
            emptyContentEvents: tally.emptyContentEvents, comments: events.comments,
            choices: tally.choicesSeen, isDone: isDone, hasErrorEvent: errorEvent != nil,
            interim: interim)
    }
}
