import JSON

/// The formats of files of prompts: of JSON known by the members of the first object, else by the
/// file's name or first byte.
package enum PromptFormat: String, Hashable, Sendable, CaseIterable {
    /// `[{"conversations": [{"from", "value"}]}]`, or one such object a line; also with `role` and
    /// `content`.
    case shareGPT = "sharegpt"
    /// OpenAI's batch input: `custom_id`, `method`, `url`, `body` a line.
    case openAIBatch = "openai"
    /// aiperf's single and multi-turn lines: `text` or `texts`, `timestamp`, `delay`, `role`,
    /// `session_id`, `turns`.
    case aiperf
    /// Mooncake's trace with texts: `text_input`, `output_length`, `timestamp`.
    case mooncakeText = "mooncake-text"
    /// `{"messages": [{"role", "content"}]}` a line or in a list.
    case messages
    /// `{"prompt": "..."}` a line or in a list.
    case prompts
    /// A prompt a line.
    case text
    /// A table with a column of prompts.
    case csv

    /// The format of an object; nil for anything else, such as a trace of lengths.
    init?(of object: JSONValue) {
        func has(_ name: String) -> Bool { object[name] != nil }
        if has("conversations") {
            self = .shareGPT
        } else if has("body") {
            self = .openAIBatch
        } else if has("text_input"), !has("input_length") {
            self = .mooncakeText
        } else if has("turns") || has("text") || has("texts") {
            self = .aiperf
        } else if has("messages") {
            self = .messages
        } else if has("prompt") {
            self = .prompts
        } else {
            return nil
        }
    }
}

/// How a file of prompts is cut into its entries.
package enum PromptEncoding: String, Hashable, Sendable, CaseIterable {
    case json
    case text
    case csv
    /// As `csv`, with tabs.
    case tsv

    /// The encoding that the end of a file's name states; nil for none.
    package init?(fileName: String) {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        switch fileName[fileName.index(after: dot)...].lowercased() {
        case "json", "jsonl", "ndjson": self = .json
        case "txt", "text": self = .text
        case "csv": self = .csv
        case "tsv": self = .tsv
        default: return nil
        }
    }
}

/// The history that the turns of a recorded conversation are sent with.
package enum PromptHistory: String, Hashable, Sendable, CaseIterable {
    /// People's earlier messages and the answers that the file holds.
    case recorded
    /// People's earlier messages and the server's own answers to them in this run.
    case live
    /// People's earlier messages, without any answer.
    case prompts
}
