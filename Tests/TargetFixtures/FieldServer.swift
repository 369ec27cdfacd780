package import EventLoop
package import HTTP
import JSON
package import TimeBase

/// A server as one finds them in the field: a set of rules about what it has, whom it lets in and
/// what it refuses.
package struct FieldRules: Sendable {
    /// Answers to a GET, by path without the query; 404 for others.
    package var lists: [String: (status: UInt16, body: String)] = [:]
    /// The status of the answer to a GET that is not among `lists`.
    package var otherGet: UInt16 = 404
    /// Paths, query included, at which requests are taken.
    package var posts: Set<String> = ["/v1/chat/completions", "/v1/completions"]
    /// The status of the answer to a POST elsewhere.
    package var otherPost: UInt16 = 404
    /// Models that it serves; empty takes every one.
    package var models: Set<String> = []
    /// The bearer token that it asks for.
    package var key: String?
    /// The host that it routes by.
    package var host: String?
    /// Least tokens of an answer.
    package var leastTokens = 0
    /// Members of a body that it refuses.
    package var refused: Set<String> = []
    /// The status that all requests get while it is loading.
    package var loadingStatus: UInt16 = 503
    /// How many requests find it loading.
    package var loadingRequests = 0
    /// Whether a stream that was told to go on beyond its end breaks after so many tokens.
    package var breaksAfter: Int?
    /// How requests that are taken are answered.
    package var answering = Answering.whole

    /// A way of answering a request that is taken.
    package enum Answering: Sendable {
        /// With the tokens that were asked for, all at once.
        case whole
        /// The same after a while.
        case late(TimeSpan)
        /// Not at all.
        case never
        /// With a token every so often, and no end.
        case endless(every: TimeSpan)
        /// The same where it is told to go on beyond its own end; else with two tokens.
        case endlessBeyondEnd(every: TimeSpan)
        /// With a usage and a finish reason, and no text.
        case withoutText
        /// With one token and no end of the stream's own, though the body ends in order.
        case brokenOff
        /// By dropping the connection.
        case dropped
        /// With tokens and the finish reason abort.
        case aborted
    }

    package init(_ change: (inout FieldRules) -> Void = { _ in }) { change(&self) }

    /// A list of models as servers write it.
    package static func list(_ models: String...) -> (status: UInt16, body: String) {
        let items = models.map { #"{"id":"\#($0)","object":"model"}"# }
        return (200, #"{"object":"list","data":[\#(items.joined(separator: ","))]}"#)
    }

    /// The answer to `request`, the server's `number`-th.
    func answer(_ request: HTTPRequest, number: Int) -> FieldAnswer {
        let name = request.headers.first(named: "host") ?? ""
        if let host, name != host { return Self.error(421, "no route for \(name)") }
        if number < loadingRequests { return Self.error(loadingStatus, "Loading model") }
        let authorization = request.headers.first(named: "authorization")
        if let key, authorization != "Bearer \(key)" {
            return Self.error(401, "Invalid API key")
        }
        if request.method == "GET" {
            let path = String(request.path.prefix { $0 != "?" })
            guard let list = lists[path] else { return Self.error(otherGet, "no such list") }
            return Self.document(list.status, list.body)
        }
        guard posts.contains(request.path) else { return Self.error(otherPost, "no such route") }
        return answer(toBodyOf: request)
    }

    private func answer(toBodyOf request: HTTPRequest) -> FieldAnswer {
        guard let body = try? JSONValue(parsing: request.body) else {
            return Self.error(400, "no JSON")
        }
        let model = body["model"]?.string ?? ""
        guard !model.isEmpty, models.isEmpty || models.contains(model) else {
            return Self.error(404, "The model `\(model)` does not exist.")
        }
        if let member = body.members?.first(where: { refused.contains($0.name) }) {
            return Self.error(400, "\(member.name) is not permitted")
        }
        let tokens = Int(body["max_tokens"]?.int64 ?? 16)
        guard tokens >= leastTokens else {
            return Self.error(400, "max_tokens must be at least \(leastTokens)")
        }
        let form = StreamForm(
            isChat: request.path.contains("chat/completions"), prompt: Self.promptTokens(body))
        let isPinned = body["ignore_eos"] == true
        return switch answering {
        case .whole: form.stream(tokens, breaksAfter: isPinned ? breaksAfter : nil)
        case .late(let span): form.stream(tokens).late(span)
        case .never: FieldAnswer("")
        case .endless(let every): form.endless(every)
        case .endlessBeyondEnd(let every):
            isPinned || body["min_tokens"] != nil
                ? form.endless(every) : form.stream(min(tokens, 2), finish: "stop")
        case .withoutText: form.body([form.end("length"), form.usage(tokens), "[DONE]"])
        case .brokenOff: form.body([form.token])
        case .dropped: FieldAnswer("", closes: true)
        case .aborted: form.stream(tokens, finish: "abort")
        }
    }

    /// A token a word, or an id, and four around them.
    private static func promptTokens(_ body: JSONValue) -> Int {
        let content = body["messages"]?.array?.first?["content"] ?? body["prompt"]
        return 4 + (content?.array?.count ?? content?.string?.split(separator: " ").count ?? 0)
    }

    private static func document(_ status: UInt16, _ body: String) -> FieldAnswer {
        FieldAnswer(
            "HTTP/1.1 \(status) X\r\ncontent-type: application/json\r\ncontent-length: "
                + "\(body.utf8.count)\r\n\r\n\(body)")
    }

    private static func error(_ status: UInt16, _ message: String) -> FieldAnswer {
        document(status, #"{"error":{"message":"\#(message)"}}"#)
    }
}

/// An answer as its bytes go out.
struct FieldAnswer {
    var text: String
    var pause = TimeSpan.zero
    /// Whether the connection ends behind the text.
    var closes = false
    /// Written behind the text again and again, so far apart.
    var piece: (text: String, every: TimeSpan)?

    init(_ text: String, closes: Bool = false) { (self.text, self.closes) = (text, closes) }

    /// The same after `span`.
    func late(_ span: TimeSpan) -> FieldAnswer {
        var answer = self
        answer.pause = span
        return answer
    }
}

/// The events of one endpoint.
private struct StreamForm {
    let isChat: Bool
    let prompt: Int

    var token: String { event(isChat ? #""delta":{"content":"a "}"# : #""text":"a ""#, "null") }

    func end(_ finish: String) -> String {
        event(isChat ? #""delta":{}"# : #""text":"""#, "\"\(finish)\"")
    }

    func usage(_ tokens: Int) -> String {
        #"{"choices":[],"usage":{"prompt_tokens":\#(prompt),"completion_tokens":\#(tokens)}}"#
    }

    private func event(_ piece: String, _ finish: String) -> String {
        #"{"choices":[{"index":0,\#(piece),"finish_reason":\#(finish)}]}"#
    }

    /// A stream of `tokens` tokens, then the end, a usage and `[DONE]`.
    func stream(_ tokens: Int, breaksAfter: Int? = nil, finish: String = "length") -> FieldAnswer {
        if let breaksAfter, tokens > breaksAfter {
            let error = #"{"error":{"message":"Unexpected token while parsing"}}"#
            return body(
                Array(repeating: token, count: breaksAfter) + [error, usage(tokens), "[DONE]"])
        }
        return body(
            Array(repeating: token, count: tokens) + [end(finish), usage(tokens), "[DONE]"])
    }

    func endless(_ every: TimeSpan) -> FieldAnswer {
        var answer = FieldAnswer("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        answer.piece = ("data: \(token)\n\n", every)
        return answer
    }

    /// A body of these events, which ends in order.
    func body(_ events: [String]) -> FieldAnswer {
        let text = events.map { "data: \($0)\n\n" }.joined()
        return FieldAnswer(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: "
                + "\(text.utf8.count)\r\n\r\n\(text)")
    }
}

/// A server of ``FieldRules`` on the loopback. Confined to its loop.
package final class FieldServer {
    package private(set) var requests: [HTTPRequest] = []
    private let loop: EventLoop
    private let rules: FieldRules
    private var listener: TCPListener?
    private var connections: [TCPConnection] = []
    private var timers: [LoopTimer] = []

    package init(loop: EventLoop, port: UInt16 = 0, _ rules: FieldRules) throws(SystemError) {
        (self.loop, self.rules) = (loop, rules)
        listener = try TCPListener(loop: loop, host: "127.0.0.1", port: port) { [unowned self] in
            serve($0)
        }
    }

    package var port: UInt16 { listener?.localPort ?? 0 }

    private func serve(_ connection: TCPConnection) {
        connections.append(connection)
        var parser = HTTPRequestParser()
        connection.startReading(
            onBytes: { [unowned self] bytes in
                var input = bytes
                // Bytes that are no request are not answered: tests see that.
                while let event = try? parser.next(&input) {
                    guard case .request(let request) = event else { continue }
                    let answer = rules.answer(request, number: requests.count)
                    requests.append(request)
                    perform(answer, on: connection)
                }
            }, onEnd: { _ in connection.close() })
    }

    private func perform(_ answer: FieldAnswer, on connection: TCPConnection) {
        guard answer.pause == .zero else {
            let timer = LoopTimer(loop: loop)
            timers.append(timer)
            return timer.start(after: answer.pause) { [unowned self] in
                if !connection.isClosed { perform(answer.late(.zero), on: connection) }
            }
        }
        connection.write(Array(answer.text.utf8))
        if answer.closes { return connection.close() }
        guard let piece = answer.piece else { return }
        let timer = LoopTimer(loop: loop)
        timers.append(timer)
        timer.start(after: piece.every, repeating: piece.every) {
            if connection.isClosed { return timer.stop() }
            connection.write(Array(piece.text.utf8))
        }
    }

    package func close() {
        listener?.close()
        for connection in connections { connection.close() }
        for timer in timers { timer.close() }
    }
}
