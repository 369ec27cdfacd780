import JSON
import TokenLog

/// The members `hidden_tokens` and `answer` of a line of `requests.jsonl`.
extension AnswerNotes {
    /// Writes both members into the object that is open.
    func write(to writer: inout JSONWriter) {
        writer.member("hidden_tokens", Int64(hiddenTokens))
        writer.name("answer")
        writer.object { writer in
            writer.member("ended", ending.name)
            writer.member("finish_reason", finishWord)
            if strayLines > 0 {
                writer.member("stray_lines", Int64(strayLines))
            }
            if !unknownField.isEmpty {
                writer.member("unknown_field", unknownField)
            }
            if !marks.isEmpty {
                writer.name("marks")
                writer.array { writer in marks.names.forEach { writer.string($0) } }
            }
        }
    }

    /// Reads what ``write(to:)`` wrote; a line without the members says nothing of its answer.
    init(of line: JSONValue) throws(JSONFieldError) {
        self.init()
        hiddenTokens = try line.optionalInteger("hidden_tokens") ?? 0
        guard let json = line.optional("answer") else { return }
        ending =
            try json.optionalField("ended", "one of finish_reason, done, usage") {
                $0.string.flatMap(AnswerEnding.init(name:))
            } ?? .none
        if let word = try json.optionalField("finish_reason", "a text", \.string) {
            finishReason = FinishReason.allCases.first { "\($0.word)" == word } ?? .other
            if finishReason == .other { otherReason = Self.plainWord(word) }
        }
        strayLines = try json.optionalInteger("stray_lines") ?? 0
        let field = try json.optionalField("unknown_field", "a text", \.string)
        unknownField = field.map(Self.plainWord) ?? ""
        let names = try json.optionalField("marks", "a list of names", \.array) ?? []
        for name in names {
            // A mark of a later version says nothing that this one could tell.
            guard let known = AnswerMarks.named.first(where: { $0.name == name.string }) else {
                continue
            }
            marks.insert(known.mark)
        }
    }
}

extension AnswerEnding {
    /// Its name in the files; nil for none.
    package var name: String? {
        switch self {
        case .none: nil
        case .finishReason: "finish_reason"
        case .done: "done"
        case .usage: "usage"
        }
    }

    init?(name: String) {
        guard let ending = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = ending
    }
}
