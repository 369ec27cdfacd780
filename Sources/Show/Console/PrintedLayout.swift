import ToolRules

/// The parts of a tool's own printout, in its words and units.
enum PrintedPart {
    /// A centred title between two rows of a mark.
    case title(String, mark: Character)
    /// Lines of a label and the figure at a path, with so many digits after the point.
    case lines([(label: String, path: String)], digits: Int)
    /// A table: its heading, and rows of a label and figures at paths.
    case table([String], [(label: String, paths: [String])], digits: Int)
}

extension Tool {
    /// The printout's parts.
    ///
    /// - Parameter percentiles: The names of those that vLLM lists, such as 99.
    func layout(_ percentiles: [String]) -> [PrintedPart] {
        switch self {
        case .vllm: Self.vllmLayout(percentiles)
        case .sglang: Self.sglangLayout
        case .aiperf: Self.aiperfLayout
        case .guidellm: Self.guidellmLayout
        }
    }

    private static let banner = PrintedPart.title(" Serving Benchmark Result ", mark: "=")

    private static func vllmLayout(_ percentiles: [String]) -> [PrintedPart] {
        func statistics(_ word: String, _ name: String) -> PrintedPart {
            .lines(
                [
                    ("Mean \(word) (ms):", "mean_\(name)_ms"),
                    ("Median \(word) (ms):", "median_\(name)_ms"),
                ] + percentiles.map { ("P\($0) \(word) (ms):", "p\($0)_\(name)_ms") },
                digits: 2)
        }
        return [
            banner,
            .lines(
                [
                    ("Successful requests:", "completed"), ("Failed requests:", "failed"),
                ], digits: 0),
            .lines([("Benchmark duration (s):", "duration")], digits: 2),
            .lines(
                [
                    ("Total input tokens:", "total_input_tokens"),
                    ("Total generated tokens:", "total_output_tokens"),
                ], digits: 0),
            .lines(
                [
                    ("Request throughput (req/s):", "request_throughput"),
                    ("Request goodput (req/s):", "request_goodput"),
                    ("Output token throughput (tok/s):", "output_throughput"),
                    ("Peak output token throughput (tok/s):", "max_output_tokens_per_s"),
                    ("Peak concurrent requests:", "max_concurrent_requests"),
                    ("Total token throughput (tok/s):", "total_token_throughput"),
                ], digits: 2),
            .title("Time to First Token", mark: "-"), statistics("TTFT", "ttft"),
            .title("Time per Output Token (excl. 1st token)", mark: "-"),
            statistics("TPOT", "tpot"),
            .title("Inter-token Latency", mark: "-"), statistics("ITL", "itl"),
            .title("End-to-end Latency", mark: "-"), statistics("E2EL", "e2el"),
        ]
    }

    private static let sglangLayout: [PrintedPart] = {
        func statistics(_ word: String, _ name: String) -> PrintedPart {
            .lines(
                [
                    ("Mean", "mean"), ("Median", "median"), ("P90", "p90"), ("P95", "p95"),
                    ("P99", "p99"),
                ].map { ("\($0) \(word) (ms):", "\($1)_\(name)_ms") }
                    + (name == "itl" ? [("Max ITL (ms):", "max_itl_ms")] : []), digits: 2)
        }
        return [
            banner,
            .lines([("Successful requests:", "completed")], digits: 0),
            .lines([("Benchmark duration (s):", "duration")], digits: 2),
            .lines(
                [
                    ("Total input tokens:", "total_input_tokens"),
                    ("Total generated tokens:", "total_output_tokens"),
                    ("Total generated tokens (retokenized):", "total_output_tokens_retokenized"),
                ], digits: 0),
            .lines(
                [
                    ("Request throughput (req/s):", "request_throughput"),
                    ("Input token throughput (tok/s):", "input_throughput"),
                    ("Output token throughput (tok/s):", "output_throughput"),
                    ("Peak output token throughput (tok/s):", "max_output_tokens_per_s"),
                ], digits: 2),
            .lines([("Peak concurrent requests:", "max_concurrent_requests")], digits: 0),
            .lines(
                [
                    ("Total token throughput (tok/s):", "total_throughput"),
                    ("Concurrency:", "concurrency"),
                ], digits: 2),
            .title("End-to-End Latency", mark: "-"), statistics("E2E Latency", "e2e_latency"),
            .title("Time to First Token", mark: "-"), statistics("TTFT", "ttft"),
            .title("Time per Output Token (excl. 1st token)", mark: "-"),
            statistics("TPOT", "tpot"),
            .title("Inter-Token Latency", mark: "-"), statistics("ITL", "itl"),
        ]
    }()

    private static let aiperfLayout: [PrintedPart] = {
        let statistics = ["avg", "min", "max", "p99", "p90", "p50", "std"]
        let distributions: [(String, String)] = [
            ("Time to First Token (ms)", "time_to_first_token"),
            ("Time to Second Token (ms)", "time_to_second_token"),
            ("Request Latency (ms)", "request_latency"),
            ("Inter Token Latency (ms)", "inter_token_latency"),
            ("Inter Chunk Latency (ms)", "inter_chunk_latency"),
            ("Output Token Throughput Per User", "output_token_throughput_per_user"),
            ("Output Sequence Length (tokens)", "output_sequence_length"),
            ("Input Sequence Length (tokens)", "input_sequence_length"),
        ]
        return [
            .title("NVIDIA AIPerf | LLM Metrics", mark: " "),
            .table(
                ["Metric"] + statistics,
                distributions.map { label, tag in (label, statistics.map { "\(tag).\($0)" }) },
                digits: 2),
            .lines(
                [
                    ("Output Token Throughput (tokens/sec)", "output_token_throughput.avg"),
                    ("Request Throughput (requests/sec)", "request_throughput.avg"),
                    ("Goodput (requests/sec)", "goodput.avg"),
                    ("Benchmark Duration (sec)", "benchmark_duration.avg"),
                ], digits: 2),
            .lines(
                [
                    ("Request Count (requests)", "request_count.avg"),
                    ("Error Request Count (requests)", "error_request_count.avg"),
                ], digits: 0),
        ]
    }()

    private static let guidellmLayout: [PrintedPart] = {
        func two(_ name: String) -> [String] {
            ["median", "percentiles.p95"].map { "metrics.\(name).successful.\($0)" }
        }
        func means(_ name: String) -> [String] {
            ["successful", "total"].map { "metrics.\(name).\($0).mean" }
        }
        return [
            .title("Request Latency Statistics (Completed Requests)", mark: " "),
            .table(
                ["", "Mdn", "p95"],
                [
                    ("Request Latency (Sec)", two("request_latency")),
                    ("TTFT (ms)", two("time_to_first_token_ms")),
                    ("ITL (ms)", two("inter_token_latency_ms")),
                    ("TPOT (ms)", two("time_per_output_token_ms")),
                    ("Input Tok Per Req", two("prompt_token_count")),
                    ("Output Tok Per Req", two("output_token_count")),
                ], digits: 1),
            .title("Server Throughput Statistics", mark: " "),
            .table(
                ["Mean", "Completed", "All"],
                [
                    ("Requests Concurrency", means("request_concurrency")),
                    ("Requests Per Sec", means("requests_per_second")),
                    ("Input Tokens Per Sec", means("prompt_tokens_per_second")),
                    ("Output Tokens Per Sec", means("output_tokens_per_second")),
                    ("Total Tokens Per Sec", means("tokens_per_second")),
                ], digits: 1),
            .lines([("Duration (Sec)", "duration")], digits: 1),
            .lines(
                [
                    ("Requests Comp", "metrics.request_totals.successful"),
                    ("Requests Inc", "metrics.request_totals.incomplete"),
                    ("Requests Err", "metrics.request_totals.errored"),
                ], digits: 0),
        ]
    }()
}
