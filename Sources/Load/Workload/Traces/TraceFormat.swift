/// The file formats of traces and of observed lengths.
package enum TraceFormat: String, Hashable, Sendable, CaseIterable {
    /// Azure LLM inference: `TIMESTAMP,ContextTokens,GeneratedTokens`.
    case azure
    /// Mooncake JSONL: `timestamp` in ms, `input_length`, `output_length`, `hash_ids` of 512
    /// tokens.
    case mooncake
    /// Bailian JSONL: Mooncake's members beside `chat_id` and `parent_chat_id`, `timestamp` in s,
    /// `hash_ids` of 16 tokens.
    case bailian
    /// BurstGPT: `Timestamp` in s, `Session ID`, `Model`, `Request tokens`, `Response tokens`, ...
    case burstGPT = "burstgpt"
    /// vidur and etalon: `num_prefill_tokens`, `num_decode_tokens`, and `arrived_at` in s where the
    /// file is more than a list of lengths.
    case vidur
    /// OTLP JSON lines, exports of OpenTelemetry spans: the calls of models, a session a trace id.
    case otel
    /// TraceLab JSONL: rounds of coding agents, a session a `session_id`.
    case tracelab

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
        case .mooncake, .bailian, .otel, .tracelab: nil
        }
    }

    /// Whether its lines are calls of sessions that stand in any order.
    package var hasSessions: Bool {
        switch self {
        case .otel, .tracelab: true
        case .azure, .mooncake, .bailian, .burstGPT, .vidur: false
        }
    }

    /// The unit of its times where nothing else is said; nil for times that say it themselves.
    var time: TraceTime? {
        switch self {
        case .azure, .otel, .tracelab: nil
        case .mooncake: .milliseconds
        case .bailian, .burstGPT, .vidur: .seconds
        }
    }

    /// Tokens of a block of `hash_ids`, by the traces' own descriptions; nil without ids.
    package var blockTokens: UInt32? {
        switch self {
        case .mooncake: 512
        case .bailian: 16
        case .azure, .burstGPT, .vidur, .otel, .tracelab: nil
        }
    }
}

/// A unit of a trace's times.
package enum TraceTime: String, Hashable, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// Ns that the unit has.
    var nanoseconds: Double {
        switch self {
        case .seconds: 1e9
        case .milliseconds: 1e6
        case .microseconds: 1e3
        case .nanoseconds: 1
        }
    }

    /// The unit is 10 to this power of ns.
    var digits: Int {
        switch self {
        case .seconds: 9
        case .milliseconds: 6
        case .microseconds: 3
        case .nanoseconds: 0
        }
    }
}

extension TraceTime {
    /// Arrivals a second beyond which times that are taken for ms are more likely s: nobody
    /// recorded that many.
    private static let doubtfulRate = 100.0

    /// The question that times in ms of so many arrivals a second raise, as a sentence; nil for
    /// none.
    static func doubt(rate: Double?, hasFraction: Bool) -> String? {
        guard let rate, rate > doubtfulRate else { return nil }
        let fraction = hasFraction ? "this time has a fraction, and " : ""
        return
            "\(fraction)times in ms make \(Int(min(rate, 1e15))) arrivals a second: is the file in "
            + "s or in ms? Write `time: s` or `time: ms` beside `replay`"
    }
}

/// A mistake in a trace, and where it is.
package struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    /// In bytes, from 1.
    package var column: Int
    package var problem: String

    package var description: String { "\(line):\(column): \(problem)" }
}
