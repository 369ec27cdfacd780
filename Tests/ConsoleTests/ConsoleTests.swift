import Goodput
import PlainText
import RunRecord
import SampleRuns
import Testing
import TimeBase

@testable import Console
@testable import Results

@Suite struct ConsoleTests {
    @Test(
        arguments: [
            (0, "0 s"), (7, "7 ns"), (999.4, "999 ns"), (61_000, "61.0 us"), (7_200, "7.20 us"),
            (999_499, "999 us"), (999_500, "1.00 ms"), (412_000_000, "412 ms"), (21.4e6, "21.4 ms"),
            (9.996e6, "10.0 ms"), (2.31e9, "2.31 s"), (599e9, "599 s"), (7.2e11, "12.0 min"),
            (-1_500, "-1.50 us"),
        ] as [(Double, String)])
    func spansHaveThreeDigitsAndAUnit(ns: Double, text: String) {
        #expect(Figures.span(ns) == text)
    }

    @Test(
        arguments: [
            (1271.44, 1, "1271.4"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (0.05, 2, "0.05"),
            (12, 0, "12"), (0.999, 2, "1.00"), (.nan, 1, "-"), (1e300, 1, "1e+300"),
        ] as [(Double, Int, String)])
    func numbersAreRounded(value: Double, digits: Int, text: String) {
        #expect(Figures.fixed(value, digits) == text)
    }

    @Test(
        arguments: [
            (1271.44, 1271.31, 1271.52, "1271.4", "[1271.3, 1271.6]"),
            (22.124, 22.123, 22.126, "22.12", "[22.12, 22.13]"),
            (1, 1, 1, "1.00", "[1.00, 1.00]"), (-2.2, -2.5, -2, "-2.2", "[-2.5, -2.0]"),
            (458.0249, 458.0231, 458.0252, "458.02", "[458.02, 458.03]"),
            (-0.001, -0.002, 0.001, "0.00", "[-0.01, 0.01]"),
        ] as [(Double, Double, Double, String, String)])
    func anIntervalHasItsFiguresDigitsAndHoldsIt(
        value: Double, low: Double, high: Double, figure: String, interval: String
    ) {
        let text = Figures.interval(value, low, high)
        #expect(text.value == figure && text.interval == interval, "\(text)")
    }

    @Test func absentFiguresAreDashes() {
        #expect(Figures.span(nil as Double?) == "-")
        #expect(Figures.rate(nil) == "-")
        #expect(Figures.percent(nil) == "-")
        #expect(Figures.percent(0.814) == "81.4 %")
        #expect(Figures.clock(seconds: 72) == "01:12")
        #expect(Figures.clock(seconds: 3_725) == "1:02:05")
        #expect(Figures.clock(seconds: -3) == "00:00")
        #expect(Figures.sparkline([0, -1, 4, 8]) == "▁▁▄█")
        #expect(Figures.sparkline([]) == "")
    }

    @Test(
        arguments: [
            (true, [:], ConsoleStyle.coloured), (false, [:], .plain),
            (true, ["NO_COLOR": "1"], .plain),
            (true, ["NO_COLOR": ""], .coloured), (true, ["TERM": "dumb"], .plain),
        ] as [(Bool, [String: String], ConsoleStyle)])
    func colourIsForTerminalsThatWantIt(
        terminal: Bool, environment: [String: String], style: ConsoleStyle
    ) {
        #expect(ConsoleStyle(isTerminal: terminal, environment: environment) == style)
    }

    /// Rules that every block of lines must keep to.
    private func expectFits(_ lines: [String], _ style: ConsoleStyle) {
        for line in lines {
            let bare = line.replacing(/\u{1b}\[[0-9]+m/, with: "")
            #expect(bare.count <= consoleWidth, "\(bare)")
            if style == .plain { #expect(!line.contains("\u{1b}")) }
            #expect(!line.contains("\n"))
        }
    }

    @Test(arguments: [ConsoleStyle.plain, .coloured])
    func theResultTableFitsAndSaysWhatMatters(style: ConsoleStyle) throws {
        var result = SampleRun.result
        result.header.simulated = "simulated H100, Llama-3.1-8B, chunked 2048"
        let summary = try RunSummary(result)
        let lines = ResultTable(summary, style: style, directory: "runs/x").lines
        expectFits(lines, style)
        let text = lines.joined(separator: "\n")
        let smooth = try #require(summary.run.totals.smoothGoodput)
        let ends = try #require(summary.clock?.smoothGoodput)
        let figure = Figures.interval(smooth, ends.low, ends.high)
        #expect(text.contains(" \(figure.value) tok/s  \(figure.interval) clock"))
        let all = ResultTable(summary, style: style, directory: "runs/x", isVerbose: true).lines
        expectFits(all, style)
        func clocked(_ lines: [String]) -> Int {
            lines.count { $0.hasSuffix("] clock") || $0.contains("] clock ") }
        }
        #expect(clocked(lines) == 1 && clocked(all) == 2)
        #expect(all.contains { $0.hasPrefix(" clock ") && $0.contains("clock +-") }, "\(all)")
        #expect(all.contains { $0.contains("1 step, 1 suspected") }, "\(all)")
        #expect(text.contains("partial"))
        #expect(text.contains("simulated H100"))
        #expect(text.contains("probe gap"))
        #expect(text.contains("1 x reset: reset after 5 events (node-01 1)"))
        #expect(text.contains("node-02"))
        #expect(text.contains("code") && text.contains("robust"))
    }

    @Test func aPenaltyThatRewardsDroppingSaysByHowMuch() throws {
        var result = SampleRun.result
        result.header.classes[0].parameters = ScoringParameters(readingSpeed: 200)
        result.header.classes[1].parameters = ScoringParameters(readingSpeed: 200)
        let summary = try RunSummary(result)
        let negative = summary.run.totals.negativeBenefit
        #expect(negative < 0)
        let gain = Figures.rate(summary.run.totals.interval?.rate(of: -negative))
        #expect(summary.warnings.contains { $0.contains("\(gain) tok/s higher") })
        let robust = try RunSummary(
            SampleRun.result,
            overrides: {
                var overrides = ScoringOverrides()
                overrides.preset = .robust
                return overrides
            }())
        #expect(!robust.warnings.contains { $0.contains("rewards dropping") })
    }

    @Test func aNegativeSumIsPrintedBesideItsRate() throws {
        var result = SampleRun.result
        for index in result.header.classes.indices {
            result.header.classes[index].parameters = ScoringParameters(
                readingSpeed: 1000, ttftBudget: 0)
        }
        let summary = try RunSummary(result)
        let sum = Figures.rate(summary.run.totals.benefit)
        #expect(summary.warnings.contains { $0.contains("add up to \(sum) tokens, below 0") })
    }

    /// Names come from other machines: they neither break the table nor steer the terminal.
    @Test func namesAreCutAndMadeHarmless() throws {
        var result = SampleRun.result
        let name = "node\u{1b}[31m\n" + String(repeating: "x", count: 120)
        result.header.agents[0].name = name
        for index in result.requests.indices where result.requests[index].agent == "node-01" {
            result.requests[index].agent = name
        }
        expectFits(ResultTable(try RunSummary(result), style: .plain).lines, .plain)
    }

    @Test func aRunWithoutScoredRequestsHasATable() throws {
        var result = SampleRun.result
        result.requests = [SampleRun.requests[0]]
        let lines = ResultTable(try RunSummary(result), style: .plain).lines
        expectFits(lines, .plain)
        #expect(lines.contains { $0.hasPrefix(" smooth goodput") && $0.contains("- tok/s") })
        let all = ResultTable(try RunSummary(result), style: .plain, isVerbose: true).lines
        #expect(all.contains { $0.hasPrefix(" goodput") && $0.contains("- tok/s") })
    }

    @Test(arguments: [ConsoleStyle.plain, .coloured])
    func theLiveViewFits(style: ConsoleStyle) {
        var snapshot = LiveSnapshot()
        snapshot.elapsed = 72_000_000_000
        snapshot.duration = 420_000_000_000
        snapshot.sent = 1_234_567
        snapshot.failed = 4
        snapshot.smoothGoodput = -12_345_678.9
        snapshot.throughput = 12_345_678.9
        snapshot.recentBenefit = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        snapshot.agents = (0..<20).map {
            var agent = LiveSnapshot.Agent(name: "node-\($0)")
            agent.servers = LiveServerLoad()
            agent.servers?.waiting = 14
            agent.servers?.keyValueUse = 0.97
            return agent
        }
        let progress = LiveProgress(title: ["legato 0.3", "chat", "seed 42"], style: style)
        let lines = progress.lines(snapshot)
        expectFits(lines, style)
        #expect(lines[0].contains("legato 0.3 · chat · seed 42 · 01:12 of 07:00"))
        #expect(lines.last == " and 5 more agents")
        #expect(lines.count { $0.hasSuffix("queue 14, KV 97 %") } == 15)
        let line = LiveProgress.line(snapshot)
        expectFits([line], .plain)
        #expect(line.hasPrefix("01:12 sent 1234567 running 0"))
        var usual = snapshot
        usual.sent = 12_910
        usual.done = 12_490
        usual.running = 380
        usual.smoothGoodput = 12_840
        usual.throughput = 13_910
        usual.latenessP99 = 61_000
        #expect(LiveProgress.line(usual).hasSuffix("late p99 61.0 us"), "nothing is cut off")
    }

    @Test func progressIsOfTimeOrOfRequests() {
        var snapshot = LiveSnapshot()
        #expect(snapshot.progress == nil)
        snapshot.planned = 10
        snapshot.done = 2
        snapshot.failed = 1
        #expect(snapshot.progress == 0.3)
        snapshot.duration = 100
        snapshot.elapsed = 250
        #expect(snapshot.progress == 1)
    }

    @Test func theScoreReportSaysWhatItsFigureDependsOn() throws {
        let vector = MetricVector(
            parameters: ScoringParameters(readingSpeed: 33, alpha: 2),
            requests: [
                RequestTimes(
                    id: 0, scheduled: 0, tokens: [TokenEvent(time: 5_000_000_000)],
                    finish: 5_000_000_000)
            ])
        let report = try ScoreReport(
            vector: vector, overrides: ScoringOverrides(), path: "a/vector.json")
        let lines = report.lines(style: .plain)
        expectFits(lines, .plain)
        let text = lines.joined(separator: "\n")
        #expect(text.contains("33.0 tok/s, arrival, TTFT budget 1.00 s, linear, alpha 2.00"))
        #expect(text.contains("would have gained"))
        #expect(text.contains("no interval: 1 request, 30 are the least"))
        #expect(text.contains("100 %  first token late"))
        #expect(text.contains("On this timeline") && !text.contains("by reading speed S"))
        var overrides = ScoringOverrides()
        overrides.surface = true
        let withSurface = try ScoreReport(
            vector: vector, overrides: overrides, path: "a/vector.json")
        expectFits(withSurface.lines(style: .plain), .plain)
        #expect(withSurface.lines(style: .plain).contains { $0.contains("by reading speed S") })
        #expect(String(decoding: withSurface.json, as: UTF8.self).contains("\"surface\":"))
        #expect(!String(decoding: report.json, as: UTF8.self).contains("\"surface\":"))
        let empty = try ScoreReport(
            vector: MetricVector(parameters: .default, requests: []),
            overrides: ScoringOverrides(), path: "empty.json")
        expectFits(empty.lines(style: .plain), .plain)
    }

    @Test func readersThatTakeAnswersWholeHaveNoSpeed() {
        var parameters = ScoringParameters.agent
        #expect(parameters.shortName == "agent")
        parameters.penalty = .fraction(tau: 120)
        #expect(parameters.shortName == "fraction, whole")
        #expect(parameters.sentence.hasPrefix("fraction, whole: whole answers at once, TTFT"))
        parameters.ttftBudget = 1
        #expect(parameters.shortName == "fraction S=1000000000")
    }

    @Test func sentencesAreWrapped() {
        let text = String(repeating: "word ", count: 50)
        let lines = text.wrapped(40)
        #expect(lines.allSatisfy { $0.count <= 40 })
        #expect(lines.joined(separator: " ").split(separator: " ").count == 50)
    }
}
