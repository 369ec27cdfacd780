import JSON

/// The formats of files of prompts, known by the members of their first object.
package enum PromptFormat: String, Hashable, Sendable, CaseIterable {
    /// `[{"conversations": [{"from", "value"}]}]`, or one such object a line.
    case shareGPT = "sharegpt"
    /// OpenAI's batch input: `custom_id`, `method`, `url`, `body` a line.
    case openAIBatch = "openai"
    /// aiperf's single and multi-turn lines: `text` or `texts`, `timestamp`, `delay`, `role`,
    /// `session_id`, `turns`.
    case aiperf
    /// Mooncake's trace with texts: `text_input`, `output_length`, `timestamp`.
    case mooncakeText = "mooncake-text"

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
        } else {
            return nil
        }
    }
}
