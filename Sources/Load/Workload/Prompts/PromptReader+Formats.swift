import JSON

extension PromptReader {
    // MARK: ShareGPT

    /// Human turns are sent; the recorded answers give the answers' lengths, by their bytes, and
    /// stand before the turns that follow them where the history is the recorded one.
    mutating func readShareGPT(_ object: JSONValue) throws(PromptFault) {
        guard let entries = object["conversations"]?.array else {
            throw PromptFault(problem: "`conversations` is no list")
        }
        var said: [(from: String, text: String)] = []
        for (index, entry) in entries.enumerated() {
            guard let from = (entry["from"] ?? entry["role"])?.string,
                let text = Self.text(entry["value"] ?? entry["content"])
            else {
                throw PromptFault(
                    problem:
                        "entry \(index + 1) of `conversations` has no texts `from` and `value` "
                        + "(or `role` and `content`)")
            }
            said.append((from, text))
        }
        let turns = recorded(said)
        if turns.isEmpty { skip() } else { append(Conversation(turns: turns)) }
    }

    /// The turns of a recorded conversation: each answer ends one.
    private mutating func recorded(
        _ entries: [(from: String, text: String)]
    ) -> [Conversation.Turn] {
        var turns: [Conversation.Turn] = []
        var said: [PromptMessage] = []
        var answer: Answer?
        for (from, text) in entries {
            switch from {
            case "human", "user", "system", "developer":
                guard !text.isEmpty else { continue }
                // Kept when something follows it.
                if let before = answer { said.append(before.message(&self)) }
                answer = nil
                said.append(
                    message(from == "human" || from == "user" ? .user : .system, text))
            default:
                // An answer to nothing is the rest of a conversation that was cut in two.
                guard said.contains(where: { $0.role == .user }) else { continue }
                let tokens = PromptEstimate.tokens(bytes: text.utf8.count)
                turns.append(
                    Conversation.Turn(content: .messages(said), outputTokens: tokens))
                said = []
                switch history {
                case .recorded: answer = text.isEmpty ? nil : .recorded(text)
                case .live: answer = .live(turn: turns.count - 1, tokens: tokens)
                case .prompts: answer = nil
                }
            }
        }
        return turns
    }

    /// The answer that stands between a turn and the next.
    private enum Answer {
        case recorded(String)
        case live(turn: Int, tokens: UInt32)

        func message(_ reader: inout PromptReader) -> PromptMessage {
            switch self {
            case .recorded(let text): reader.message(.assistant, text)
            case .live(let turn, let tokens):
                PromptMessage(
                    role: .assistant, texts: 0..<0, answeredTurn: UInt16(clamping: turn),
                    tokens: tokens)
            }
        }
    }

    /// A text, or the texts of a list of parts; nil for anything else.
    private static func text(_ content: JSONValue?) -> String? {
        if let text = content?.string { return text }
        guard let parts = content?.array, !parts.isEmpty else { return nil }
        var texts: [String] = []
        for part in parts {
            guard let text = part["text"]?.string else { return nil }
            texts.append(text)
        }
        return texts.joined(separator: "\n\n")
    }

    // MARK: Messages

    /// A list that ends with an answer is a recorded conversation; any other is one request.
    mutating func readMessages(_ object: JSONValue, line: Int) throws(PromptFault) {
        guard let list = object["messages"]?.array, !list.isEmpty else {
            throw PromptFault(problem: "there is no list `messages` of at least one")
        }
        var said: [(from: String, text: String)] = []
        for (index, entry) in list.enumerated() {
            guard let role = entry["role"]?.string, let text = Self.text(entry["content"]) else {
                throw PromptFault(
                    problem: "message \(index + 1) has no texts `role` and `content`")
            }
            said.append((role, text))
        }
        if said.last?.from == "assistant" {
            let turns = recorded(said)
            if turns.isEmpty { skip() } else { append(Conversation(turns: turns)) }
            return
        }
        guard said.contains(where: { !$0.text.isEmpty }) else {
            throw PromptFault(problem: "all `messages` are empty")
        }
        let output = try Self.outputLength(of: object)
        if output == nil { noteWithoutOutput(line: line) }
        let content: Conversation.Turn.Content
        if endpoint == .chat {
            // As they are: roles and parts are the server's business.
            content = .members(members([JSONMember("messages", .array(list))]))
        } else {
            content = .messages(
                said.filter { !$0.text.isEmpty }.map { from, text in
                    message(PromptRole(rawValue: from) ?? .user, text)
                })
        }
        append(Conversation(turns: [Conversation.Turn(content: content, outputTokens: output)]))
    }

    // MARK: Prompts

    mutating func readPrompt(_ object: JSONValue, line: Int) throws(PromptFault) {
        guard let text = object["prompt"]?.string, !text.isEmpty else {
            throw PromptFault(problem: "`prompt` is no text, or an empty one")
        }
        let answer = (object["completion"] ?? object["response"])?.string
        let output =
            try Self.outputLength(of: object)
            ?? answer.map { PromptEstimate.tokens(bytes: $0.utf8.count) }
        append(prompt: text, output: output, line: line)
    }

    /// A line of text, or the column of a row.
    mutating func readRecord(_ record: TextRecord, _ table: PromptTable?) throws(PromptFault) {
        let index = table?.prompt ?? 0
        guard index < record.fields.count else {
            throw PromptFault(problem: "the row has no field \(index + 1), where prompts stand")
        }
        guard let text = String(validating: record.fields[index], as: UTF8.self) else {
            throw PromptFault(problem: "the prompt is no UTF-8 text")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            // A blank line parts prompts, a blank field is a prompt that is not there.
            guard table != nil else { return }
            throw PromptFault(problem: "the prompt is empty")
        }
        var output: UInt32?
        if let column = table?.output, column < record.fields.count,
            !record.fields[column].isEmpty
        {
            guard let tokens = TraceNumber.tokens(record.fields[column][...]) else {
                throw PromptFault(problem: "the answer's length is no number of tokens")
            }
            guard tokens > 0 else { throw Self.noOutput }
            output = tokens
        }
        append(prompt: text, output: output, line: record.line)
    }

    private mutating func append(prompt text: String, output: UInt32?, line: Int) {
        if output == nil { noteWithoutOutput(line: line) }
        append(
            Conversation(
                turns: [
                    Conversation.Turn(
                        content: .messages([message(.user, text)]), outputTokens: output)
                ]))
    }

    // MARK: OpenAI batch

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
            ($0.name == prompt || OwnMember(rawValue: $0.name) == nil)
                && !overriddenMembers.contains($0.name)
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
            return try append(turn, to: id, atNs: try time(object, "timestamp"))
        }
        guard let turns = list.array, !turns.isEmpty else {
            throw PromptFault(problem: "`turns` is no list of at least one")
        }
        var before: Int64?
        var read: [Conversation.Turn] = []
        for (index, entry) in turns.enumerated() {
            var turn = try aiperfTurn(entry, line: line)
            let at = try time(entry, "timestamp")
            if index > 0, turn.thinkNs == nil, let at { turn.thinkNs = max(0, at - (before ?? at)) }
            before = at ?? before
            read.append(turn)
        }
        let first = try time(turns[0], "timestamp")
        append(Conversation(arrivalNs: first, turns: read))
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
            thinkNs: try time(object, "delay"))
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
            thinkNs: try time(object, "delay"))
        try append(
            turn, to: try Self.sessionID(object), atNs: try time(object, "timestamp"))
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

    /// The length that an object says of its answer, by whichever name; nil where it says nothing.
    private static func outputLength(of object: JSONValue) throws(PromptFault) -> UInt32? {
        for name in PromptTable.outputNames {
            if let tokens = try outputLength(object[name], name) { return tokens }
        }
        return nil
    }

    private static func outputLength(
        _ value: JSONValue?, _ name: String
    ) throws(PromptFault) -> UInt32? {
        guard let value, !value.isNull else { return nil }
        guard let tokens = value.int64, (0...Int64(TokenLength.limit)).contains(tokens) else {
            throw PromptFault(
                problem: "`\(name)` is no number of tokens up to \(TokenLength.limit)")
        }
        guard tokens > 0 else { throw noOutput }
        return UInt32(tokens)
    }

    private static var noOutput: PromptFault {
        PromptFault(problem: "the answer is to have no tokens", reason: .noOutput)
    }
}
