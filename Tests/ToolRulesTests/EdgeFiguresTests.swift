import Goodput
import Testing

@testable import ToolRules

@Suite("Figures by the tools' rules, at the edges") struct EdgeFiguresTests {
    @Test("Without requests there are no rates, and zeros where the tool prints zeros")
    func nothing() throws {
        for tool in Tool.allCases {
            let figures = try SmallRun.figures(tool, of: [])
            for figure in figures.figures {
                switch figure.row.quantity {
                case .rate, .duration, .concurrency:
                    #expect(figure.value.number == nil, "\(tool) \(figure.row.path)")
                case .statistic:
                    #expect(figure.value.number == (tool == .aiperf ? nil : 0))
                default: break
                }
            }
            // Nothing is lost.
            let losses: Set = ["from_send", "only_completed", "means_hide_gaps"]
            #expect(losses.isDisjoint(with: figures.remarks.map(\.name)))
        }
    }

    @Test("Where the send is not known, only what counts from it is missing")
    func noSend() throws {
        let requests = [
            SmallRun.request(0, sent: nil, [(10, 1), (20, 1)]),
            SmallRun.request(1, sent: 5, [(15, 1), (45, 1)]),
        ]
        let vllm = try SmallRun.figures(.vllm, of: requests, [])
        #expect(vllm["mean_ttft_ms"] == .missing(.noSend(requests: 1)))
        #expect(vllm["mean_e2el_ms"] == .missing(.noSend(requests: 1)))
        #expect(vllm["max_concurrent_requests"] == .missing(.noSend(requests: 1)))
        #expect(vllm["total_input_tokens"] == .missing(.noPrompt(requests: 2)))
        #expect(vllm["total_token_throughput"] == .missing(.noPrompt(requests: 2)))
        #expect(isClose(vllm.number("mean_itl_ms"), 20))
        #expect(isClose(vllm.number("mean_tpot_ms"), 20))
        #expect(isClose(vllm.number("output_throughput"), 4 / 0.045))
        let unsent = [SmallRun.request(0, sent: nil, [(10, 1)])]
        let guidellm = try SmallRun.figures(.guidellm, of: unsent, [])
        #expect(guidellm["duration"] == .missing(.noSend(requests: 1)))
        #expect(vllm.missing.count == 3)
    }

    @Test("One token, one event with all tokens, and an instant that is the whole run")
    func one() throws {
        let single = try SmallRun.figures(.vllm, of: [SmallRun.request(0, [(10, 1)])], [1])
        #expect(single.number("mean_tpot_ms") == 0)
        #expect(single.number("mean_itl_ms") == 0)
        #expect(single.number("mean_ttft_ms") == 10)
        let bundle = try SmallRun.figures(.aiperf, of: [SmallRun.request(0, [(10, 50)])], [1])
        #expect(bundle.number("inter_token_latency.avg") == 0)
        // 1/0 is no rate of a user.
        #expect(bundle["output_token_throughput_per_user.avg"] == .missing(.noValue))
        #expect(bundle["inter_chunk_latency.avg"] == .missing(.noValue))
        let instant = try SmallRun.figures(.sglang, of: [SmallRun.request(0, [(0, 1)])], [1])
        #expect(instant["request_throughput"] == .missing(.noTime))
    }

    @Test("An answer that came whole, or empty, counts as each tool counts it")
    func withoutStream() throws {
        let whole = SmallRun.request(0, [(100, 9)], isStreamed: false)
        let empty = SmallRun.request(1, [], finish: 50)
        func counts(_ tool: Tool, _ request: RequestTimes, _ path: String) throws -> Double? {
            try SmallRun.figures(tool, of: [request], [1]).number(path)
        }
        #expect(try counts(.vllm, whole, "completed") == 0)
        #expect(try counts(.vllm, empty, "failed") == 1)
        #expect(try counts(.sglang, whole, "mean_ttft_ms") == 100)
        #expect(try counts(.sglang, empty, "mean_ttft_ms") == 0)
        #expect(try counts(.sglang, empty, "completed") == 1)
        #expect(try counts(.aiperf, whole, "request_latency.avg") == 100)
        #expect(try counts(.aiperf, whole, "time_to_first_token.avg") == nil)
        #expect(try counts(.aiperf, empty, "error_request_count.avg") == 1)
        let ttft = "metrics.time_to_first_token_ms.successful"
        #expect(try counts(.guidellm, whole, "\(ttft).mean") == 0)
        #expect(try counts(.guidellm, whole, "\(ttft).count") == 1)
        #expect(
            try SmallRun.figures(.guidellm, of: [whole], [1]).remarks
                .contains(.zeroThere(answers: 1)))
        #expect(
            try SmallRun.figures(.vllm, of: [whole], [1]).remarks
                .contains(.failedThere(answers: 1)))
    }

    @Test("What was given up or not over is apart only in guidellm")
    func unended() throws {
        let requests = [
            SmallRun.request(0, [(10, 1)], .abandoned), SmallRun.request(1, [(10, 1)], .unfinished),
            SmallRun.request(2, [(10, 1)], .failed), SmallRun.request(3, [(10, 1)]),
        ]
        let vllm = try SmallRun.figures(.vllm, of: requests, [])
        #expect(vllm.number("failed") == 3)
        let guidellm = try SmallRun.figures(.guidellm, of: requests, [])
        #expect(guidellm.number("metrics.request_totals.incomplete") == 2)
        #expect(guidellm.number("metrics.request_totals.errored") == 1)
    }

    @Test("Times that cannot be are named; far sends trap nowhere")
    func badTimes() throws {
        let decreasing = SmallRun.request(7, [(10, 1), (5, 1)], finish: 20)
        #expect(throws: ScoringError.self) { try SmallRun.figures(.vllm, of: [decreasing]) }
        var far = SmallRun.request(8, [(10, 1)])
        far.sent = .min
        #expect(throws: ScoringError.request(id: 8, defect: .outOfRange)) {
            try SmallRun.figures(.vllm, of: [far])
        }
        let early = SmallRun.request(1, sent: -4_000_000_000_000, [(10, 1)])
        let later = SmallRun.request(2, sent: 4_000_000_000_000, [(10, 1)])
        let latest = SmallRun.request(3, sent: 9_000_000_000_000, [(10, 1)])
        for tool in Tool.allCases {
            #expect(throws: ScoringError.request(id: 3, defect: .outOfRange)) {
                try SmallRun.figures(tool, of: [early, latest], [1, 1])
            }
            let figures = try SmallRun.figures(tool, of: [early, later], [1, 1])
            #expect(figures.figures.allSatisfy { $0.value.number?.isFinite ?? true })
        }
    }

    @Test("More gaps than are kept give the same figures by a further pass", arguments: 0...3)
    func secondPass(seed: Int64) throws {
        let requests = (0..<20).map { index in
            SmallRun.request(
                index,
                (0..<30).map { event in (Int64(event * event) * (seed + 3) % 977, 1) }
                    .sorted { $0.0 < $1.0 })
        }
        let whole = try SmallRun.figures(.vllm, of: requests)
        let again = try SmallRun.figures(.vllm, of: requests, mostStored: 40)
        #expect(whole == again)
        let gaps = requests.flatMap { request in
            zip(request.tokens, request.tokens.dropFirst()).map { Double($1.time - $0.time) / 1e6 }
        }
        let plain = try #require(Distribution(gaps, ranks: [.p50, .p99]))
        #expect(isClose(whole.number("median_itl_ms"), plain.percentiles[.p50]))
        #expect(isClose(whole.number("p99_itl_ms"), plain.percentiles[.p99]))
        #expect(isClose(whole.number("std_itl_ms"), plain.deviation))
        #expect(isClose(whole.number("mean_itl_ms"), plain.mean))
    }
}
