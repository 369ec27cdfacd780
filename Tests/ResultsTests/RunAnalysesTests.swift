import Console
import Goodput
import Holding
import JSON
import Loss
import PlainText
import Randomness
import RunRecord
import SampleRuns
import Sampling
import Testing
import TimeBase
import TokenLog
import ToolRules
import Workload

@testable import Results

/// The figures of a run beside its totals: how far they can be trusted, where the rest went, who
/// would have gained by what, who held tokens.
@Suite struct RunAnalysesTests {
    private static let ms: Int64 = 1_000_000
    private static let second: Int64 = 1_000_000_000

    /// Requests of a Poisson stream of `rate` a second, 20 tokens each, 12 ms apart, of two agents
    /// and two servers in turn.
    private static func requests(
        _ count: Int, rate: Double, from begin: Int64 = 0, firstID: Int = 0, seed: UInt64 = 7
    ) -> [MeasuredRequest] {
        var random = SplitMix64(seed: seed)
        var scheduled = begin
        return (0..<count).map { index in
            var request = SampleRun.requests[1]
            request.id = UInt32(firstID + index)
            request.agent = index % 2 == 0 ? "node-01" : "node-02"
            request.target = "http://127.0.0.1:800\(index % 2)"
            scheduled += Int64(random.nextExponential() / rate * 1e9)
            let wait = 100 * ms + Int64(random.next() % 40_000_000)
            request.scheduled = ClusterInstant(ns: scheduled)
            request.sent = ClusterInstant(ns: scheduled + 60_000)
            request.tokens = (0..<20).map { TokenEvent(time: scheduled + wait + $0 * 12 * ms) }
            request.firstAnswer = nil
            request.finish = ClusterInstant(ns: scheduled + wait + 19 * 12 * ms)
            return request
        }
    }

    private static func header(_ stages: [LoadStage], requiresSteady: Bool = false) -> RunHeader {
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.gaps = []
        header.lossless = true
        var load = LoadPlan(
            scored: LoadPlan.Count(planned: 0, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 0, notNeeded: 0))
        load.stages = stages
        load.requiresSteady = requiresSteady
        header.load = load
        return header
    }

    private static func summary(
        _ requests: [MeasuredRequest], _ stages: [LoadStage], requiresSteady: Bool = false,
        surface: Bool = false
    ) throws -> RunSummary {
        var header = header(stages, requiresSteady: requiresSteady)
        header.load?.scored.planned = requests.count
        var overrides = ScoringOverrides()
        overrides.surface = surface
        return try RunSummary(RunResult(header: header, requests: requests), overrides: overrides)
    }

    /// A steady load has an interval in the table's first line and a window beside the whole.
    @Test func aSteadyRunHasAnInterval() throws {
        let summary = try Self.summary(
            Self.requests(400, rate: 10), [LoadStage(beginNs: 0, load: .open)])
        let samples = try #require(summary.analyses?.samples)
        // Two runs of one plan are compared by their requests.
        #expect(samples.steady.isSteady && samples.requests.count == 400)
        let smooth = try #require(samples.run?[.smoothGoodput])
        #expect(smooth.value.isClose(summary.run.totals.smoothGoodput ?? 0))
        let low = try #require(smooth.low)
        #expect(low < smooth.value)
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.contains { $0.hasPrefix(" smooth goodput") && $0.contains("   95 % CI ") })
        #expect(lines.contains { $0.hasPrefix(" steady 0:") && $0.contains("queue forgets in") })
        #expect(lines.allSatisfy { $0.count <= consoleWidth })
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        #expect(json["steady"]?["verdict"]?.string == "steady")
        #expect(json["steady"]?["window"]?.array?.count == 2)
        #expect(json["sampling"]?["run"]?["smooth_goodput"]?["low"]?.double?.isClose(low) == true)
        #expect(json["stages"] == nil)
    }

    /// The samples of a run are those of its requests alone, whatever it is split into.
    @Test func theSamplesAreThoseOfTheRequests() throws {
        let requests = Self.requests(200, rate: 10)
        let summary = try Self.summary(requests, [LoadStage(beginNs: 0, load: .closed(users: 3))])
        // Both classes of the sample have readers of their own; all requests are of the first.
        let alone = try #require(
            try RunSamples(
                of: requests.map(\.times), for: Reader(summary.classParameters[0].parameters),
                .closed(users: 3)))
        #expect(summary.analyses?.samples?.steady == alone.steady)
        #expect(summary.analyses?.samples?.run == alone.run)
        #expect(summary.analyses?.samples?.window == alone.window)
    }

    @Test func withoutStagesNoSteadyStateIsLookedFor() throws {
        let summary = try Self.summary(Self.requests(100, rate: 10), [])
        #expect(summary.analyses?.samples == nil)
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        #expect(json["steady"] == JSONValue.null && json["sampling"] == JSONValue.null)
        #expect(json["loss"]?["tokens_lost"]?.double != nil)
    }

    /// Five stages are more than are looked at in the same passes: each has what it would have had
    /// alone, and the run as a whole none.
    @Test func eachStageHasASteadyStateOfItsOwn() throws {
        let rates = [10.0, 20, 5, 40, 10]
        var stages: [LoadStage] = []
        var parts: [[MeasuredRequest]] = []
        for (index, rate) in rates.enumerated() {
            let begin = Int64(index) * 100 * Self.second
            stages.append(LoadStage(beginNs: begin, load: .open))
            let count = parts.reduce(0) { $0 + $1.count }
            parts.append(
                Self.requests(
                    Int(rate * 30), rate: rate, from: begin, firstID: count,
                    seed: UInt64(index)))
        }
        let summary = try Self.summary(parts.flatMap { $0 }, stages)
        let analyses = try #require(summary.analyses)
        #expect(analyses.samples?.steady.verdict == .stages)
        #expect(analyses.samples?.run?[.smoothGoodput].noInterval == .verdict(.stages))
        let reader = try Reader(summary.classParameters[0].parameters)
        for (index, part) in parts.enumerated() {
            let alone = try #require(try RunSamples(of: part.map(\.times), for: reader, .open))
            #expect(analyses.stages[index].steady == alone.steady)
            #expect(analyses.stages[index].window == alone.window)
        }
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.contains { $0.hasPrefix(" stage") && $0.hasSuffix("load") })
        #expect(lines.contains { $0.hasPrefix(" 5     ") && $0.hasSuffix("steady") })
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        #expect(json["stages"]?.array?.count == 5)
        #expect(json["steady"]?["reason"]?.string == "stages")
    }

    /// A stage in which nothing was due has nothing, and does not end the others.
    @Test func aStageMayBeEmpty() throws {
        let stages = [0, 1_000, 2_000].map { LoadStage(beginNs: $0 * Self.second, load: .open) }
        let summary = try Self.summary(Self.requests(100, rate: 10), stages)
        let found = try #require(summary.analyses?.stages)
        #expect(found.map(\.steady.seen) == [100, 0, 0])
        #expect(found[1] == .ofNothing)
    }

    /// Parts of the loss add up, in the run and by agent, class and server.
    @Test func theLossAddsUp() throws {
        let summary = try RunSummary(SampleRun.result)
        let analyses = try #require(summary.analyses)
        let lost = Double(summary.run.totals.tokens) - summary.run.totals.benefit
        #expect(lost > 1 && analyses.loss.whole.tokensLost.isClose(lost))
        for parts in [analyses.loss.agents, analyses.loss.classes, analyses.loss.servers] {
            #expect(parts.count == 2)
            #expect(parts.reduce(0) { $0 + $1.tokensLost }.isClose(lost))
        }
        #expect(Set(analyses.servers) == ["http://127.0.0.1:8000", "http://127.0.0.1:8001"])
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.contains { $0.contains(" where the rest went (") && $0.hasSuffix(" tok/s)") })
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        #expect(json["loss"]?["servers"]?.members?.count == 2)
        #expect(json["holding"]?["http://127.0.0.1:8001"]?["verdict"]?.array != nil)
        #expect(json["gameability"]?["delay"]?["tbt_p99"]?["recorded"]?.double != nil)
    }

    /// Events of eight tokens, streams out of step: the first screen says who holds them.
    @Test func aHoldingServerIsOnTheFirstScreen() throws {
        var random = SplitMix64(seed: 3)
        let requests = Self.requests(120, rate: 30).map { request in
            var held = request
            let begin = request.scheduled.ns + 100 * Self.ms + Int64(random.next() % 80_000_000)
            held.tokens = (0..<13).map {
                TokenEvent(
                    time: begin + $0 * 80 * Self.ms + Int64(random.next() % 200_000),
                    count: $0 == 0 ? 1 : 8)
            }
            held.finish = ClusterInstant(ns: held.tokens?.last?.time ?? 0)
            return held
        }
        let summary = try Self.summary(requests, [LoadStage(beginNs: 0, load: .open)])
        #expect(summary.analyses?.holding.allSatisfy { $0.isHeld == true } == true)
        let lines = ResultTable(summary, style: .plain).lines
        let index = try #require(
            lines.firstIndex { $0.hasPrefix(" http://127.0.0.1:8000: The server held tokens") })
        #expect(index < 16)
        #expect(summary.header.validity.verdict == .valid)
    }

    /// `--require-steady` makes a run that was in none not valid, with the reason; others are.
    @Test func aSteadyStateMayBeRequired() throws {
        let open = [LoadStage(beginNs: 0, load: .open)]
        let few = try Self.summary(Self.requests(20, rate: 10), open, requiresSteady: true)
        #expect(few.header.validity.verdict == .notValid)
        let finding = try #require(few.header.findings.first)
        #expect(finding.name == "not_steady")
        #expect(finding.sentence.hasSuffix("too short: 20 requests, 30 are the least."))
        #expect(
            try Self.summary(Self.requests(20, rate: 10), open).header.validity.verdict == .valid)
        let many = try Self.summary(Self.requests(400, rate: 10), open, requiresSteady: true)
        #expect(many.header.validity.verdict == .valid)
        let unknown = try Self.summary(Self.requests(400, rate: 10), [], requiresSteady: true)
        #expect(unknown.header.findings.map(\.sentence).first?.hasSuffix("not known.") == true)
    }

    /// The worst waits have whose they were, and what the server said around their ends.
    @Test func theWorstWaitsHaveTheirServers() throws {
        var result = SampleRun.result
        var metrics = ServerMetrics()
        var figures = ServerFigures()
        figures.running = 7
        figures.waiting = 14
        figures.keyValueUsePPM = 970_000
        metrics.kept = [
            ServerSample(at: ClusterInstant(ns: 4 * Self.second), wait: TimeSpan(ns: 9), figures)
        ]
        result.header.agents[1].targets[0].metrics = metrics
        let summary = try RunSummary(result)
        let worst = try #require(summary.worstWaits.first)
        #expect(summary.worstWaits.map(\.wait) == summary.analyses?.loss.whole.worst)
        // Request 7, whose last token came two seconds late, is of the second agent.
        #expect(worst.wait.id == 7 && worst.agent == "node-02")
        #expect(worst.server == "http://127.0.0.1:8001")
        let all = ResultTable(summary, style: .plain, isVerbose: true).lines
        let lines = all.joined(separator: "\n").replacing("\n  ", with: "")
        #expect(lines.contains("Request 7 of node-02 waited"))
        #expect(lines.contains("7 running, 14 waiting, KV cache 97 %"), "\(lines)")
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        let context = try #require(json["worst_context"]?.array?.first)
        #expect(context["id"]?.int64 == 7 && context["agent"]?.string == "node-02")
        let said = context["before"]?["waiting"]?.int64 ?? context["after"]?["waiting"]?.int64
        #expect(said == 14)
        #expect(all.filter { $0.hasPrefix(" Request ") }.count == summary.worstWaits.count)
    }

    /// Latencies between tokens stand there by every rule, and the table says which one TBT is.
    @Test func everyInterTokenRuleIsThere() throws {
        let summary = try Self.summary(Self.requests(50, rate: 10), [])
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        let rules = try #require(json["inter_token"])
        #expect(rules["token_gaps"]?["p99"]?.double == 12e6)
        #expect(rules["request_means"]?["count"]?.int64 == 50)
        #expect(rules["spread"]?["p50"] == rules["event_gaps"]?["p50"])
        func says(_ summary: RunSummary) -> Bool {
            ResultTable(summary, style: .plain).lines.contains {
                $0.hasPrefix(" TBT is every gap between tokens, 0 within")
            }
        }
        #expect(!says(summary), "all rules have the same figures")
        // Events of three tokens: zeros within, or a third of the gap each.
        var bundled = Self.requests(50, rate: 10)
        for index in bundled.indices {
            for event in bundled[index].tokens?.indices ?? 0..<0 {
                bundled[index].tokens?[event].count = 3
            }
        }
        let second = try Self.summary(bundled, [])
        #expect(second.analyses?.interToken?[.tokenGaps]?.p50 == 0)
        #expect(second.analyses?.interToken?[.spread]?.p50 == 4e6)
        #expect(says(second))
    }

    /// The surface is made where somebody asks, and its column at the reader's speed is the run's.
    @Test func theSurfaceIsMadeOnDemand() throws {
        let requests = Self.requests(50, rate: 10)
        let summary = try Self.summary(requests, [], surface: true)
        let surface = try #require(summary.analyses?.surface?.whole)
        let column = try #require(Surface.speeds.firstIndex { $0.isClose(10) })
        var overrides = ScoringOverrides()
        overrides.readingSpeed = Surface.speeds[column]
        overrides.alpha = 3
        let at = try RunSummary(
            RunResult(header: summary.header, requests: requests), overrides: overrides)
        #expect(
            surface.smoothGoodput(column: column, alpha: 3)
                .isClose(at.run.totals.smoothGoodput ?? 0))
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.contains(" smooth goodput by reading speed S and weight alpha"))
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        #expect(json["surface"]?["penalty"]?.array?.count == 301)
        #expect(json["surface_classes"]?.members?.count == 2)
        #expect(try Self.summary(requests, []).analyses?.surface == nil)
    }

    /// A percentile that too few requests stand behind is a dash.
    @Test func percentilesNeedRequests() throws {
        let open = [LoadStage(beginNs: 0, load: .open)]
        let summary = try Self.summary(Self.requests(60, rate: 10), open)
        let row = try #require(
            ResultTable(summary, style: .plain).lines.first { $0.hasPrefix(" TTFT  ") })
        #expect(row.split(separator: " ").filter { $0 == "-" }.count == 1, "\(row)")
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.contains(" -: too few requests; about so many are needed: p99 500"))
        #expect(!lines.contains { $0.contains("p99.9") }, "no row has the requests for it")
        let all = ResultTable(summary, style: .plain, isVerbose: true).lines
        #expect(
            all.contains(" -: too few requests; about so many are needed: p99 500, p99.9 5000"))
        #expect(PercentileSample.needed(.p90) == 50 && PercentileSample.needed(.p999) == 5_000)
    }

    /// The same holds for agents, lists of runs and sentences.
    @Test func nowhereStandsAPercentileOfFewRequests() throws {
        let open = [LoadStage(beginNs: 0, load: .open)]
        let few = try Self.summary(Self.requests(60, rate: 10), open)
        let many = try Self.summary(Self.requests(1_200, rate: 100), open)
        func text(_ summary: RunSummary) -> String {
            ResultTable(summary, style: .plain).lines.joined(separator: "\n")
        }
        func heading(_ summary: RunSummary) -> String? {
            ResultTable(summary, style: .plain).lines.first { $0.hasPrefix(" agent  ") }
        }
        // The rows of agents show the greatest percentile that all of them have the requests for.
        #expect(heading(few)?.contains("TTFT p50") == true)
        #expect(heading(many)?.contains("TTFT p99") == true)
        #expect(text(few).contains("too few requests stand behind TBT p99"))
        for (summary, isShown) in [(few, false), (many, true)] {
            var list = ScoreList(keepsJSON: false)
            list.add(.run(summary, folder: "a"), path: "a")
            let row = list.lines(style: .plain)[1].split(separator: " ")
            #expect((row[row.count - 2] != "-") == isShown, "\(row)")
        }
    }

    /// The manifest holds the stages, and one of before none.
    @Test func stagesStandInTheManifest() throws {
        let stages = [
            LoadStage(beginNs: 0, load: .open), LoadStage(beginNs: 5, load: .closed(users: 12)),
            LoadStage(beginNs: 9, load: .changing),
        ]
        let plan = try #require(Self.header(stages, requiresSteady: true).load)
        let json = plan.json
        #expect(try LoadPlan(json: json) == plan)
        let former = JSONValue.object(
            (json.members ?? []).filter { !["stages", "requires_steady"].contains($0.name) })
        let read = try LoadPlan(json: former)
        #expect(read.stages.isEmpty && !read.requiresSteady)
    }
}

extension Double {
    fileprivate func isClose(_ other: Double) -> Bool {
        (self - other).magnitude <= 1e-9 * max(1, magnitude)
    }
}
