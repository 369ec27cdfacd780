import Goodput
import JSON
import SampleRuns
import Testing
import ToolRules

@testable import Results

@Suite("Another tool's figures as its own file has them") struct PrintedJSONTests {
    private func printed(_ tool: Tool, _ choices: ScoringOverrides = .init()) throws -> PrintedRun {
        try PrintedRun(
            of: SampleRun.stored, as: tool, choices, path: "r7")
    }

    @Test("Each tool's own members, and behind them whose rule it is")
    func members() throws {
        let vllm = JSONValue.object(try printed(.vllm).figures.members)
        // Requests 1 and 4...7 complete; 2 fails, 3 was never sent; 0 is warm-up. Request 6 came
        // whole, which vLLM takes for a failure.
        #expect(vllm["completed"] == 4)
        #expect(vllm["failed"] == 3)
        #expect(vllm["total_input_tokens"] == 404)
        // Hidden tokens are in the usage: 23 each, and 200.
        #expect(vllm["total_output_tokens"] == 292)
        #expect(vllm["mean_ttft_ms"]?.double.map { $0 > 199.9 && $0 < 200 } == true)
        #expect(vllm["as_printed_by"]?["tool"] == "vllm")
        #expect(vllm["as_printed_by"]?["remarks"]?.array?.isEmpty == false)
        let aiperf = JSONValue.object(try printed(.aiperf).figures.members)
        #expect(aiperf["request_latency"]?["unit"] == "ms")
        #expect(aiperf["request_latency"]?.members?.map(\.name).prefix(3) == ["unit", "avg", "p1"])
        #expect(aiperf["request_latency"]?["count"] == 5)
        #expect(aiperf["time_to_first_token"]?["count"] == 4)
        let guidellm = JSONValue.object(try printed(.guidellm).figures.members)
        let benchmark = try #require(guidellm["benchmarks"]?.array?.first)
        #expect(benchmark["metrics"]?["request_totals"]?["incomplete"] == 1)
        #expect(benchmark["metrics"]?["request_latency"]?["successful"]?["percentiles"] != nil)
        let sglang = JSONValue.object(try printed(.sglang).figures.members)
        #expect(sglang["total_output_tokens_retokenized"] == .null)
        #expect(
            sglang["as_printed_by"]?["missing"]?["total_output_tokens_retokenized"]?.string
                != nil)
    }

    @Test("Bounds are the classes' own, unless there are others")
    func bounds() throws {
        // Only chat has a bound, 500 ms to the first token.
        let own = JSONValue.object(try printed(.vllm).figures.members)
        let duration = try #require(own["duration"]?.double)
        let good = try #require(own["request_goodput"]?.double)
        #expect(abs(good * duration - 2) < 1e-9)
        var choices = ScoringOverrides()
        choices.objectives.ttft = 1
        let none = JSONValue.object(try printed(.vllm, choices).figures.members)
        #expect(none["request_goodput"]?.double == 0)
    }

    @Test("The verdict is the run's, and a vector has none")
    func verdict() throws {
        let run = try printed(.vllm)
        #expect(run.verdict == SampleRun.header.validity.verdict)
        let vector = MetricVector(parameters: ScoringParameters(), requests: [])
        let printed = try PrintedRun(vector: vector, as: .guidellm, .init(), path: "v.json")
        #expect(printed.verdict == nil && printed.isValid)
        #expect(printed.element["path"] == "v.json")
        #expect(printed.json.hasSuffix("\n"))
    }

    @Test("inter_token has a member for each rule, null where it has no value")
    func interToken() throws {
        let request = RequestTimes(
            id: 0, scheduled: 0, tokens: [TokenEvent(time: 1), TokenEvent(time: 4, count: 3)],
            finish: 4)
        var tally = InterTokenTally()
        tally.add(request)
        let asksAgain = tally.close()
        #expect(!asksAgain)
        let totals = try Scoring([request], for: Reader(.default)).totals
        let json = tally.figures(beside: totals).json
        #expect(json.members?.map(\.name) == InterTokenRule.allCases.map(\.rawValue))
        #expect(json["spread"]?["mean"] == .real(1))
        #expect(json["spread"]?["count"] == 3)
        #expect(json["event_gaps"]?["p50"] == .real(3))
        var empty = InterTokenTally()
        _ = empty.close()
        #expect(empty.figures(beside: RunTotals()).json["spread"] == .null)
    }
}
