/// A benchmark of serving that people bring along: its options, its words and its figures.
package enum Tool: String, Hashable, Sendable, CaseIterable {
    case vllm
    case sglang
    /// genai-perf too, which it follows.
    case aiperf
    case guidellm

    /// Its command, as people call it.
    package var command: String {
        switch self {
        case .vllm: "vllm bench serve"
        case .sglang: "sglang bench_serving"
        case .aiperf: "aiperf"
        case .guidellm: "guidellm"
        }
    }
}
