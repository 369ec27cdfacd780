/// A figure that a server's metrics may hold, under the names that servers give it.
enum MetricName {
    case running
    case waiting
    /// A share, 0 to 1.
    case keyValueUse
    case preemptions
    case generationTokens
    case promptTokens

    /// Engines by the word that their names begin with, each with its own names. Sources: vLLM
    /// (`vllm/v1/metrics/loggers.py`; `gpu_cache_usage_perc` up to version 0.10), SGLang
    /// (`srt/metrics/collector.py`; its counter of retractions, and not the gauge of the last
    /// batch's), llama.cpp (`tools/server`; the use of the cache up to 2025), and this house's
    /// embedded engine.
    private static let engines: [(word: StaticString, names: [(StaticString, MetricName)])] = [
        (
            "vllm",
            [
                ("num_requests_running", .running), ("num_requests_waiting", .waiting),
                ("kv_cache_usage_perc", .keyValueUse), ("gpu_cache_usage_perc", .keyValueUse),
                ("num_preemptions_total", .preemptions),
                ("generation_tokens_total", .generationTokens),
                ("prompt_tokens_total", .promptTokens),
            ]
        ),
        (
            "sglang",
            [
                ("num_running_reqs", .running), ("num_queue_reqs", .waiting),
                ("token_usage", .keyValueUse), ("num_retracted_requests_total", .preemptions),
                ("generation_tokens_total", .generationTokens),
                ("prompt_tokens_total", .promptTokens),
            ]
        ),
        (
            "llamacpp",
            [
                ("requests_processing", .running), ("requests_deferred", .waiting),
                ("kv_cache_usage_ratio", .keyValueUse),
                ("tokens_predicted_total", .generationTokens),
                ("prompt_tokens_total", .promptTokens),
            ]
        ),
        (
            "legato_engine",
            [
                ("requests_running", .running), ("requests_waiting", .waiting),
                ("kv_cache_usage_ratio", .keyValueUse), ("preemptions_total", .preemptions),
                ("generation_tokens_total", .generationTokens),
                ("prefill_tokens_total", .promptTokens),
            ]
        ),
    ]

    /// The figure of that name; nil for a name that is not wanted. A collector on the way may have
    /// written the colon behind the engine's word as `_`.
    init?(_ name: UnsafeRawBufferPointer) {
        for engine in Self.engines where name.begins(with: engine.word) {
            let rest = UnsafeRawBufferPointer(
                rebasing: name.dropFirst(engine.word.utf8CodeUnitCount))
            guard let separator = rest.first,
                separator == UInt8(ascii: ":") || separator == UInt8(ascii: "_")
            else { continue }
            let own = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
            for (word, figure) in engine.names
            where own.count == word.utf8CodeUnitCount && own.begins(with: word) {
                self = figure
                return
            }
            return nil
        }
        return nil
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the first bytes are those of `word`.
    func begins(with word: StaticString) -> Bool {
        guard count >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { expected in
            for (byte, wanted) in zip(self, expected) where byte != wanted { return false }
            return true
        }
    }
}
