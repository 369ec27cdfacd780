import ForeignResults
import Goodput
import Sampling
import Testing

@Suite("Result files of other tools")
struct FormatTests {
    private func times(_ request: RequestTimes) -> [Int64] {
        request.tokens.map { $0.time - request.scheduled }
    }

    private let ms: Int64 = 1_000_000

    @Test("vLLM: gaps add up, several tokens in a chunk go by the rule, failures keep what came")
    func vllm() throws {
        let run = try Files.run(Files.vllm)
        #expect(run.source.tool == .vllm && run.source.label == "m")
        #expect(run.requests.map(\.outcome) == [.completed, .completed, .failed, .failed])
        #expect(times(run.requests[0]) == [100, 150, 200].map { $0 * ms })
        #expect(run.requests[1].tokens.map(\.count) == [1, 2, 1])
        #expect(run.requests[2].tokens.map(\.count) == [1, 1])
        #expect(times(run.requests[2]) == [300, 800].map { $0 * ms })
        #expect(run.requests[3].tokens.isEmpty)
        // A closed loop's wait is no lateness: a request begins with its send.
        #expect(run.requests.map(\.scheduled) == [0, 100, 200, 300].map { $0 * ms })
        #expect(run.load == .closed(users: 2))
        #expect(run.promptTokens == [3, 4, 5, 6])
        #expect(run.source.duration == 1_000 * ms)
        #expect(run.source.errors.map(\.text).sorted() == ["Bad Gateway", "OSError: reset"])
        guard case .byRule(let counts) = run.source.fidelity else {
            Issue.record("a rule is needed")
            return
        }
        #expect(counts.even == 1 && counts.fewer == 1 && counts.uncounted == 1)
        #expect(run.source.remarks.contains(.roleChunks))
        #expect(run.source.remarks.contains(.failuresWithoutEnd(2)))
    }

    @Test("vLLM: in an open loop what a request waited before its send counts")
    func vllmOpen() throws {
        let text = Files.vllm.replacing("\"request_rate\": \"inf\"", with: "\"request_rate\": 8.0")
        let run = try Files.run(text)
        #expect(run.requests.map(\.scheduled) == [0, 100, 0, 0].map { $0 * ms })
        #expect(run.requests.map(\.sent) == [0, 100, 200, 300].map { $0 * ms })
        #expect(run.load == .open)
        #expect(run.source.remarks.contains(.scheduledIs(member: "queue_times")))
    }

    @Test("vLLM: appended results are runs of their own, in the file's order")
    func vllmAppended() throws {
        let second = Files.vllm.replacing("\"model_id\": \"m\"", with: "\"model_id\": \"n\"")
        let runs = try #require(try Files.runs(Files.vllm + second + Files.vllm))
        #expect(runs.map(\.source.label) == ["m", "n", "m"])
    }

    @Test("sglang: no sends, all begin at 0, T is the duration")
    func sglang() throws {
        let run = try Files.run(Files.sglang)
        #expect(run.source.tool == .sglang && !run.source.knowsStarts)
        #expect(run.requests.map(\.scheduled) == [0, 0])
        #expect(times(run.requests[0]) == [100, 150, 200].map { $0 * ms })
        #expect(run.requests[1].outcome == .failed)
        #expect(run.source.duration == 2_000 * ms)
        #expect(run.source.remarks.contains(.noStarts))
        #expect(run.source.remarks.contains(.endIsLastToken))
    }

    @Test("aiperf's records: ms, credits as intended times, a warm-up left out")
    func aiperfRecords() throws {
        let run = try Files.run(Files.aiperfRecords)
        #expect(run.source.tool == .aiperf && run.requests.count == 2)
        #expect(run.requests[0].sent! - run.requests[0].scheduled == ms)
        #expect(times(run.requests[0]) == [101, 151, 191].map { $0 * ms })
        #expect(run.requests[0].finish - run.requests[0].sent! == 200 * ms)
        #expect(run.requests[1].outcome == .failed && run.requests[1].tokens.isEmpty)
        #expect(run.promptTokens == [9, nil])
        #expect(run.source.errors.map(\.text) == ["500 Internal Server Error injected"])
        #expect(run.source.remarks.contains(.warmUp(1)))
        #expect(run.source.remarks.contains(.failuresWithoutTokens(1)))
    }

    @Test("aiperf's packets: those with text are tokens, unless the usage says otherwise")
    func aiperfRaw() throws {
        let exact = try Files.run(Files.aiperfRaw(usage: 2))
        #expect(exact.source.fidelity == .exact)
        #expect(exact.requests[0].tokens.map { $0.time - exact.requests[0].sent! } == [500, 1_500])
        #expect(exact.promptTokens == [9])
        let more = try Files.run(Files.aiperfRaw(usage: 5))
        #expect(more.source.fidelity.name == "needs a rule")
        #expect(more.requests[0].tokens.map(\.count) == [2, 3])
    }

    @Test("guidellm: ends alone; errors keep their end; the strategy names the load")
    func guidellm() throws {
        let run = try Files.run(
            Files.guidellm(1795348920.25, 1795348921.25, tokens: 5, end: 1795348921.5))
        #expect(run.source.fidelity == .boundsOnly && run.source.version == "0.8.1")
        #expect(run.source.label == "concurrent 1" && run.load == .closed(users: 1))
        #expect(times(run.requests[0]) == [250, 500, 750, 1_000, 1_250].map { $0 * ms })
        #expect(run.requests[1].outcome == .failed && run.requests[1].finish == 1_500 * ms)
        #expect(run.source.summary["metrics.request_totals.errored"] == 1)
    }

    @Test("guidellm: a count that no text can hold costs no memory")
    func guidellmHuge() throws {
        let run = try Files.run(
            Files.guidellm(1795348920.25, 1795348921.25, tokens: 2_000_000_000, end: 1795348921.5))
        #expect(run.requests[0].tokens.count < 2_000)
        #expect(run.requests[0].tokens.reduce(0) { $0 + Int($1.count) } == 2_000_000_000)
    }

    @Test("inference-perf: tokens of one time are one event; files of before have flat members")
    func inferencePerf() throws {
        let run = try Files.run(Files.inferencePerf)
        #expect(run.source.fidelity == .exact)
        #expect(run.requests[0].tokens.map(\.count) == [1, 2, 1])
        #expect(run.requests[0].finish == 500 * ms)
        #expect(run.requests[1].outcome == .failed)
        #expect(run.promptTokens == [7, 8])
        #expect(run.source.errors.map(\.text) == ["ClientError: boom"])
        let flat = try Files.run(
            """
            [{"start_time": 1.0, "end_time": 2.0, "info": {"input_tokens": 7, "output_tokens": 5,
            "output_token_times": [1.5, 2.0]}}]
            """)
        #expect(flat.source.fidelity.name == "needs a rule")
        #expect(flat.requests[0].tokens.map(\.count) == [2, 3])
        #expect(flat.promptTokens == [7])
    }

    @Test("etalon: gaps of 0 are one event; neither sends nor a length of the run are known")
    func etalon() throws {
        let run = try Files.run(Files.etalon)
        #expect(run.source.fidelity == .exact && run.source.duration == nil)
        #expect(!run.source.knowsStarts)
        #expect(run.requests[0].tokens.map(\.count) == [1, 1, 1])
        #expect(run.requests[1].tokens.map(\.count) == [2, 2])
        #expect(run.source.remarks.contains(.failuresUnknown))
    }

    @Test(
        "genai-bench: s or ms, as the file says", arguments: [("s", 0.5, 1.5), ("ms", 500, 1_500)])
    func genaiBench(unit: String, ttft: Double, latency: Double) throws {
        let run = try Files.run(Files.genaiBench(unit: unit, ttft, latency))
        #expect(run.source.fidelity == .boundsOnly && run.source.label == "D(100,100)")
        #expect(run.requests[0].tokens.first?.time == 500 * ms)
        #expect(run.requests[0].tokens.last?.time == 1_500 * ms)
        #expect(run.requests[0].tokens.count == 10)
        #expect(run.requests[1].outcome == .failed)
        #expect(run.source.errors.map(\.text) == ["slow down"])
        #expect(run.source.duration == 2_000 * ms)
    }

    @Test("Other files are none of these")
    func others() throws {
        let texts = [
            "", "{}", "[]", "[1]", "7", "not JSON", #"{"parameters": {}, "requests": []}"#,
            #"{"ttfts": []}"#, #"[{"start_time": 1}]"#,
        ]
        for text in texts { #expect(try Files.runs(text) == nil, "\(text)") }
    }

    @Test("Summaries alone are named, with the file that has the times")
    func summaries() throws {
        let texts = [
            (#"{"mean_ttft_ms": 1, "duration": 2, "model_id": "m"}"#, "--save-detailed"),
            (#"{"mean_ttft_ms": 1, "duration": 2, "accept_length": null}"#, "--output-details"),
            (#"{"aiperf_version": "0.13.0"}"#, "profile_export.jsonl"),
            (#"{"load_summary": {}, "successes": {}}"#, "per_request_lifecycle_metrics.json"),
            (#"{"aggregated_metrics": {}}"#, "individual_request_metrics"),
        ]
        for (text, file) in texts {
            #expect(Files.problem(text)?.sentence.contains(file) == true, "\(text)")
        }
    }
}
