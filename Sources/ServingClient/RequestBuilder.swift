package import HTTPStream
package import JSON
package import Workload

/// How a prompt is written.
package enum PromptEncoding: Hashable, Sendable {
    /// Common words, about one token each.
    case words
    /// Token ids from this range: exact, completions only.
    case tokenIDs(Range<UInt32>)
}

/// What all requests of a run have in common.
package struct RequestOptions: Sendable {
    /// Names the run in `x-request-id`.
    package var runID: String
    package var endpoint = Endpoint.chat
    package var model: String
    package var prompt = PromptEncoding.words
    /// Whether `min_tokens` and `ignore_eos` pin the output length.
    package var pinsOutputLength = true
    /// The member that bounds the output: `max_tokens`, or `max_completion_tokens`.
    package var outputMember = "max_tokens"
    /// Whether usage is asked for in every event (vLLM).
    package var continuousUsage = false
    /// Whether token ids are asked for in every event (vLLM).
    package var returnTokenIDs = false
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
    /// Members that the builder sets itself.
    private static let ownMembers: Set<String> = [
        "model", "stream", "stream_options", "messages", "prompt", "max_tokens",
        "max_completion_tokens", "min_tokens", "ignore_eos", "return_token_ids",
    ]
    /// Fields that the builder sets itself or that would change what the answer looks like.
    static let ownFields: Set<String> = [
        "host", "content-length", "content-type", "transfer-encoding", "connection", "expect",
        "accept", "accept-encoding", "x-request-id", "te", "trailer", "upgrade",
    ]

    private let options: RequestOptions
    /// One head a target, up to the request's own fields.
    private let heads: [[UInt8]]
    /// The body up to the prompt's first byte.
    private let beforePrompt: [UInt8]
    private let afterPrompt: [UInt8]

    /// A builder for `targets`, in the order that the client has them.
    ///
    /// - Throws: ``RequestOptionsError`` that names the option: a member or field that the builder
    ///   sets itself, a field that is none, token ids for chat.
    package init(targets: [Target], options: RequestOptions) throws(RequestOptionsError) {
        try Self.validate(options)
        self.options = options
        heads = targets.map { Self.head(of: $0, options) }
        var body: [UInt8] = []
        var members = [
            JSONMember("model", .string(options.model)), JSONMember("stream", true),
            JSONMember("stream_options", ["include_usage": true]),
        ]
        if options.continuousUsage {
            members[2].value = ["include_usage": true, "continuous_usage_stats": true]
        }
        if options.returnTokenIDs { members.append(JSONMember("return_token_ids", true)) }
        if options.pinsOutputLength { members.append(JSONMember("ignore_eos", true)) }
        members += options.extraMembers
        JSONValue.object(members).write(to: &body)
        body.removeLast()
        switch (options.endpoint, options.prompt) {
        case (.chat, _):
            body.append(contentsOf: #","messages":[{"role":"user","content":""#.utf8)
            afterPrompt = Array("\"}]".utf8)
        case (.completions, .words):
            body.append(contentsOf: #","prompt":""#.utf8)
            afterPrompt = Array("\"".utf8)
        case (.completions, .tokenIDs):
            body.append(contentsOf: #","prompt":["#.utf8)
            afterPrompt = Array("]".utf8)
        }
        beforePrompt = body
    }

    /// The bytes of one planned request to `target`.
    ///
    /// - Complexity: O(prompt).
    package func prepare(_ request: PlannedRequest, target: Int) -> PreparedRequest {
        var body = beforePrompt
        let promptBegin = body.count
        switch options.prompt {
        case .words: PromptText.appendWords(request.prompt, to: &body)
        case .tokenIDs(let range):
            PromptText.appendTokenIDs(request.prompt, in: range, to: &body)
        }
        let promptEnd = body.count
        body.append(contentsOf: afterPrompt)
        body.append(contentsOf: #","\#(options.outputMember)":\#(request.outputTokens)"#.utf8)
        if options.pinsOutputLength {
            body.append(contentsOf: #","min_tokens":\#(request.outputTokens)"#.utf8)
        }
        body.append(UInt8(ascii: "}"))
        var bytes = heads[target]
        bytes.reserveCapacity(bytes.count + body.count + 128)
        bytes.append(contentsOf: "x-request-id: \(options.runID)-\(request.index)\r\n".utf8)
        bytes.append(contentsOf: "content-length: \(body.count)\r\n\r\n".utf8)
        let shift = bytes.count
        bytes.append(contentsOf: body)
        return PreparedRequest(
            id: request.index, target: target, bytes: bytes,
            prompt: (promptBegin + shift)..<(promptEnd + shift))
    }

    /// The head of a request up to its own fields.
    static func head(of target: Target, _ options: RequestOptions) -> [UInt8] {
        var head = "POST \(target.prefix)\(options.endpoint.path) HTTP/1.1\r\n"
        head += "host: \(target.authority)\r\nuser-agent: legato\r\n"
        head += "accept: text/event-stream\r\ncontent-type: application/json\r\n"
        if let key = options.apiKey { head += "authorization: Bearer \(key)\r\n" }
        for field in options.extraFields { head += "\(field.name): \(field.value)\r\n" }
        return Array(head.utf8)
    }

    private static func validate(_ options: RequestOptions) throws(RequestOptionsError) {
        func refuse(_ words: String) throws(RequestOptionsError) {
            throw RequestOptionsError(description: words)
        }
        if options.endpoint == .chat, options.prompt != .words {
            try refuse("token-id prompts need the completions endpoint; chat takes words")
        }
        if case .tokenIDs(let range) = options.prompt, range.isEmpty {
            try refuse("the range of token ids is empty; give at least one id")
        }
        guard
            options.outputMember == "max_tokens"
                || options.outputMember == "max_completion_tokens"
        else {
            return try refuse("the output length is max_tokens or max_completion_tokens")
        }
        for member in options.extraMembers where ownMembers.contains(member.name) {
            try refuse("the extra body may not set \"\(member.name)\": the benchmark sets it")
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
