import Goodput
import Testing

@testable import ToolRules

/// Figures of ``SmallRun`` that are worked out beside the test.
@Suite("Figures by the tools' rules, by hand") struct WorkedFiguresTests {
    private func expect(
        _ figures: PrintedFigures, _ expected: [String: Double], _ location: SourceLocation
    ) {
        for (path, value) in expected {
            #expect(
                isClose(figures.number(path), value),
                "\(path) is \(figures.number(path) ?? .nan), not \(value)",
                sourceLocation: location)
        }
    }

    @Test("vLLM: from the send to the last token, gaps between events, numpy's percentiles")
    func vllm() throws {
        let figures = try SmallRun.figures(.vllm)
        // TTFT 100, 60, 1100. TPOT (170−110)/2 = 30, (260−160)/3; c has one token. Gaps 20, 40,
        // 100. E2EL 160, 160, 1100. From 0 to 1500 ms.
        let tpot: (a: Double, b: Double) = (30, 100.0 / 3)
        // The squares of 320, 360 and 680, and of the gaps.
        let ttftSpread = (694_400.0 / 3).squareRoot()
        let meanGap = 160.0 / 3
        let gapSpread = (4_000.0 - meanGap * meanGap).squareRoot()
        let medianTPOT = (tpot.a + tpot.b) / 2
        let lateTPOT = tpot.a + 0.99 * (tpot.b - tpot.a)
        let rate: (output: Double, both: Double) = (8 / 1.5, 29 / 1.5)
        expect(
            figures,
            [
                "duration": 1.5, "completed": 3, "failed": 1, "total_input_tokens": 21,
                "total_output_tokens": 8, "request_throughput": 2, "output_throughput": rate.output,
                "total_token_throughput": rate.both,
                // From 10 ms on: 5 events in the first second; a and b are over, c opens in it.
                "max_output_tokens_per_s": 5, "max_concurrent_requests": 3,
                "mean_ttft_ms": 420, "median_ttft_ms": 100, "p99_ttft_ms": 1080,
                "std_ttft_ms": ttftSpread, "mean_tpot_ms": medianTPOT,
                "median_tpot_ms": medianTPOT, "p99_tpot_ms": lateTPOT,
                "std_tpot_ms": medianTPOT - tpot.a,
                "mean_itl_ms": meanGap, "median_itl_ms": 40, "p99_itl_ms": 98.8,
                "std_itl_ms": gapSpread,
                "mean_e2el_ms": 1420.0 / 3, "median_e2el_ms": 160,
            ], #_sourceLocation)
        #expect(figures["request_goodput"] == .missing(.noBound))
    }

    @Test("SGLang: to the end of the stream")
    func sglang() throws {
        let figures = try SmallRun.figures(.sglang)
        // E2E 170, 160, 1100; TPOT (180−110)/2 = 35 and 100/3.
        let both: Double = 29 / 1.5
        let lateLatency: Double = 170 + 0.9 * 930
        let meanTPOT: Double = (35 + 100.0 / 3) / 2
        let concurrency: Double = 1.43 / 1.5
        expect(
            figures,
            [
                "duration": 1.5, "completed": 3, "request_throughput": 2,
                "input_throughput": 14, "total_throughput": both,
                "mean_e2e_latency_ms": 1430.0 / 3, "median_e2e_latency_ms": 170,
                "p95_e2e_latency_ms": lateLatency, "mean_tpot_ms": meanTPOT,
                "p90_itl_ms": 88, "max_itl_ms": 100, "concurrency": concurrency,
            ], #_sourceLocation)
        guard case .missing(.notRecorded) = figures["total_output_tokens_retokenized"] else {
            Issue.record("nothing counts the text's tokens")
            return
        }
    }

    @Test("aiperf: one mean a request, its own rates of users, two lengths of the run")
    func aiperf() throws {
        let figures = try SmallRun.figures(.aiperf)
        let meanITL: Double = (30 + 100.0 / 3) / 2
        let perUser: Double = (1000.0 / 30 + 30) / 2
        let perRequest: Double = 4 / 0.16
        expect(
            figures,
            [
                "benchmark_duration.avg": 1.32, "request_throughput.avg": 2,
                "request_count.avg": 3, "error_request_count.avg": 1,
                "output_token_throughput.avg": 16.0 / 3,
                "time_to_first_token.avg": 420, "time_to_first_token.p25": 80,
                "time_to_second_token.avg": 60, "time_to_second_token.count": 2,
                "inter_token_latency.count": 2, "inter_token_latency.avg": meanITL,
                "inter_chunk_latency.avg": 160.0 / 3, "inter_chunk_latency.count": 3,
                "inter_chunk_latency.min": 20, "inter_chunk_latency.sum": 160,
                "output_token_throughput_per_user.avg": perUser,
                "e2e_output_token_throughput.max": perRequest,
                "output_sequence_length.sum": 8, "input_sequence_length.avg": 7,
            ], #_sourceLocation)
    }

    @Test("guidellm: percentiles that are values, weighed by tokens; what failed in the totals")
    func guidellm() throws {
        let figures = try SmallRun.figures(.guidellm)
        let all = { (name: String, member: String) in "metrics.\(name).successful.\(member)" }
        // Sends from 10 to the last end at 1500 ms. ITL 30 twice (weight 2) and 100/3 three times.
        // TPOT to the last token: 160/3 (weight 3), 160/4 (4), 1100 (1).
        let rates: [String: Double] = [
            "requests_per_second.successful": 3, "requests_per_second.total": 4,
            "output_tokens_per_second.successful": 8, "output_tokens_per_second.total": 9,
            "prompt_tokens_per_second.total": 32, "request_concurrency.successful": 1.43,
            "request_concurrency.total": 2.88,
        ]
        for (name, amount) in rates {
            expect(figures, ["metrics.\(name).mean": amount / 1.49], #_sourceLocation)
        }
        let latency: Double = 1.43 / 3
        let third: Double = 100.0 / 3
        let slow: Double = 160.0 / 3
        expect(
            figures,
            [
                "duration": 1.49, "metrics.request_totals.successful": 3,
                "metrics.request_totals.errored": 1, "metrics.request_totals.incomplete": 0,
                all("request_latency", "median"): 0.17, all("request_latency", "mean"): latency,
                all("time_to_first_token_ms", "median"): 100,
                all("time_to_first_token_ms", "percentiles.p95"): 1100,
                all("inter_token_latency_ms", "median"): third,
                all("inter_token_latency_ms", "percentiles.p25"): 30,
                all("inter_token_latency_ms", "count"): 5,
                all("inter_token_latency_ms", "mean"): 32,
                all("time_per_output_token_ms", "median"): 40,
                all("time_per_output_token_ms", "percentiles.p75"): slow,
                all("time_per_output_token_ms", "count"): 8,
                all("output_token_count", "total_sum"): 8,
            ], #_sourceLocation)
    }

    @Test("Bounds count by the tool's own figures: from the send, TPOT 0 of one token")
    func goodput() throws {
        // c misses TTFT by 1 ms from the send; a would miss 100 ms from its schedule.
        let bounds = Objectives(
            ttft: 1_099 * SmallRun.ms, tpot: 34 * SmallRun.ms, e2e: 1_100 * SmallRun.ms)
        let some = try SmallRun.figures(.vllm, objectives: bounds)
        #expect(isClose(some.number("request_goodput"), 2 / 1.5))
        let all = try SmallRun.figures(.aiperf, objectives: Objectives(tpot: 34 * SmallRun.ms))
        #expect(all.number("good_request_count.avg") == 3)
        // A bound on the largest gap is none of theirs.
        let none = try SmallRun.figures(.vllm, objectives: Objectives(tbt: 1))
        #expect(none["request_goodput"] == .missing(.noBound))
    }

    @Test("vLLM lists the percentiles that it is asked for, with its names")
    func percentiles() throws {
        let figures = try SmallRun.figures(
            .vllm, percentiles: try PercentileRanks(parsing: "25,99.9"))
        #expect(isClose(figures.number("p25_ttft_ms"), 80))
        #expect(isClose(figures.number("p99.9_itl_ms"), 40 + 0.998 * 60))
        #expect(figures["p99_ttft_ms"] == nil)
    }

    @Test("Hidden tokens count in n, as the usage that the tools take")
    func hidden() throws {
        let figures = try SmallRun.figures(.vllm, hidden: [2])
        #expect(figures.number("total_output_tokens") == 10)
        #expect(isClose(figures.number("mean_tpot_ms"), (60.0 / 4 + 100.0 / 3) / 2))
    }
}
