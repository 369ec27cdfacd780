import EngineModel
import JSON
import Randomness

/// Composes the bytes of one answer's events, byte for byte in the order in which vLLM 0.32 writes
/// their members.
///
/// The bytes that all events of an answer share are made once; a token costs a few copies and no
/// JSON tree.
struct EventComposer {
    let request: CompletionRequest
    /// The answer's name, unique in the server.
    private let id: String
    private let model: String
    private let createdSeconds: Int64
    private let seed: UInt64
    private let ordinal: UInt64

    /// An event's bytes as far as the value of `choices`.
    private let head: [UInt8]
    /// An event's bytes as far as the token's text, and the same of a thought.
    private let beforeText: [UInt8]
    private let beforeThought: [UInt8]
    /// Tokens of thought at the answer's begin, of which ``hidden`` are in no event.
    let thoughts: Int
    let hidden: Int
    /// An event's bytes between text and finish reason.
    private let afterText: [UInt8]

    /// - Parameter output: Tokens of the whole answer.
    init(
        request: CompletionRequest, output: Int, thinking: Thoughts?, ordinal: UInt64,
        model: String, createdSeconds: Int64,
        seed: UInt64
    ) {
        self.request = request
        self.model = model
        self.createdSeconds = createdSeconds
        self.seed = seed
        self.ordinal = ordinal
        let digits = String(SplitMix64.draw(ordinal, of: seed), radix: 16)
        let hex = String(repeating: "0", count: 16 - digits.count) + digits
        id = (request.endpoint == .chat ? "chatcmpl-" : "cmpl-") + hex
        head = Self.head(
            id: id, object: request.endpoint == .chat ? "chat.completion.chunk" : "text_completion",
            createdSeconds: createdSeconds, model: model)
        beforeThought = head + Array(#"[{"index":0,"delta":{"reasoning_content":""#.utf8)
        // Servers tell thoughts apart in chats alone.
        let thinking = request.endpoint == .chat ? thinking : nil
        thoughts = thinking?.count(of: output) ?? 0
        hidden = thinking?.areHidden == true ? thoughts : 0
        switch request.endpoint {
        case .chat:
            beforeText = head + Array(#"[{"index":0,"delta":{"content":""#.utf8)
            afterText = Array(#""},"logprobs":null,"finish_reason":"#.utf8)
        case .completions:
            beforeText = head + Array(#"[{"index":0,"text":""#.utf8)
            afterText = Array(#"","logprobs":null,"finish_reason":"#.utf8)
        }
    }

    /// An event's bytes as far as the value of `choices`.
    private static func head(
        id: String, object: String, createdSeconds: Int64, model: String
    ) -> [UInt8] {
        var bytes = Array(#"data: {"id":""#.utf8)
        bytes.append(contentsOf: id.utf8)
        bytes.append(contentsOf: #"","object":"\#(object)","created":\#(createdSeconds),"#.utf8)
        bytes.append(contentsOf: #""model":"#.utf8)
        JSONValue.write(model, to: &bytes)
        bytes.append(contentsOf: #","choices":"#.utf8)
        return bytes
    }

    /// Appends the event that opens a chat's answer: a role and no token.
    func appendRole(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: head)
        bytes.append(
            contentsOf: #"[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"#
                .utf8)
        bytes.append(contentsOf: #""finish_reason":null}],"prompt_token_ids":null"#.utf8)
        if request.continuousUsage {
            bytes.append(contentsOf: ",".utf8)
            appendUsage(completionTokens: 0, to: &bytes)
        }
        bytes.append(contentsOf: "}\n\n".utf8)
    }

    /// Appends the event of the tokens `indices`; without any where an answer ends by itself after
    /// its last token. Thoughts and the answer never share one: then there are two.
    func appendTokens(
        _ indices: Range<Int>, finish: AnswerEnding?, to bytes: inout [UInt8]
    ) {
        if indices.lowerBound < thoughts, indices.upperBound > thoughts {
            appendTokens(indices.lowerBound..<thoughts, finish: nil, to: &bytes)
            return appendTokens(thoughts..<indices.upperBound, finish: finish, to: &bytes)
        }
        bytes.append(
            contentsOf: indices.upperBound <= thoughts && !indices.isEmpty
                ? beforeThought : beforeText)
        for index in indices {
            let word = Vocabulary.word(seed: seed, ordinal: ordinal, index: index)
            Vocabulary.append(word, to: &bytes)
        }
        bytes.append(contentsOf: afterText)
        if let finish {
            bytes.append(contentsOf: #""\#(finish.rawValue)","stop_reason":null"#.utf8)
        } else if request.endpoint == .completions {
            bytes.append(contentsOf: #"null,"stop_reason":null"#.utf8)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
        if request.endpoint == .completions {
            bytes.append(contentsOf: #","prompt_token_ids":null"#.utf8)
        }
        if request.returnsTokenIDs {
            bytes.append(contentsOf: #","token_ids":["#.utf8)
            for index in indices {
                let word = Vocabulary.word(seed: seed, ordinal: ordinal, index: index)
                if index > indices.lowerBound { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: "\(Vocabulary.firstID + word)".utf8)
            }
            bytes.append(contentsOf: "]}]".utf8)
        } else {
            bytes.append(contentsOf: #","token_ids":null}]"#.utf8)
        }
        if request.continuousUsage {
            bytes.append(contentsOf: ",".utf8)
            appendUsage(completionTokens: indices.upperBound, to: &bytes)
        }
        bytes.append(contentsOf: "}\n\n".utf8)
    }

    /// Appends the event of usage that ends a stream where it was asked for.
    func appendFinalUsage(completionTokens: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: head)
        bytes.append(contentsOf: "[],".utf8)
        appendUsage(completionTokens: completionTokens, tellsThoughts: true, to: &bytes)
        bytes.append(contentsOf: "}\n\n".utf8)
    }

    /// The mark at the end of a stream.
    static let done = Array("data: [DONE]\n\n".utf8)

    private func appendUsage(
        completionTokens: Int, tellsThoughts: Bool = false, to bytes: inout [UInt8]
    ) {
        let prompt = request.promptTokens
        bytes.append(contentsOf: #""usage":{"prompt_tokens":\#(prompt),"total_tokens":"#.utf8)
        bytes.append(contentsOf: "\(prompt + completionTokens)".utf8)
        bytes.append(contentsOf: #","completion_tokens":\#(completionTokens)"#.utf8)
        if tellsThoughts, thoughts > 0 {
            let reasoned = min(thoughts, completionTokens)
            bytes.append(
                contentsOf: #","completion_tokens_details":{"reasoning_tokens":\#(reasoned)}"#.utf8)
        }
        bytes.append(contentsOf: "}".utf8)
    }

    /// The whole answer, for a client that does not stream.
    func whole(completionTokens: Int, finish: AnswerEnding) -> JSONValue {
        let words = (0..<completionTokens).map {
            Vocabulary.word(seed: seed, ordinal: ordinal, index: $0)
        }
        func text(_ words: ArraySlice<Int>) -> JSONValue {
            var text: [UInt8] = []
            for word in words { Vocabulary.append(word, to: &text) }
            return .string(String(decoding: text, as: UTF8.self))
        }
        let content = text(words.dropFirst(thoughts))
        let ids: JSONValue =
            request.returnsTokenIDs
            ? .array(words.dropFirst(hidden).map { .integer(Int64(Vocabulary.firstID + $0)) })
            : .null
        var choice: [JSONMember] = [JSONMember("index", 0)]
        switch request.endpoint {
        case .chat:
            var message: [JSONMember] = [
                JSONMember("role", "assistant"), JSONMember("content", content),
                JSONMember("refusal", nil),
            ]
            if thoughts > hidden {
                message.append(JSONMember("reasoning_content", text(words.prefix(thoughts))))
            }
            choice.append(JSONMember("message", .object(message)))
        case .completions:
            choice.append(JSONMember("text", content))
        }
        choice += [
            JSONMember("logprobs", nil), JSONMember("finish_reason", .string(finish.rawValue)),
            JSONMember("stop_reason", nil), JSONMember("token_ids", ids),
        ]
        let prompt = Int64(request.promptTokens)
        var usage: [JSONMember] = [
            JSONMember("prompt_tokens", .integer(prompt)),
            JSONMember("total_tokens", .integer(prompt + Int64(completionTokens))),
            JSONMember("completion_tokens", .integer(Int64(completionTokens))),
        ]
        if thoughts > 0 {
            let reasoned = Int64(min(thoughts, completionTokens))
            usage.append(
                JSONMember("completion_tokens_details", ["reasoning_tokens": .integer(reasoned)]))
        }
        let object = request.endpoint == .chat ? "chat.completion" : "text_completion"
        return [
            "id": .string(id), "object": .string(object), "created": .integer(createdSeconds),
            "model": .string(model), "choices": [.object(choice)],
            "usage": .object(usage),
        ]
    }
}
