/// The choices by which a tool makes its figures of requests.
package struct ToolRule: Hashable, Sendable {
    /// The instant to which a request's latency counts. All tools count it from the send.
    package enum LatencyEnd: Hashable, Sendable {
        case lastToken
        /// The end of the stream, behind usage and `[DONE]`.
        case finish
    }

    /// How a percentile is found among values.
    package enum PercentileKind: Hashable, Sendable {
        /// Between closest ranks, numpy's default.
        case interpolated
        /// The least value at which the cumulated weights reach the share.
        case attained
    }

    /// How a completed answer without a stream of tokens counts.
    package enum Treatment: Hashable, Sendable {
        /// As a failed request.
        case failed
        /// As a stream of one event.
        case oneEvent
        /// As a request without TTFT and gaps.
        case withoutInstants
        /// With a TTFT and gaps of 0.
        case zeros
    }

    /// The figures of a distribution without values.
    package enum Nothing: Hashable, Sendable {
        case zero
        case absent
    }

    package var latencyEnd: LatencyEnd
    package var percentiles: PercentileKind
    /// An answer that came as one document.
    package var wholeAnswer: Treatment
    /// An answer that brought no token.
    package var emptyAnswer: Treatment
    /// Whether requests that were given up, or were not over when the run ended, are counted apart
    /// from those that failed.
    package var countsIncomplete: Bool
    package var nothing: Nothing
    /// The version whose rule it is, with the place where it stands.
    package var source: String
}

extension Tool {
    /// The tool's rule.
    ///
    /// Sources: vLLM 0.33, `vllm/benchmarks/serve.py` (`calculate_metrics`) and
    /// `lib/endpoint_request_func.py`, read at 009e6d4 (which counts peak concurrency by instants;
    /// 0.33 did by seconds); SGLang, `python/sglang/benchmark/serving.py` at 00f9ec4; aiperf 0.13,
    /// `src/aiperf/metrics/types`, read at 58dd5de; guidellm 0.8, `schemas/request_stats.py`,
    /// `schemas/statistics.py` and `benchmark/schemas/metrics.py`, read at ee7a774. Files that
    /// vLLM 0.33, aiperf 0.13 and guidellm 0.8.1 wrote give their printed figures again.
    package var rule: ToolRule {
        switch self {
        case .vllm:
            ToolRule(
                latencyEnd: .lastToken, percentiles: .interpolated, wholeAnswer: .failed,
                emptyAnswer: .failed, countsIncomplete: false, nothing: .zero,
                source: "vllm 0.33, vllm/benchmarks/serve.py")
        case .sglang:
            ToolRule(
                latencyEnd: .finish, percentiles: .interpolated, wholeAnswer: .oneEvent,
                emptyAnswer: .zeros, countsIncomplete: false, nothing: .zero,
                source: "sglang 00f9ec4, python/sglang/benchmark/serving.py")
        case .aiperf:
            ToolRule(
                latencyEnd: .lastToken, percentiles: .interpolated, wholeAnswer: .withoutInstants,
                emptyAnswer: .failed, countsIncomplete: false, nothing: .absent,
                source: "aiperf 0.13, src/aiperf/metrics/types")
        case .guidellm:
            ToolRule(
                latencyEnd: .finish, percentiles: .attained, wholeAnswer: .zeros,
                emptyAnswer: .zeros, countsIncomplete: true, nothing: .zero,
                source: "guidellm 0.8.1, src/guidellm/benchmark/schemas/metrics.py")
        }
    }
}
