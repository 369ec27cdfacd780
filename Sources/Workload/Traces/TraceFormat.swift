/// The file formats of traces and of observed lengths.
package enum TraceFormat: String, Hashable, Sendable, CaseIterable {
    /// Azure LLM inference: `TIMESTAMP,ContextTokens,GeneratedTokens`.
    case azure
    /// Mooncake JSONL: `timestamp` in ms, `input_length`, `output_length`, `hash_ids`.
    case mooncake
    /// BurstGPT: `Timestamp` in s, `Session ID`, `Model`, `Request tokens`, `Response tokens`, ...
    case burstGPT = "burstgpt"
    /// vidur and etalon: `num_prefill_tokens`, `num_decode_tokens`, and `arrived_at` in s where the
    /// file is more than a list of lengths.
    case vidur

    /// The columns of a CSV format.
    struct Columns {
        var time: String
        var input: String
        var output: String
        /// Whether a file without the time column is a list of lengths.
        var isTimeOptional: Bool
    }

    /// Nil for JSON lines.
    var columns: Columns? {
        switch self {
        case .azure:
            Columns(
                time: "TIMESTAMP", input: "ContextTokens", output: "GeneratedTokens",
                isTimeOptional: false)
        case .burstGPT:
            Columns(
                time: "Timestamp", input: "Request tokens", output: "Response tokens",
                isTimeOptional: false)
        case .vidur:
            Columns(
                time: "arrived_at", input: "num_prefill_tokens", output: "num_decode_tokens",
                isTimeOptional: true)
        case .mooncake: nil
        }
    }
}

/// What is wrong with a trace, and where.
package struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    /// In bytes, from 1.
    package var column: Int
    package var problem: String

    package var description: String { "\(line):\(column): \(problem)" }
}
