package import HTTP
package import JSON
package import Workload

/// Options that all requests of a run have in common.
package struct RequestOptions: Sendable {
    /// Names the run in `x-request-id`.
    package var runID: String
    package var endpoint = Endpoint.chat
    package var model: String
    /// How requests are written to a target that has no dialect of its own.
    package var dialect = RequestDialect()
    /// Further members of the body.
    package var extraMembers: [JSONMember] = []
    /// Further header fields.
    package var extraFields: [HTTPField] = []
    /// Sent as a bearer token; never printed.
    package var apiKey: String?

    package init(runID: String, model: String) {
        self.runID = runID
        self.model = model
    }
}

/// Why no requests can be made from the options.
package struct RequestOptionsError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String
}

/// Makes the bytes of requests; everything that requests have in common is serialised once.
package struct RequestBuilder: Sendable {
    /// Fields that the builder sets itself or that would change what the answer looks like.
    static let ownFields: Set<String> = [
        "content-length", "content-type", "transfer-encoding", "connection", "expect",
        "accept", "accept-encoding", "x-request-id", "te", "trailer", "upgrade",
    ]

    /// The parts that requests to one target have in common.
    private struct Form: Sendable {
        /// The head up to the request's own fields.
        var head: [UInt8]
        /// The body's members without the prompt and the object's end.
        var common: [UInt8]
        /// The body up to the prompt's first byte.
        var beforePrompt: [UInt8]
        var afterPrompt: [UInt8]
        var dialect: RequestDialect
    }

    private let runID: String
    /// By target; its own model first, then those that requests name.
    private let forms: [[Form]]
    /// Members of bodies, by index, that requests of given prompts are put together from.
    private let texts: [UInt32: [UInt8]]

    /// A builder for `targets`, in the order that the client has them.
    ///
    /// - Parameters:
    ///   - dialects: one a target; nil writes all of them as the options say.
    ///   - models: those that requests name by their indices.
    ///   - texts: every text that a request will name, by index.
    /// - Throws: ``RequestOptionsError`` that names the option: a member or field that the builder
    ///   sets itself, a field that is none, token ids for chat.
    package init(
        targets: [Target], options: RequestOptions, dialects: [RequestDialect]? = nil,
        models: [String] = [], texts: [UInt32: [UInt8]] = [:]
    ) throws(RequestOptionsError) {
        let dialects = dialects ?? targets.map { _ in options.dialect }
        precondition(dialects.count == targets.count, "each target has a dialect")
        for dialect in dialects.isEmpty ? [options.dialect] : dialects {
            try Self.validate(options, dialect)
        }
        runID = options.runID
        self.texts = texts
        forms = zip(targets, dialects).map { target, dialect in
            ([dialect.model ?? options.model] + models).map {
                Self.form(target, options, dialect, model: $0)
            }
        }
    }

    private static func form(
        _ target: Target, _ options: RequestOptions, _ dialect: RequestDialect, model: String
    ) -> Form {
        var body: [UInt8] = []
        let endpoint = dialect.endpoint ?? options.endpoint
        var members = [JSONMember("model", .string(model)), JSONMember("stream", true)]
        members += dialect.usageMembers
        if dialect.returnsTokenIDs { members.append(JSONMember("return_token_ids", true)) }
        if dialect.ignoresEOS { members.append(JSONMember("ignore_eos", true)) }
        members += options.extraMembers
        JSONValue.object(members).write(to: &body)
        body.removeLast()
        let (open, close) =
            switch (endpoint, dialect.prompt) {
            case (.chat, _): (#","messages":[{"role":"user","content":""#, "\"}]")
            case (.completions, .words): (#","prompt":""#, "\"")
            case (.completions, .tokenIDs): (#","prompt":["#, "]")
            }
        return Form(
            head: head(
                of: target, path: dialect.path ?? target.postPaths(endpoint)[0], options),
            common: body, beforePrompt: body + open.utf8,
            afterPrompt: Array(close.utf8), dialect: dialect)
    }

    /// The bytes of one planned request to `target`.
    ///
    /// - Parameter answers: the server's answers to the earlier turns of its session, by turn.
    /// - Complexity: O(prompt).
    package func prepare(
        _ request: PlannedRequest, target: Int, answers: [UInt16: String] = [:]
    ) -> PreparedRequest {
        if request.usesTexts { return prepareTexts(request, target: target, answers) }
        return prepareWords(request, target: target)
    }

    private func prepareTexts(
        _ request: PlannedRequest, target: Int, _ answers: [UInt16: String]
    ) -> PreparedRequest {
        let form = form(target, request.modelIndex)
        var body = form.common + [UInt8(ascii: ",")]
        let promptBegin = body.count
        for segment in request.prompt {
            if let turn = segment.answeredTurn {
                // JSON as it is sent, without the quotes, which are the frame's.
                let quoted = JSONValue.string(answers[turn] ?? "").serialized
                body.append(contentsOf: quoted.dropFirst().dropLast())
                continue
            }
            guard let text = texts[UInt32(truncatingIfNeeded: segment.seed)] else {
                preconditionFailure("an agent prepares requests whose texts it holds")
            }
            body.append(contentsOf: text)
        }
        return finish(
            body, form, prompt: promptBegin..<body.count, request.index, target: target,
            outputTokens: request.outputTokens)
    }

    private func form(_ target: Int, _ modelIndex: UInt16?) -> Form {
        forms[target][modelIndex.map { Int($0) + 1 } ?? 0]
    }

    private func prepareWords(_ request: PlannedRequest, target: Int) -> PreparedRequest {
        prepare(
            request.index, target: target, modelIndex: request.modelIndex,
            outputTokens: request.outputTokens
        ) { body, dialect in
            let calibration = dialect.calibration
            switch dialect.prompt {
            case .words:
                PromptText.appendWords(request.prompt, calibration: calibration, to: &body)
            case .tokenIDs(let range):
                PromptText.appendTokenIDs(
                    request.prompt, in: range, calibration: calibration, to: &body)
            }
        }
    }

    /// The bytes of a request whose prompt `appendPrompt` writes.
    func prepare(
        _ id: UInt32, target: Int, modelIndex: UInt16? = nil, outputTokens: UInt32,
        _ appendPrompt: (inout [UInt8], RequestDialect) -> Void
    ) -> PreparedRequest {
        let form = form(target, modelIndex)
        var body = form.beforePrompt
        let promptBegin = body.count
        appendPrompt(&body, form.dialect)
        let promptEnd = body.count
        body.append(contentsOf: form.afterPrompt)
        return finish(
            body, form, prompt: promptBegin..<promptEnd, id, target: target,
            outputTokens: outputTokens)
    }

    /// Adds the output's length to a body, and the head.
    private func finish(
        _ unfinished: [UInt8], _ form: Form, prompt: Range<Int>, _ id: UInt32, target: Int,
        outputTokens: UInt32
    ) -> PreparedRequest {
        var body = unfinished
        body.append(contentsOf: #","\#(form.dialect.outputMember)":\#(outputTokens)"#.utf8)
        if form.dialect.setsMinTokens {
            body.append(contentsOf: #","min_tokens":\#(outputTokens)"#.utf8)
        }
        body.append(UInt8(ascii: "}"))
        var bytes = form.head
        bytes.reserveCapacity(bytes.count + body.count + 128)
        if form.dialect.namesRequests {
            bytes.append(contentsOf: "x-request-id: \(runID)-\(id)\r\n".utf8)
        }
        bytes.append(contentsOf: "content-length: \(body.count)\r\n\r\n".utf8)
        let shift = bytes.count
        bytes.append(contentsOf: body)
        return PreparedRequest(
            id: id, target: target, bytes: bytes,
            prompt: (prompt.lowerBound + shift)..<(prompt.upperBound + shift))
    }

    /// The head of a request to `path` up to its own fields; a `host` among the options' fields
    /// goes before the target's.
    static func head(of target: Target, path: String, _ options: RequestOptions) -> [UInt8] {
        var head = "POST \(path) HTTP/1.1\r\n"
        let host = options.extraFields.first(named: "host") ?? target.authority
        head += "host: \(host)\r\nuser-agent: legato\r\n"
        head += "accept: text/event-stream\r\ncontent-type: application/json\r\n"
        if let key = options.apiKey { head += "authorization: Bearer \(key)\r\n" }
        for field in options.extraFields where field.name.lowercased() != "host" {
            head += "\(field.name): \(field.value)\r\n"
        }
        return Array(head.utf8)
    }

    private static func validate(
        _ options: RequestOptions, _ dialect: RequestDialect
    ) throws(RequestOptionsError) {
        func refuse(_ words: String) throws(RequestOptionsError) {
            throw RequestOptionsError(description: words)
        }
        if (dialect.endpoint ?? options.endpoint) == .chat, dialect.prompt != .words {
            try refuse("token-id prompts need the completions endpoint; chat takes words")
        }
        if case .tokenIDs(let range) = dialect.prompt, range.isEmpty {
            try refuse("the range of token ids is empty; give at least one id")
        }
        guard
            dialect.outputMember == "max_tokens"
                || dialect.outputMember == "max_completion_tokens"
        else {
            return try refuse("the output length is max_tokens or max_completion_tokens")
        }
        for own in options.extraMembers.compactMap({ OwnMember(rawValue: $0.name) }) {
            try refuse("the extra body may not set \"\(own.rawValue)\": \(own.remedy)")
        }
        for member in options.extraMembers
        where ["n", "best_of"].contains(member.name) && member.value != 1 {
            try refuse(
                "the extra body asks for several answers (\"\(member.name)\"): a reader reads one, "
                    + "so leave it out")
        }
        if !isFieldValue(options.runID) { try refuse("the run id holds a control character") }
        if let key = options.apiKey, key.isEmpty || !isFieldValue(key) {
            try refuse("the API key is empty or holds a blank line or control character")
        }
        for field in options.extraFields {
            let name = field.name.lowercased()
            if ownFields.contains(name) || (name == "authorization" && options.apiKey != nil) {
                try refuse("the extra header \"\(name)\" may not be set: the benchmark sets it")
            }
            let isToken = HTTPField.isName(field.name)
            guard isToken, isFieldValue(field.value) else {
                return try refuse(
                    "the extra header \"\(name.prefix(64))\" is not NAME: VALUE on one line")
            }
        }
    }

    private static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }
}

extension RequestDialect {
    /// The body's member that asks for usage; none where it is not asked for.
    var usageMembers: [JSONMember] {
        if continuousUsage {
            let everywhere: JSONValue = ["include_usage": true, "continuous_usage_stats": true]
            return [JSONMember("stream_options", everywhere)]
        }
        return includesUsage ? [JSONMember("stream_options", ["include_usage": true])] : []
    }
}
