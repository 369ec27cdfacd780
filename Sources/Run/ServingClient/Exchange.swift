import AnswerStream
import TimeBase
import TokenLog

/// One request and its answer while they are on a connection.
final class Exchange {
    /// The purpose of an exchange; it says who hears how the exchange ended.
    enum Purpose {
        /// A request of the run: the sink.
        case request
        /// A question before the run: this closure, with what came of it.
        case question(QuestionBounds, (QuestionAnswer) -> Void)
        /// A probe, whose whole answer is waited for so long: this closure.
        case probe(patience: TimeSpan, (ProbeAnswer) -> Void)
    }

    let id: UInt32
    let bytes: [UInt8]
    let prompt: Range<Int>
    let purpose: Purpose
    /// When it was handed to the client.
    let handed: LocalInstant
    /// When it was given to a connection.
    private(set) var begun: LocalInstant
    /// Whether it is in the queue for a connection.
    var isWaiting = false
    /// Whether its connection had carried an answer before.
    private(set) var isOnUsedConnection = false
    @exclusivity(unchecked) var stream: AnswerStream
    /// Bytes handed to the kernel.
    var written = 0
    /// When the last byte was.
    @exclusivity(unchecked) var sent: LocalInstant?
    /// The last token's stamp.
    @exclusivity(unchecked) var lastToken: LocalInstant?
    @exclusivity(unchecked) var stamps: StreamStamps
    /// A question's answer so far.
    var follow = QuestionFollow()
    /// The response as it came, where its text is wanted.
    private(set) var response: [UInt8] = []
    let keepsResponse: Bool

    /// Keeps what came of the response, up to ``AnswerText/byteLimit``.
    func keep(_ bytes: UnsafeRawBufferPointer) {
        guard response.count + bytes.count <= AnswerText.byteLimit else { return }
        response += bytes
    }

    init(
        _ request: PreparedRequest, for purpose: Purpose = .request, memory: ServerMemory,
        secrets: SecretFilter, at now: LocalInstant
    ) {
        id = request.id
        bytes = request.bytes
        prompt = request.prompt
        keepsResponse = request.keepsAnswer
        self.purpose = purpose
        handed = now
        begun = now
        stamps = StreamStamps(at: now)
        stream = AnswerStream(memory: memory, secrets: secrets)
    }

    init(
        probing path: String, host: String, headers: String, secrets: SecretFilter,
        patience: TimeSpan, at now: LocalInstant,
        _ completion: @escaping (ProbeAnswer) -> Void
    ) {
        id = .max
        bytes = Array(
            "GET \(path) HTTP/1.1\r\nhost: \(host)\r\nuser-agent: legato\r\n\(headers)\r\n"
                .utf8)
        prompt = 0..<0
        keepsResponse = false
        purpose = .probe(patience: patience, completion)
        handed = now
        begun = now
        stamps = StreamStamps(at: now)
        stream = AnswerStream(expecting: .document, secrets: secrets)
    }

    /// How long the answer to a probe before the run is waited for: it is a hint, and a run can do
    /// without.
    static let probePatience = TimeSpan.seconds(10)

    /// A connection takes it.
    func begins(at now: LocalInstant, onUsed isUsed: Bool) {
        begun = now
        isOnUsedConnection = isUsed
    }

    /// Whether it was sent on a connection that had carried an answer, and that ended before one
    /// byte of its own: the server may have closed it while nobody used it, as the request was on
    /// its way.
    func wasNeverAnswered(_ result: AnswerResult) -> Bool {
        let ends: [ErrorClass?] = [.reset, .closedEarly]
        return isOnUsedConnection && !stream.hasBegun && ends.contains(result.error?.kind)
    }

    /// Words that the error of such a request has besides.
    static let reuseRemark =
        "; the connection had served before: a server that drops idle ones does this, and "
        + "`connections: fresh` opens one a request"

    /// The time limit that it has passed at `now`, in a sentence; nil for none.
    func overdue(
        at now: LocalInstant, _ timeouts: ClientTimeouts
    ) -> (kind: ErrorClass, detail: String)? {
        var timeouts = timeouts
        switch purpose {
        case .request: break
        case .question(let bounds, _): timeouts = bounds.timeouts
        case .probe(let patience, _):
            guard now - begun > patience else { break }
            return (.firstTokenTimeout, "no answer within \(patience.words)")
        }
        guard let sent else {
            // While it is being written the connection's own limit has passed already.
            return now - begun > timeouts.connect + timeouts.firstToken
                ? (.firstTokenTimeout, "the server did not take the request in time") : nil
        }
        if let total = timeouts.total, now - sent > total {
            return (.totalTimeout, "no end of the answer within \(total.words)")
        }
        if stream.hasFinishReason, now - stamps.newest > ClientTimeouts.afterFinishReason {
            return (.betweenTokensTimeout, "no end of the answer behind its finish reason")
        }
        guard let lastToken else {
            return now - sent > timeouts.firstToken
                ? (.firstTokenTimeout, "no token within \(timeouts.firstToken.words)") : nil
        }
        return now - lastToken > timeouts.betweenTokens
            ? (
                .betweenTokensTimeout,
                "no further token within \(timeouts.betweenTokens.words)"
            ) : nil
    }
}
