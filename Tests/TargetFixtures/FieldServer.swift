package import EventLoop
package import HTTP
import JSON

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

    package init(_ change: (inout FieldRules) -> Void = { _ in }) { change(&self) }

    /// A list of models as servers write it.
    package static func list(_ models: String...) -> (status: UInt16, body: String) {
        let items = models.map { #"{"id":"\#($0)","object":"model"}"# }
        return (200, #"{"object":"list","data":[\#(items.joined(separator: ","))]}"#)
    }

    /// The bytes of the answer to `request`, the server's `number`-th.
    func answer(_ request: HTTPRequest, number: Int) -> String {
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

    private func answer(toBodyOf request: HTTPRequest) -> String {
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
        let isChat = request.path.contains("chat/completions")
        let breaks = body["ignore_eos"] == true ? breaksAfter : nil
        return Self.stream(
            isChat: isChat, prompt: Self.promptTokens(body), tokens: tokens, breaksAfter: breaks)
    }

    /// A token a word, or an id, and four around them.
    private static func promptTokens(_ body: JSONValue) -> Int {
        let content = body["messages"]?.array?.first?["content"] ?? body["prompt"]
        return 4 + (content?.array?.count ?? content?.string?.split(separator: " ").count ?? 0)
    }

    private static func document(_ status: UInt16, _ body: String) -> String {
        "HTTP/1.1 \(status) X\r\ncontent-type: application/json\r\ncontent-length: "
            + "\(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func error(_ status: UInt16, _ message: String) -> String {
        document(status, #"{"error":{"message":"\#(message)"}}"#)
    }

    private static func stream(
        isChat: Bool, prompt: Int, tokens: Int, breaksAfter: Int?
    ) -> String {
        var events: [String] = []
        for number in 0..<tokens {
            if let breaksAfter, number >= breaksAfter {
                events.append(#"{"error":{"message":"Unexpected token while parsing"}}"#)
                break
            }
            let piece = isChat ? #""delta":{"content":"a "}"# : #""text":"a ""#
            let end = number == tokens - 1 ? #""length""# : "null"
            events.append(#"{"choices":[{"index":0,\#(piece),"finish_reason":\#(end)}]}"#)
        }
        events.append(
            #"{"choices":[],"usage":{"prompt_tokens":\#(prompt),"completion_tokens":\#(tokens)}}"#)
        let text = (events + ["[DONE]"]).map { "data: \($0)\n\n" }.joined()
        return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: "
            + "\(text.utf8.count)\r\n\r\n\(text)"
    }
}

/// A server of ``FieldRules`` on the loopback. Confined to its loop.
package final class FieldServer {
    package private(set) var requests: [HTTPRequest] = []
    private let rules: FieldRules
    private var listener: TCPListener?
    private var connections: [TCPConnection] = []

    package init(loop: EventLoop, port: UInt16 = 0, _ rules: FieldRules) throws(SystemError) {
        self.rules = rules
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
                    connection.write(Array(answer.utf8))
                }
            }, onEnd: { _ in connection.close() })
    }

    package func close() {
        listener?.close()
        for connection in connections { connection.close() }
    }
}
