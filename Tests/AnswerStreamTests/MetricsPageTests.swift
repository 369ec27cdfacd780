import AnswerStream
import Randomness
import Testing
import TokenLog

@Suite("A server's metrics")
struct MetricsPageTests {
    private static func page(_ text: String) -> MetricsPage { MetricsPage(Array(text.utf8)) }

    private static func figures(
        running: UInt32? = nil, waiting: UInt32? = nil, keyValueUsePPM: UInt32? = nil,
        preemptions: UInt64? = nil, generated: UInt64? = nil, prompts: UInt64? = nil
    ) -> ServerFigures {
        var figures = ServerFigures()
        figures.running = running
        figures.waiting = waiting
        figures.keyValueUsePPM = keyValueUsePPM
        figures.preemptions = preemptions
        figures.generationTokens = generated
        figures.promptTokens = prompts
        return figures
    }

    /// Two engines behind one address, one of an older version's name.
    static let vllm = """
        # HELP vllm:num_requests_running Number of requests in model execution batches.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{engine="0",model_name="a"} 7.0
        vllm:num_requests_running{engine="1",model_name="a"} 5.0
        vllm:num_requests_waiting{engine="0",model_name="a"} 2.0
        vllm:num_requests_waiting{engine="1",model_name="a"} 0.0
        vllm:num_requests_waiting_by_reason{engine="0",model_name="a",reason="capacity"} 2.0
        vllm:kv_cache_usage_perc{engine="0",model_name="a"} 0.25
        vllm:gpu_cache_usage_perc{engine="1",model_name="a"} 0.5
        vllm:num_preemptions_total{engine="0",model_name="a"} 3.0
        vllm:num_preemptions_created{engine="0",model_name="a"} 1.75e+09
        vllm:prompt_tokens_total{engine="0",model_name="a"} 1.024e+03
        vllm:generation_tokens_total{engine="0",model_name="a"} 4096.0
        vllm:request_generation_tokens_bucket{engine="0",le="1.0",model_name="a"} 1.0
        """

    private static let sglang = """
        # TYPE sglang:num_running_reqs gauge
        sglang:num_running_reqs{engine_type="unified",pp_rank="0",priority="",tp_rank="0"} 9.0
        sglang:num_running_reqs{engine_type="unified",pp_rank="0",priority="1",tp_rank="0"} 4.0
        sglang:num_running_reqs{engine_type="unified",pp_rank="0",priority="",tp_rank="1"} 9.0
        sglang:num_running_reqs{engine_type="unified",pp_rank="1",priority="",tp_rank="0"} 9.0
        sglang:num_queue_reqs{model_name="b",pp_rank="0",tp_rank="0"} 2826.0
        sglang:token_usage{model_name="b"} 0.28
        sglang:num_retracted_reqs{model_name="b"} 1.0
        sglang:num_retracted_requests_total{model_name="b"} 48.0
        sglang:generation_tokens_total{is_streaming="true",model_name="b"} 100.0
        sglang:generation_tokens_total{is_streaming="false",model_name="b"} 11.0
        """

    private static let llamacpp = """
        # HELP llamacpp:requests_processing Number of requests processing.
        # TYPE llamacpp:requests_processing gauge
        llamacpp:requests_processing 4
        llamacpp:requests_deferred 46
        llamacpp:kv_cache_usage_ratio 0.125
        llamacpp:prompt_tokens_total 123
        llamacpp:tokens_predicted_total 17029
        llamacpp:tokens_predicted_seconds_total 1235.5
        """

    @Test(
        "Pages of three servers are read",
        arguments: [
            (
                vllm,
                figures(
                    running: 12, waiting: 2, keyValueUsePPM: 500_000, preemptions: 3,
                    generated: 4_096, prompts: 1_024)
            ),
            (
                sglang,
                figures(
                    running: 9, waiting: 2_826, keyValueUsePPM: 280_000, preemptions: 48,
                    generated: 111)
            ),
            (
                llamacpp,
                figures(
                    running: 4, waiting: 46, keyValueUsePPM: 125_000, generated: 17_029,
                    prompts: 123)
            ),
        ])
    func servers(_ text: String, _ expected: ServerFigures) {
        #expect(Self.page(text).figures == expected)
        #expect(Self.page(text).isMetrics)
        // Other line ends, a collector that knows no colons, and a time behind each value.
        #expect(Self.page(text.replacing("\n", with: "\r\n") + "\r\n").figures == expected)
        #expect(
            Self.page(
                text.split(separator: "\n").map { line in
                    let colon = line.firstIndex(of: ":")!
                    return line.hasPrefix("#")
                        ? String(line)
                        : line[..<colon] + "_" + line[line.index(after: colon)...]
                            + " 1764500000000"
                }.joined(separator: "\n")
            ).figures == expected)
    }

    @Test("Ranks that share nothing are summed: each has a data rank")
    func dataRanks() {
        let page = Self.page(
            """
            sglang_num_running_reqs{dp_rank="0",pp_rank="0",tp_rank="0"} 3
            sglang_num_running_reqs{dp_rank="1",pp_rank="0",tp_rank="1"} 4
            """)
        #expect(page.figures.running == 7)
    }

    @Test(
        "Values that are no count are passed over, large ones are the largest",
        arguments: [
            ("NaN", nil), ("+Inf", nil), ("-Inf", nil), ("-1", nil), ("x", nil), ("", nil),
            (String(repeating: "1", count: 65), nil), ("1e99", UInt64.max),
            ("1e19", 10_000_000_000_000_000_000),
            ("0.4", 0), ("2.6", 3), ("  7\t1764500000000", 7),
        ] as [(String, UInt64?)])
    func values(_ value: String, _ expected: UInt64?) {
        let page = Self.page("vllm:num_preemptions_total{a=\"b\"} \(value)\n")
        #expect(page.figures.preemptions == expected)
        let twice = Self.page("vllm:num_preemptions_total 5\nvllm:num_preemptions_total \(value)")
        #expect(twice.figures.preemptions == (expected == .max ? .max : 5 + (expected ?? 0)))
    }

    @Test("A use above the whole is the whole")
    func use() {
        #expect(Self.page("sglang:token_usage 1.7").figures.keyValueUsePPM == 1_000_000)
    }

    @Test(
        "Labels may hold anything",
        arguments: [
            #"{a="}"}"#, #"{a="\"} 9"}"#, #"{a="\\",b="{"}"#, #"{}"#, #"{ a="b" , c="d" }"#,
            #"{a="b",}"#,
        ])
    func labels(_ labels: String) {
        #expect(Self.page("llamacpp:requests_processing\(labels) 4").figures.running == 4)
    }

    @Test(
        "What is no line of metrics says so",
        arguments: [
            "", "<!doctype html>\n<html><body class=\"a\"> 4</body></html>", "{\"error\": 404}",
            "not found", "# HELP a b\n# TYPE a counter", "llamacpp:requests_processing",
            "llamacpp:requests_processing{a=\"b 4", "llamacpp:requests_processing{a=b} 4",
        ])
    func rubbish(_ text: String) {
        #expect(Self.page(text) == Self.page(""))
        #expect(!Self.page(text).isMetrics)
    }

    @Test("Metrics of others are metrics, and say nothing")
    func others() {
        let page = Self.page("go_gc_duration_seconds{quantile=\"0\"} 1.9e-05\n")
        #expect(page.isMetrics && page.figures.isEmpty)
    }

    @Test("A page that is cut anywhere gives what its whole lines say, and never traps")
    func cut() {
        let bytes = Array(Self.vllm.utf8)
        let whole = MetricsPage(bytes).figures
        for count in bytes.indices {
            let figures = MetricsPage(Array(bytes[..<count])).figures
            #expect(figures.running ?? 0 <= 12 && figures.waiting ?? 0 <= 2)
        }
        #expect(MetricsPage(bytes + Array("\nvllm:num_requests_run".utf8)).figures == whole)
    }

    @Test("Bytes that are damaged are harmless", arguments: 0..<200 as Range<UInt64>)
    func damaged(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var bytes = Array(Self.sglang.utf8)
        for _ in 0..<30 {
            bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                in: 0...255, using: &generator)
        }
        #expect(MetricsPage(bytes).figures.keyValueUsePPM ?? 0 <= 1_000_000)
    }
}
