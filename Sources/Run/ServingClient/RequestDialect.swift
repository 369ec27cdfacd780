package import Workload

/// How requests to one target are written: what its server accepts.
package struct RequestDialect: Hashable, Sendable {
    /// The endpoint that requests go to; nil names the options'.
    package var endpoint: Endpoint?
    /// The path and query that they are posted to; nil is the first of the target's.
    package var path: String?
    /// The model that the target is asked for; nil names the options'.
    package var model: String?
    package var prompt = PromptEncoding.words
    /// How the server counts such prompts.
    package var calibration = PromptCalibration.none
    /// Whether `ignore_eos` asks for an answer of full length.
    package var ignoresEOS = true
    /// Whether `min_tokens` does.
    package var setsMinTokens = true
    /// The member that bounds the output: `max_tokens`, or `max_completion_tokens`.
    package var outputMember = "max_tokens"
    /// Whether usage is asked for at the end of a stream.
    package var includesUsage = true
    /// Whether usage is asked for in every event (vLLM).
    package var continuousUsage = false
    /// Whether token ids are asked for in every event (vLLM).
    package var returnsTokenIDs = false

    /// Whether requests carry `x-request-id` (llama-cpp-python refuses one that is no UUID).
    package var namesRequests = true

    /// Everything that pins lengths.
    package init() {}

    /// The dialect for a server that nobody asked: nothing beyond OpenAI's own parameters unless
    /// `pinsOutput` insists.
    package static func unasked(prompt: PromptEncoding, pinsOutput: Bool) -> RequestDialect {
        var dialect = RequestDialect()
        dialect.prompt = prompt
        dialect.ignoresEOS = pinsOutput
        dialect.setsMinTokens = pinsOutput
        return dialect
    }

    /// Whether answers have the length that was asked for.
    package var pinsOutput: Bool { ignoresEOS || setsMinTokens }
}

/// How a prompt is written.
package enum PromptEncoding: Hashable, Sendable {
    /// Common words, about one token each.
    case words
    /// Token ids from this range: exact, completions only.
    case tokenIDs(Range<UInt32>)
}
