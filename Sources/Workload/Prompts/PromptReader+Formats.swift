import JSON

extension PromptReader {
    // MARK: ShareGPT

    /// Human turns are sent; the recorded answers give the answers' lengths, by their bytes.
    mutating func readShareGPT(_ object: JSONValue) throws(PromptFault) {
        guard let entries = object["conversations"]?.array else {
            throw PromptFault(problem: "`conversations` is no list")
        }
        var turns: [Conversation.Turn] = []
        var said: [PromptMessage] = []
        for (place, entry) in entries.enumerated() {
            guard let from = entry["from"]?.string, let value = entry["value"]?.string else {
                throw PromptFault(
                    problem: "entry \(place + 1) of `conversations` has no texts `from` and `value`"
                )
            }
            switch from {
            case "human", "user":
                guard !value.isEmpty else { continue }
                said.append(message(.user, value))
            case "system":
                guard !value.isEmpty else { continue }
                said.append(message(.system, value))
            default:
                // An answer to nothing is the rest of a conversation that was cut in two.
                guard said.contains(where: { $0.role == .user }) else { continue }
                turns.append(
                    Conversation.Turn(
                        content: .messages(said),
                        outputTokens: PromptEstimate.tokens(bytes: value.utf8.count)))
                said = []
            }
        }
        if turns.isEmpty { skip() } else { append(Conversation(turns: turns)) }
    }

    // MARK: OpenAI batch

    /// Members of a body that the benchmark sets itself.
    private static let ownMembers: Set<String> = [
        "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "min_tokens",
        "ignore_eos", "return_token_ids",
    ]

    mutating func readBatch(_ object: JSONValue, line: Int) throws(PromptFault) {
        guard let body = object["body"]?.members else {
            throw PromptFault(problem: "`body` is no object")
        }
        if let method = object["method"]?.string, method != "POST" {
            throw PromptFault(problem: "`method` is not POST")
        }
        if let url = object["url"]?.string, !url.hasSuffix(endpoint.path) {
            let other: Endpoint = endpoint == .chat ? .completions : .chat
            let remedy = url.hasSuffix(other.path) ? "; run with endpoint \(other.rawValue)" : ""
            throw PromptFault(problem: "`url` is not \(endpoint.path)\(remedy)")
        }
        let prompt = endpoint == .chat ? "messages" : "prompt"
        let given = object["body"]?[prompt]
        if endpoint == .chat {
            guard let messages = given?.array, !messages.isEmpty else {
                throw PromptFault(problem: "`body` has no list `messages` of at least one")
            }
        } else {
            try Self.checkPrompt(given)
        }
        for name in ["n", "best_of"] where (object["body"]?[name] ?? 1) != 1 {
            throw PromptFault(
                problem: "`\(name)` asks for several answers; a reader reads one, so leave it out")
        }
        let output = try Self.outputLength(
            object["body"]?["max_completion_tokens"] ?? object["body"]?["max_tokens"], "max_tokens")
        if output == nil { noteWithoutOutput(line: line) }
        let kept = body.filter {
            !Self.ownMembers.contains($0.name) && !overriddenMembers.contains($0.name)
        }
        append(
            Conversation(
                turns: [
                    Conversation.Turn(content: .members(members(kept)), outputTokens: output)
                ]))
    }

    private static func checkPrompt(_ prompt: JSONValue?) throws(PromptFault) {
        switch prompt {
        case .string(let text)? where !text.isEmpty: return
        case .array(let values)? where !values.isEmpty:
            // Token ids, or a list of one prompt.
            if values.allSatisfy({ $0.int64 != nil }) { return }
            guard values.count == 1 else {
                throw PromptFault(problem: "`prompt` holds several prompts; write one a line")
            }
        default: throw PromptFault(problem: "`body` has no `prompt`")
        }
    }

    // MARK: aiperf

    mutating func readAiperf(_ object: JSONValue, line: Int) throws(PromptFault) {
        let id = try Self.sessionID(object)
        guard let list = object["turns"] else {
            let turn = try aiperfTurn(object, line: line)
            return try append(turn, to: id, atNs: try Self.milliseconds(object, "timestamp"))
        }
        guard let turns = list.array, !turns.isEmpty else {
            throw PromptFault(problem: "`turns` is no list of at least one")
        }
        var before: Int64?
        var read: [Conversation.Turn] = []
        for (place, entry) in turns.enumerated() {
            var turn = try aiperfTurn(entry, line: line)
            let at = try Self.milliseconds(entry, "timestamp")
            if place > 0, turn.thinkNs == nil, let at { turn.thinkNs = max(0, at - (before ?? at)) }
            before = at ?? before
            read.append(turn)
        }
        let first = try Self.milliseconds(turns[0], "timestamp")
        append(Conversation(arrivalNs: arrival(first), turns: read))
    }

    private mutating func aiperfTurn(
        _ object: JSONValue, line: Int
    ) throws(PromptFault) -> Conversation.Turn {
        for name in ["image", "images", "audio", "audios", "video", "videos"]
        where !(object[name]?.isNull ?? true) {
            throw PromptFault(problem: "`\(name)` cannot be sent: prompts are text alone")
        }
        let named = object["role"]?.string ?? "user"
        guard let role = PromptRole(rawValue: named) else {
            throw PromptFault(problem: "`role` is none of system, user and assistant")
        }
        var said: [PromptMessage] = []
        if let text = object["text"]?.string {
            said = [message(role, text)]
        } else if let texts = object["texts"]?.array, !texts.isEmpty {
            for entry in texts {
                guard let text = entry.string else {
                    throw PromptFault(problem: "`texts` holds something that is no text")
                }
                said.append(message(role, text))
            }
        } else {
            throw PromptFault(problem: "there is no `text`")
        }
        let output = try Self.outputLength(
            object["output_length"] ?? object["max_tokens"], "output_length")
        if output == nil { noteWithoutOutput(line: line) }
        return Conversation.Turn(
            content: .messages(said), outputTokens: output,
            thinkNs: try Self.milliseconds(object, "delay"))
    }

    // MARK: Mooncake

    mutating func readMooncake(_ object: JSONValue, line: Int) throws(PromptFault) {
        guard let text = object["text_input"]?.string, !text.isEmpty else {
            throw PromptFault(problem: "there is no `text_input`")
        }
        let output = try Self.outputLength(object["output_length"], "output_length")
        if output == nil { noteWithoutOutput(line: line) }
        let turn = Conversation.Turn(
            content: .messages([message(.user, text)]), outputTokens: output,
            thinkNs: try Self.milliseconds(object, "delay"))
        try append(
            turn, to: try Self.sessionID(object), atNs: try Self.milliseconds(object, "timestamp"))
    }

    // MARK: Fields

    private static func sessionID(_ object: JSONValue) throws(PromptFault) -> String? {
        switch object["session_id"] {
        case nil, .null?: return nil
        case .string(let id)?: return id
        case .integer(let id)?: return String(id)
        default: throw PromptFault(problem: "`session_id` is neither a text nor a number")
        }
    }

    private static func outputLength(
        _ value: JSONValue?, _ name: String
    ) throws(PromptFault) -> UInt32? {
        guard let value, !value.isNull else { return nil }
        guard let tokens = value.int64, (0...Int64(TokenLength.limit)).contains(tokens) else {
            throw PromptFault(
                problem: "`\(name)` is no number of tokens up to \(TokenLength.limit)")
        }
        // As in traces of lengths: a request without a token could not be measured.
        return UInt32(max(1, tokens))
    }

    /// A time in ms as ns; at most a century.
    private static func milliseconds(
        _ object: JSONValue, _ name: String
    ) throws(PromptFault) -> Int64? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let ms = value.double, ms >= 0, ms <= 3.2e12 else {
            throw PromptFault(problem: "`\(name)` is no time in ms")
        }
        return Int64((ms * 1e6).rounded())
    }
}
