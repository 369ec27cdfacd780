import JSON

/// A request for a completion, as far as the engine cares: how long the prompt is, how long the
/// answer shall be, and how it is told.
struct CompletionRequest: Hashable, Sendable {
    enum Endpoint: Hashable, Sendable {
        case chat, completions
    }

    var endpoint: Endpoint
    /// The model's name as the client wrote it; nil where it wrote none.
    var model: String?
    var prompt: PromptTokens
    /// Tokens of the prompt.
    var promptTokens: Int { prompt.count }
    /// Tokens of the longest answer; nil where the client set no limit.
    var maxTokens: Int?
    var minTokens = 0
    /// Whether the answer runs to its limit even where it would end by itself.
    var ignoresEnd = false
    var streams = false
    /// Whether a stream ends with an event of usage.
    var includesUsage = false
    /// Whether every event of a stream carries the usage so far.
    var continuousUsage = false
    /// Whether events carry the ids of their tokens.
    var returnsTokenIDs = false

    /// Tokens of the completions endpoint's answers without a limit, OpenAI's default.
    static let defaultCompletionTokens = 16

    /// Reads a request's JSON body.
    ///
    /// A string prompt has a token for every whitespace-separated word, an array of integers one
    /// for every integer; see ``ChatTemplate`` for messages. Fields that the engine does not know
    /// are ignored, as vLLM does.
    ///
    /// - Parameter hashesPrompt: Whether what the prompt says matters beside its length.
    /// - Throws: the error to answer with.
    init(
        endpoint: Endpoint, body: [UInt8], hashesPrompt: Bool = false
    ) throws(APIError) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: body)
        } catch {
            throw APIError(message: "The body is not JSON: \(error)")
        }
        guard json.members != nil else {
            throw APIError(message: "The body must be a JSON object.")
        }
        let fields = Fields(json)
        self.endpoint = endpoint
        model = try fields.text("model")
        prompt = PromptTokens(areHashed: hashesPrompt)
        try Self.read(json, endpoint, into: &prompt)
        maxTokens = try fields.integer("max_tokens", atLeast: 1)
        if endpoint == .chat {
            maxTokens = try fields.integer("max_completion_tokens", atLeast: 1) ?? maxTokens
        } else {
            maxTokens = maxTokens ?? Self.defaultCompletionTokens
        }
        minTokens = try fields.integer("min_tokens", atLeast: 0) ?? 0
        if let maxTokens, minTokens > maxTokens {
            throw APIError(
                message: "min_tokens must be at most max_tokens=\(maxTokens), got \(minTokens).",
                parameter: "min_tokens")
        }
        ignoresEnd = try fields.flag("ignore_eos")
        streams = try fields.flag("stream")
        returnsTokenIDs = try fields.flag("return_token_ids")
        if let choices = try fields.integer("n", atLeast: 1), choices > 1 {
            throw APIError(
                message: "n must be 1, got \(choices): the engine makes one answer a request.",
                parameter: "n")
        }
        try fields.checkNumber("temperature")
        if let options = json["stream_options"], options != .null {
            guard options.members != nil else {
                throw APIError(
                    message: "stream_options must be an object.", parameter: "stream_options")
            }
            let options = Fields(options)
            includesUsage = try options.flag("include_usage")
            continuousUsage = try options.flag("continuous_usage_stats")
        }
    }

    private static func read(
        _ json: JSONValue, _ endpoint: Endpoint, into prompt: inout PromptTokens
    ) throws(APIError) {
        switch endpoint {
        case .chat:
            guard let messages = json["messages"]?.array, !messages.isEmpty else {
                throw APIError(
                    message: "messages must be an array of at least one message.",
                    parameter: "messages")
            }
            try ChatTemplate.write(messages, into: &prompt)
        case .completions:
            guard let given = json["prompt"], given != .null else {
                throw APIError(message: "prompt must be given.", parameter: "prompt")
            }
            try read(prompt: given, into: &prompt)
            if prompt.count == 0 {
                throw APIError(message: "prompt must not be empty.", parameter: "prompt")
            }
        }
    }

    /// Reads a prompt: words, token ids, or an array with one of these.
    private static func read(
        prompt given: JSONValue, into prompt: inout PromptTokens
    ) throws(APIError) {
        if let text = given.string { return prompt.add(words: text) }
        guard let elements = given.array else {
            throw APIError(
                message: "prompt must be a string or an array of token ids.", parameter: "prompt")
        }
        if elements.isEmpty { return }
        if elements[0].string != nil || elements[0].array != nil {
            guard elements.count == 1 else {
                throw APIError(
                    message: "prompt must hold one prompt, got \(elements.count): the engine makes"
                        + " one answer a request.", parameter: "prompt")
            }
            if let text = elements[0].string { return prompt.add(words: text) }
        }
        for element in elements[0].array ?? elements {
            guard let id = element.int64, id >= 0 else {
                throw APIError(
                    message: "prompt must hold token ids, integers from 0.", parameter: "prompt")
            }
            prompt.add(id: id)
        }
    }
}

/// The tokens that a chat costs beside the words of its messages.
enum ChatTemplate {
    /// Tokens of a header: Llama 3 writes four before each message and before the answer, and an
    /// end mark behind each message.
    static let headerTokens = 4

    /// The tokens of a prompt made from `messages`.
    static func write(
        _ messages: [JSONValue], into prompt: inout PromptTokens
    ) throws(APIError) {
        prompt.add(marks: 1, named: "begin")
        for message in messages {
            guard let role = message["role"]?.string else {
                throw APIError(
                    message: "Every message must be an object with a role.", parameter: "messages")
            }
            prompt.add(marks: headerTokens, named: role)
            switch message["content"] {
            case nil, .null?: break
            case .string(let text)?: prompt.add(words: text)
            case .array(let parts)?:
                for part in parts {
                    guard let text = part["text"]?.string else {
                        throw APIError(
                            message: "A message's content may hold parts of text only.",
                            parameter: "messages")
                    }
                    prompt.add(words: text)
                }
            default:
                throw APIError(
                    message: "A message's content must be a string or an array of parts.",
                    parameter: "messages")
            }
            prompt.add(marks: 1, named: "end")
        }
        prompt.add(marks: headerTokens, named: "assistant")
    }
}

/// Members of a JSON object, with the errors of the API for those of a wrong type.
private struct Fields {
    private let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    private func value(_ name: String) -> JSONValue? {
        // A null literal is a JSONValue too, hence no `nil` here.
        json[name].flatMap { $0 == .null ? Optional.none : .some($0) }
    }

    func text(_ name: String) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else {
            throw APIError(message: "\(name) must be a string.", parameter: name)
        }
        return text
    }

    func flag(_ name: String) throws(APIError) -> Bool {
        guard let value = value(name) else { return false }
        guard let flag = value.bool else {
            throw APIError(message: "\(name) must be true or false.", parameter: name)
        }
        return flag
    }

    func integer(_ name: String, atLeast lowest: Int) throws(APIError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.int64 else {
            throw APIError(message: "\(name) must be an integer.", parameter: name)
        }
        guard integer >= lowest else {
            throw APIError(
                message: "\(name) must be at least \(lowest), got \(integer).", parameter: name)
        }
        return Int(integer)
    }

    func checkNumber(_ name: String) throws(APIError) {
        if let value = value(name), value.double == nil {
            throw APIError(message: "\(name) must be a number.", parameter: name)
        }
    }
}
