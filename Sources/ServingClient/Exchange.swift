import HTTPStream
import TimeBase
import TokenLog

/// One request and its answer while they are on a connection.
final class Exchange {
    /// Who wants to know how it ended.
    enum Purpose {
        /// A request of the run: the sink.
        case request
        /// A question before the run: this closure, with what came of it.
        case question((AnswerResult) -> Void)
        /// A probe: this closure, with the document.
        case probe((AnswerResult, [UInt8]) -> Void)
    }

    let id: UInt32
    let bytes: [UInt8]
    let prompt: Range<Int>
    let purpose: Purpose
    let begun: LocalInstant
    @exclusivity(unchecked) var stream: AnswerStream
    /// Bytes handed to the kernel.
    var written = 0
    /// When the last byte was.
    @exclusivity(unchecked) var sent: LocalInstant?
    /// The last token's stamp.
    @exclusivity(unchecked) var lastToken: LocalInstant?
    @exclusivity(unchecked) var stamps: StreamStamps

    init(
        _ request: PreparedRequest, for purpose: Purpose = .request, memory: ServerMemory,
        secrets: SecretFilter, at now: LocalInstant
    ) {
        id = request.id
        bytes = request.bytes
        prompt = request.prompt
        self.purpose = purpose
        begun = now
        stamps = StreamStamps(at: now)
        stream = AnswerStream(memory: memory, secrets: secrets)
    }

    init(
        probing path: String, of target: Target, headers: String, secrets: SecretFilter,
        at now: LocalInstant,
        _ completion: @escaping (AnswerResult, [UInt8]) -> Void
    ) {
        id = .max
        bytes = Array(
            "GET \(path) HTTP/1.1\r\nhost: \(target.authority)\r\nuser-agent: legato\r\n\(headers)\r\n"
                .utf8)
        prompt = 0..<0
        purpose = .probe(completion)
        begun = now
        stamps = StreamStamps(at: now)
        stream = AnswerStream(expecting: .document, secrets: secrets)
    }

    /// The time limit that it has passed at `now`, in a sentence; nil for none.
    func overdue(
        at now: LocalInstant, _ timeouts: ClientTimeouts
    ) -> (kind: ErrorClass, detail: String)? {
        guard let sent else {
            // While it is being written the connection's own limit has passed already.
            return now - begun > timeouts.connect + timeouts.firstToken
                ? (.firstTokenTimeout, "the server did not take the request in time") : nil
        }
        if let total = timeouts.total, now - sent > total {
            return (.totalTimeout, "no end of the answer within \(total.seconds) s")
        }
        guard let lastToken else {
            return now - sent > timeouts.firstToken
                ? (.firstTokenTimeout, "no token within \(timeouts.firstToken.seconds) s") : nil
        }
        return now - lastToken > timeouts.betweenTokens
            ? (
                .betweenTokensTimeout,
                "no further token within \(timeouts.betweenTokens.seconds) s"
            ) : nil
    }
}
