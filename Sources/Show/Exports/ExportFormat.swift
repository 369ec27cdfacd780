/// A format in which a run's requests are handed to other tools.
package enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// The file of `vllm bench serve --save-result --save-detailed`.
    case vllm
    /// The `profile_export.jsonl` of aiperf.
    case aiperf
    /// A line a request.
    case csv
    /// A trace that Perfetto and chrome://tracing open.
    case perfetto
    /// The benchmark report v0.2 of llm-d.
    case benchmarkReport = "benchmark-report"
}
