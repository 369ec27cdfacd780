import ForeignResults
import Goodput
import JSON
import Results
import Testing
import ToolRules

@Suite("Result files of other tools, scored")
struct ScoredTests {
    private func report(
        _ text: String, _ overrides: ScoringOverrides = ScoringOverrides()
    ) throws -> ScoreReport {
        let vectors = try MetricVector.all(parsing: Array(text.utf8), path: "f")
        return try ScoreReport(vector: vectors[0], overrides: overrides, path: "f")
    }

    private func json(_ report: ScoreReport) throws -> JSONValue {
        try JSONValue(parsing: report.json)
    }

    @Test("The tool's own figures are found again, and a changed one is named")
    func check() throws {
        let check = try #require(try report(Files.vllm).check)
        #expect(check.differences.isEmpty, "\(check.differences)")
        #expect(check.figures.count >= 9, "\(check.figures.map(\.name))")
        let text = Files.vllm.replacing("\"mean_ttft_ms\": 150.0", with: "\"mean_ttft_ms\": 151.0")
        #expect(try report(text).check?.differences.map(\.name) == ["mean_ttft_ms"])
        let failed = Files.vllm.replacing("\"failed\": 2", with: "\"failed\": 1")
        #expect(try report(failed).check?.differences.map(\.name) == ["failed"])
        let sglang = try #require(try report(Files.sglang).check)
        #expect(sglang.differences.isEmpty, "\(sglang.differences)")
        #expect(sglang.figures.contains { $0.name == "output_throughput" })
        let genai = try #require(try report(Files.genaiBench(unit: "ms", 500, 1_500)).check)
        #expect(genai.differences.isEmpty && genai.figures.count == 6, "\(genai.differences)")
    }

    @Test("Rates are over the tool's own length of the run, and absent where nothing tells it")
    func rates() throws {
        #expect(try report(Files.vllm).scoring.totals.throughput == 9)
        #expect(try report(Files.sglang).scoring.totals.throughput == 1.5)
        let etalon = try report(Files.etalon)
        #expect(etalon.scoring.totals.throughput == nil && etalon.scoring.totals.tokens == 7)
        #expect(etalon.scoring.totals.timeline == nil && etalon.analyses == nil)
        #expect(try json(etalon)["totals"]?["interval"] == .null)
    }

    @Test("Errors alone, an answer of no token, no request at all: figures that are, no trap")
    func nothing() throws {
        func result(_ lists: String, completed: Int, failed: Int) -> String {
            """
            {"model_id": "m", "duration": 1.0, "completed": \(completed), "failed": \(failed),
            "output_throughput": 0.0, "mean_ttft_ms": 0.0, \(lists)}
            """
        }
        let failed = try report(
            result(
                """
                "output_lens": [0], "ttfts": [0.0], "itls": [[]], "latencies": [0.0],
                "start_times": [5.0], "errors": ["x"]
                """, completed: 0, failed: 1))
        #expect(failed.scoring.totals.throughput == 0 && failed.scoring.totals.sloAttainment == 0)
        #expect(failed.check?.differences.isEmpty == true)
        let empty = try report(
            result(
                """
                "output_lens": [0], "ttfts": [0.0], "itls": [[]], "latencies": [0.5],
                "start_times": [5.0], "errors": [""]
                """, completed: 1, failed: 0))
        #expect(empty.scoring.totals.outcomes.completed == 1 && empty.scoring.totals.tokens == 0)
        let none = try report(
            result(
                """
                "output_lens": [], "ttfts": [], "itls": [], "errors": []
                """, completed: 0, failed: 0))
        #expect(none.scoring.totals.requests == 0 && none.scoring.totals.throughput == nil)
        #expect(throws: FileProblem.self) { try report(#"{"benchmarks": []}"#) }
        let list = #"{"successful": [], "errored": [], "incomplete": []}"#
        let guidellm = try report("{\"benchmarks\": [{\"requests\": \(list)}]}")
        #expect(guidellm.scoring.totals.requests == 0 && guidellm.source?.label == nil)
        #expect(try json(guidellm)["bounds"]?["requests"] == [])
    }

    @Test("A length in another unit than the requests' times is refused")
    func units() throws {
        for duration in ["1000.0", "0.001"] {
            let text = Files.vllm.replacing("\"duration\": 1.0", with: "\"duration\": \(duration)")
            #expect(throws: FileProblem.self) { try report(text) }
        }
        let text = Files.sglang.replacing("\"duration\": 2.0", with: "\"duration\": 0.1")
        #expect(throws: FileProblem.self) { try report(text) }
    }

    /// All ways to place `between` tokens, on a grid of `steps`, between the first and the last.
    private func placings(_ between: Int, _ steps: Int) -> [[Int64]] {
        guard between > 0 else { return [[]] }
        return placings(between - 1, steps).flatMap { before in
            (Int(before.last ?? 0)...steps).map { before + [Int64($0)] }
        }
    }

    @Test("Bounds hold over every placing of the tokens, and the ends are attained")
    func bounds() throws {
        // First token 250 ms, last 1.25 s after the schedule, five tokens.
        let text = Files.guidellm(1795348920.25, 1795348921.25, tokens: 5, end: 1795348921.5)
        for (speed, alpha, tbt) in [(20.0, 1.0, nil), (5, 2.5, 300), (50, 1, 600), (3, 1, 200)] {
            var overrides = ScoringOverrides()
            overrides.readingSpeed = speed
            overrides.alpha = alpha
            overrides.ttftBudget = 200_000_000
            overrides.objectives.tbt = tbt.map { Int64($0) * 1_000_000 }
            let report = try report(text, overrides)
            let bounds = try #require(report.bounds)
            let reader = try Reader(report.parameters)
            var idle: Set<Int64> = []
            var good: Set<Bool> = []
            for placing in placings(3, 8) {
                let times = [0] + placing + [8]
                var request = try Files.run(text).requests[0]
                request.tokens = times.map {
                    TokenEvent(time: request.scheduled + 250_000_000 + $0 * 125_000_000)
                }
                let score = try RequestScore(request, for: reader)
                let (best, worst) = (bounds.best.requests[0], bounds.worst.requests[0])
                #expect(best.idle <= score.idle && score.idle <= worst.idle)
                #expect(worst.benefit <= score.benefit && score.benefit <= best.benefit)
                #expect(worst.deadlinesMet <= score.deadlinesMet)
                #expect(score.deadlinesMet <= best.deadlinesMet)
                #expect(!worst.sloMet || score.sloMet)
                #expect(best.sloMet || !score.sloMet)
                #expect(!worst.classicMet || score.classicMet)
                #expect(best.classicMet || !score.classicMet)
                let longest = try #require(score.tbtMax)
                #expect(try #require(bounds.leastGaps[0]) <= longest)
                idle.insert(score.idle)
                good.insert(score.classicMet)
            }
            #expect(idle.min() == bounds.best.requests[0].idle)
            #expect(idle.max() == bounds.worst.requests[0].idle)
            #expect(good.contains(bounds.best.requests[0].classicMet))
            #expect(good.contains(bounds.worst.requests[0].classicMet))
        }
    }

    @Test("In JSON what has bounds is null, and the bounds stand apart; the rest is exact")
    func boundsInJSON() throws {
        let text = Files.guidellm(1795348920.25, 1795348921.25, tokens: 5, end: 1795348921.5)
        var overrides = ScoringOverrides()
        overrides.ttftBudget = 200_000_000
        let value = try json(try report(text, overrides))
        #expect(value["source"]?["fidelity"] == "bounds only")
        let request = try #require(value["requests"]?.array?.first)
        #expect(request["ttft"] == 250_000_000 && request["e2e"] == 1_250_000_000)
        #expect(request["tpot"]?.double == 250_000_000)
        for name in ["idle", "benefit", "tbt_max", "qoe", "fluidity", "deadlines_met"] {
            #expect(request[name] == .null, "\(name)")
        }
        let open = try #require(value["bounds"]?["requests"]?.array?.first)
        // The earliest: tokens 0 to 3 at 250 ms, the last at 1.25 s, due at 400 ms; the latest:
        // tokens 1 to 4 at 1.25 s, token 1 due at 250 ms.
        #expect(open["idle"] == [850_000_000, 1_000_000_000])
        #expect(open["benefit"] == [.real(-15), .real(-12)])
        #expect(open["tbt_max"] == [250_000_000, 1_000_000_000])
        let totals = try #require(value["bounds"]?["totals"])
        #expect(totals["smooth_goodput"] == [.real(-7.5), .real(-6)])
        #expect(value["totals"]?["throughput"]?.double == 2.5)
        #expect(value["totals"]?["timeline"] == .null || value["totals"]?["timeline"] == nil)
        #expect(value["loss"] == .null)
    }

    @Test("As another tool prints it: its own length of the run, and no gaps that nobody knows")
    func printed() throws {
        let vector = try MetricVector.all(parsing: Array(Files.vllm.utf8), path: "f")[0]
        let figures = try PrintedRun(vector: vector, as: .vllm, ScoringOverrides(), path: "f")
        #expect(figures.figures["output_throughput"]?.number == 7)
        let ends = try MetricVector.all(
            parsing: Array(
                Files.guidellm(1795348920.25, 1795348921.25, tokens: 5, end: 1795348921.5).utf8),
            path: "f")[0]
        #expect(throws: FileProblem.self) {
            try PrintedRun(vector: ends, as: .vllm, ScoringOverrides(), path: "f")
        }
        let etalon = try MetricVector.all(parsing: Array(Files.etalon.utf8), path: "f")[0]
        let unknown = try PrintedRun(vector: etalon, as: .vllm, ScoringOverrides(), path: "f")
        #expect(unknown.figures["output_throughput"]?.number == nil)
        #expect(unknown.figures["mean_ttft_ms"]?.number == 150)
    }
}
