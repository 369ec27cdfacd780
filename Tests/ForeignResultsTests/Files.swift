import ForeignResults
import Goodput
import Testing

/// Small result files, written after the tools' schemas.
enum Files {
    /// Two runs' worth of one: a good answer, one with two tokens in a chunk, a failure with what
    /// had come, one refused at once.
    static let vllm = """
        {"date": "20260101-000000", "endpoint_type": "openai-chat", "backend": "openai-chat",
        "model_id": "m", "tokenizer_id": "t", "num_prompts": 4, "request_rate": "inf",
        "burstiness": 1.0, "max_concurrency": 2, "duration": 1.0, "completed": 2, "failed": 2,
        "total_input_tokens": 7, "total_output_tokens": 7, "request_throughput": 2.0,
        "request_goodput": null, "output_throughput": 7.0, "total_token_throughput": 14.0,
        "input_lens": [3, 4, 5, 6], "output_lens": [3, 4, 0, 0],
        "ttfts": [0.1, 0.2, 0.3, 0.0], "itls": [[0.05, 0.05], [0.04, 0.06], [0.5], []],
        "latencies": [0.2, 0.3, 0.0, 0.0], "start_times": [50.0, 50.1, 50.2, 50.3],
        "queue_times": [0.0, 0.0, 0.2, 0.3], "generated_texts": ["a b c", "d", "", ""],
        "errors": ["", "", "Traceback\\n  line\\nOSError: reset\\n", "Bad Gateway"],
        "mean_ttft_ms": 150.0, "median_ttft_ms": 150.0, "p99_ttft_ms": 199.0,
        "mean_tpot_ms": 41.6666666666667, "mean_itl_ms": 50.0, "rtfx": 0.0}

        """

    static let sglang = """
        {"tag": null, "backend": "sglang-oai", "dataset_name": "random", "request_rate": 4.0,
        "max_concurrency": null, "server_info": {"x": [1, NaN]}, "duration": 2.0, "completed": 1,
        "total_input_tokens": 3, "total_output_tokens": 3,
        "total_output_tokens_retokenized": 3, "request_throughput": 0.5, "output_throughput": 1.5,
        "mean_e2e_latency_ms": 210.0, "mean_ttft_ms": 100.0, "median_ttft_ms": 100.0,
        "p99_ttft_ms": 100.0, "mean_tpot_ms": 55.0, "mean_itl_ms": 50.0, "accept_length": null,
        "input_lens": [3, 4], "output_lens": [3, 0], "ttfts": [0.1, 0.0],
        "itls": [[0.05, 0.05], []], "generated_texts": ["a b c", ""],
        "errors": ["", "Service Unavailable: busy"]}
        """

    static func metadata(_ start: Int64, _ phase: String = "profiling") -> String {
        """
        {"session_num": 0, "x_request_id": "r", "credit_issued_ns": \(start - 1_000_000), \
        "request_start_ns": \(start), "request_end_ns": \(start + 200_000_000), \
        "was_cancelled": false, "benchmark_phase": "\(phase)"}
        """
    }

    static let begin: Int64 = 1_795_348_912_477_279_940

    static let aiperfRecords = """
        {"metadata": \(metadata(begin - 5_000_000_000, "warmup")), "metrics": {}}
        {"metadata": \(metadata(begin)), "metrics": {"time_to_first_token": {"value": 100.0, \
        "unit": "ms"}, "inter_chunk_latency": {"value": [50.0, 40.0], "unit": "ms"}, \
        "request_latency": {"value": 190.0, "unit": "ms"}, "output_sequence_length": {"value": 3, \
        "unit": "tokens"}, "input_sequence_length": {"value": 9, "unit": "tokens"}}}
        {"metadata": \(metadata(begin + 100_000_000)), "metrics": {}, "error": {"code": 500, \
        "type": "Internal Server Error", "message": "injected"}}

        """

    private static func packet(_ ns: Int64, _ data: String) -> String {
        let escaped = data.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\\\"")
        return #"{"perf_ns": \#(ns), "packets": [{"name": "data", "value": "\#(escaped)"}]}"#
    }

    static func delta(_ text: String) -> String {
        #"{"choices": [{"index": 0, "delta": {"content": "\#(text)"}}]}"#
    }

    /// - Parameter usage: The count that the server gave at the end.
    static func aiperfRaw(usage: Int) -> String {
        let packets = [
            packet(600, delta("")), packet(1_000, delta("a")), packet(2_000, delta("b")),
            packet(
                2_000,
                #"{"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": \#(usage)}}"#),
            packet(2_000, "[DONE]"),
        ]
        return """
            {"metadata": \(metadata(begin)), "start_perf_ns": 500, "status": 200, "responses": \
            [\(packets.joined(separator: ", "))], "payload": {"model": "m"}}

            """
    }

    static func guidellm(_ first: Double, _ last: Double, tokens: Int, end: Double) -> String {
        """
        {"metadata": {"version": 2, "guidellm_version": "0.8.1"}, "config": {}, "benchmarks": [
        {"type_": "generative_benchmark", "config": {"strategy": {"type_": "concurrent", \
        "streams": 1}}, "duration": 2.0, "metrics": {"request_totals": {"successful": 1, \
        "errored": 1, "incomplete": 0, "total": 2}}, "requests": {"successful": [
        {"request_id": "a", "output": "\(String(repeating: "x", count: 200))", "info": \
        {"status": "completed", "timings": {"targeted_start": 1795348920.0, \
        "request_start": 1795348920.0, "first_token_iteration": \(first), \
        "last_token_iteration": \(last), "token_iterations": \(tokens), \
        "request_end": \(end), "resolve_end": \(end)}, "error": null}, \
        "prompt_tokens": 5, "output_tokens": \(tokens)}], "errored": [
        {"info": {"timings": {"targeted_start": 1795348921.0, "request_start": 1795348921.0, \
        "first_token_iteration": null, "last_token_iteration": null, "token_iterations": 0, \
        "request_end": null, "resolve_end": 1795348921.5}, "error": "ReadError('')"}, \
        "prompt_tokens": null, "output_tokens": null}], "incomplete": []}}]}
        """
    }

    static let inferencePerf = """
        [{"start_time": 100.0, "end_time": 100.5, "request": "{}", "response": "a", "info":
        {"request_metrics": {"text": {"input_tokens": 7}}, "response_metrics": {"output_tokens": 4,
        "server_usage": null, "response_chunks": [], "chunk_times": [100.1, 100.2, 100.4],
        "output_token_times": [100.1, 100.2, 100.2, 100.4]}, "input_tokens": 7}, "error": null},
        {"start_time": 100.2, "end_time": 100.3, "request": "{}", "response": null, "info":
        {"request_metrics": {"text": {"input_tokens": 8}}, "response_metrics": null},
        "error": {"error_type": "ClientError", "error_msg": "boom"}}]
        """

    static let etalon = """
        {"num_prompt_tokens": [5, 6], "num_output_tokens": [3, 4], "num_total_tokens": [8, 10],
        "tpot": [0.05, 0.02], "ttft": [0.1, 0.2], "tbt": [[0.05, 0.05], [0, 0.06, 0]],
        "end_to_end_latency": [0.2, 0.26], "deadline_miss_rate": [NaN, 0]}
        """

    static func genaiBench(unit: String, _ ttft: Double, _ latency: Double) -> String {
        """
        {"aggregated_metrics": {"scenario": "D(100,100)", "num_concurrency": 1, "run_duration": 2.0,
        "mean_output_throughput_tokens_per_s": 5.0, "num_error_requests": 1,
        "num_completed_requests": 1, "num_requests": 2, "stats": {"ttft": {"mean": \(ttft),
        "p50": \(ttft), "p99": \(ttft)}}},
        "individual_request_metrics": [
        {"ttft": \(ttft), "tpot": 0.1, "e2e_latency": \(latency), "num_input_tokens": 4,
        "num_output_tokens": 10, "error_code": null, "error_message": null},
        {"ttft": null, "e2e_latency": null, "num_output_tokens": null, "error_code": 429,
        "error_message": "slow down"}], "_time_unit": "\(unit)"}
        """
    }

    static var all: [(name: String, text: String)] {
        [
            ("vllm", vllm), ("sglang", sglang), ("aiperf records", aiperfRecords),
            ("aiperf raw", aiperfRaw(usage: 2)),
            (
                "guidellm",
                guidellm(1795348920.25, 1795348921.25, tokens: 5, end: 1795348921.5)
            ),
            ("inference-perf", inferencePerf), ("etalon", etalon),
            ("genai-bench", genaiBench(unit: "s", 0.5, 1.5)),
        ]
    }

    static func runs(_ text: String) throws(ForeignProblem) -> [ForeignRun]? {
        try ForeignRun.all(in: Array(text.utf8))
    }

    static func run(_ text: String) throws -> ForeignRun {
        let runs = try #require(try runs(text))
        try #require(runs.count == 1)
        return runs[0]
    }

    /// The problem in a file that cannot be read.
    static func problem(_ text: String) -> ForeignProblem? {
        do throws(ForeignProblem) {
            _ = try runs(text)
            return nil
        } catch {
            return error
        }
    }
}
