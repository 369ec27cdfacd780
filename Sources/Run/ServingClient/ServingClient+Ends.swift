import AnswerStream
import EventLoop
import TimeBase
import TokenLog
import Workload

/// How requests end: their connection first, then their record.
extension ServingClient {
    /// Frees the connection, then tells: the sink may send the next request on it at once.
    func finish(
        _ connection: ClientConnection, _ exchange: Exchange, leftOver: Int, at now: LocalInstant
    ) {
        let mayServe =
            leftOver == 0 && exchange.sent != nil && !isClosed
            && configuration.connections != .fresh
        let isReusable = mayServe && exchange.stream.result?.keepAlive == true
        if mayServe, exchange.stream.result?.end == .open {
            connection.linger(exchange, until: RawClock.now() + ClientTimeouts.afterDone)
            lingering.append(connection)
        } else {
            connection.release(reusable: isReusable)
            if isReusable {
                idle[connection.target].append(connection)
            } else {
                remove(connection)
                if exchange.stream.result?.outcome == .completed { reopen(connection.target) }
            }
        }
        serveWaiting(connection.target)
        deliver(exchange, at: now)
    }

    func deliver(_ exchange: Exchange, at now: LocalInstant) {
        guard let result = exchange.stream.result else {
            preconditionFailure("an exchange is delivered once its answer has a result")
        }
        if case .probe(_, let completion) = exchange.purpose {
            return completion(
                ProbeAnswer(
                    result: result, document: exchange.stream.document,
                    isTooLong: exchange.stream.isDocumentTooLong, at: now))
        }
        var outcome = result.outcome
        var error = result.error
        var notes = result.notes
        if exchange.wasNeverAnswered(result) {
            notes.marks.insert(.reusedConnection)
            error?.detail += Exchange.reuseRemark
        }
        if let detail = error?.detail {
            error?.detail = exchange.bytes.withUnsafeBytes { bytes in
                ErrorExcerpt.redacting(
                    detail, echoOf: UnsafeRawBufferPointer(rebasing: bytes[exchange.prompt]))
            }
        }
        if result.choices > 1, outcome == .completed {
            outcome = .failed
            error = RequestError(
                kind: .malformed, status: result.status,
                detail: "the server made \(result.choices) answers of a request for one")
        }
        if case .question(_, let completion) = exchange.purpose {
            var result = result
            (result.outcome, result.error, result.notes) = (outcome, error, notes)
            completion(QuestionAnswer(result, exchange.follow, sent: exchange.sent))
            return
        }
        exchanges[exchange.id] = nil
        if exchange.keepsResponse {
            sink.answered(exchange.id, AnswerText.text(ofResponse: exchange.response))
        }
        let record = FinishRecord(
            request: exchange.id, at: now, outcome: outcome, error: error,
            evidence: result.evidence, promptTokens: result.promptTokens,
            outputTokens: result.outputTokens, notes: notes)
        sink.requestFinished(
            record, retryAfter: result.retryAfterSeconds.map { .seconds(Int64($0)) })
    }
}
