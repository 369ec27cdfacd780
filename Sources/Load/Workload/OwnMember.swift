/// A member of a request's body that the benchmark sets itself, so that nobody else may.
package enum OwnMember: String, Hashable, Sendable, CaseIterable {
    case model
    case stream
    case streamOptions = "stream_options"
    case messages
    case prompt
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
    case minTokens = "min_tokens"
    case ignoreEOS = "ignore_eos"
    case returnTokenIDs = "return_token_ids"

    /// The way to say the same in a scenario, as the end of a sentence.
    package var remedy: String {
        switch self {
        case .model: "write `model: NAME` in the scenario or beside a server's `url` (--model)"
        case .stream: "leave it out: every answer is streamed"
        case .streamOptions: "leave it out: usage is asked for where the server gives it"
        case .messages, .prompt: "give a class `prompts: FILE`, or its `input` a length"
        case .maxTokens, .maxCompletionTokens: "give a class its `output` (--output-len)"
        case .minTokens, .ignoreEOS: "write `request: { ignore eos: true }`, or `false`"
        case .returnTokenIDs: "leave it out: ids are asked for where the server gives them"
        }
    }

    /// The way to say the same on the command line, as the end of a sentence.
    package var optionRemedy: String {
        switch self {
        case .model: "give --model NAME"
        case .messages, .prompt: "give --prompts FILE, or a length as --input-len"
        case .maxTokens, .maxCompletionTokens: "give --output-len"
        case .minTokens, .ignoreEOS: "give --ignore-eos or --no-ignore-eos"
        case .stream, .streamOptions, .returnTokenIDs: remedy
        }
    }
}
