package import ToolRules

/// A benchmark whose result files are read.
package enum ForeignTool: String, Hashable, Sendable, CaseIterable {
    case vllm
    case sglang
    case aiperf
    case guidellm
    case inferencePerf = "inference-perf"
    case etalon
    case genaiBench = "genai-bench"

    /// Its command, as people call it.
    package var command: String { rule?.command ?? rawValue }

    /// The tool by whose rule its own summary is made; nil where no rule is written down.
    package var rule: Tool? { Tool(rawValue: rawValue) }

    /// The file that has the requests' own times, and how the tool is told to write it.
    package var detailedFile: String {
        switch self {
        case .vllm: "the JSON of --save-result --save-detailed"
        case .sglang: "the JSONL of --output-file FILE --output-details"
        case .aiperf: "profile_export.jsonl, or profile_export_raw.jsonl of --export-level raw"
        case .guidellm: "benchmarks.json of version 2"
        case .inferencePerf:
            "per_request_lifecycle_metrics.json (report: request_lifecycle: per_request: true)"
        case .etalon: "request_level_metrics.json"
        case .genaiBench: "the JSON of one run, with individual_request_metrics"
        }
    }
}
