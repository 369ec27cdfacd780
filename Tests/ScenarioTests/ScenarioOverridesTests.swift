import Goodput
import Testing
import Workload

@testable import Scenario

private func options(_ change: (inout ScenarioOverrides) -> Void) -> ScenarioOverrides {
    var overrides = ScenarioOverrides()
    change(&overrides)
    return overrides
}

@Suite struct ScenarioOverridesTests {
    private let one = """
        stages:
          - { rate: 4/s, burstiness: 2, duration: 2 min }
        classes:
          - { name: c, input: 10 tokens, output: 20 tokens }
        """

    private func parse(_ change: (inout ScenarioOverrides) -> Void) throws -> ResolvedScenario {
        try ScenarioFile.parse(one, overrides: options(change))
    }

    @Test func `options alone make a scenario`() throws {
        var overrides = ScenarioOverrides()
        let plain = try ScenarioFile.make(overrides: overrides)
        #expect(
            plain.workload.stages == [StageSpec(load: .open(.poisson(rate: 4)), requests: 100)])
        overrides.requestRate = "2.5"
        overrides.numPrompts = "10"
        overrides.inputLen = "7"
        overrides.urls = ["http://a:1", "http://b:2"]
        overrides.goodput = ["ttft:500 tpot:50"]
        let scenario = try ScenarioFile.make(overrides: overrides)
        #expect(
            scenario.workload.stages == [StageSpec(load: .open(.poisson(rate: 2.5)), requests: 10)])
        #expect(scenario.servers.map(\.url) == overrides.urls)
        #expect(
            scenario.scoring.objectives == Objectives(ttft: 500_000_000, tpot: 50_000_000))
        #expect(
            scenario.workload.classes[0].lengths
                == .independent(input: .fixed(7), output: .fixed(128)))
    }

    @Test func `a rate keeps the stage's other fields`() throws {
        let stage = try parse { $0.requestRate = "9" }.workload.stages[0]
        #expect(
            stage
                == StageSpec(
                    load: .open(.rate(from: 9, to: 9, spacing: .gamma(burstiness: 2))),
                    durationNs: 120 * second))
    }

    @Test func `a count replaces a duration, and both together end at the first`() throws {
        #expect(try parse { $0.numPrompts = "5" }.workload.stages[0].durationNs == nil)
        let both = try parse {
            $0.numPrompts = "5"
            $0.duration = "3"
        }.workload.stages[0]
        #expect(both.durationNs == 3 * second && both.requests == 5)
    }

    @Test func `a concurrency closes the loop and an infinite rate is a burst`() throws {
        #expect(
            try parse { $0.maxConcurrency = "8" }.workload.stages[0]
                == StageSpec(load: .closed(concurrency: 8), durationNs: 120 * second))
        #expect(
            try parse {
                $0.requestRate = "inf"
                $0.numPrompts = "40"
            }.workload.stages[0]
                == StageSpec(load: .open(.burst(size: 40, everyNs: nil)), requests: 40))
    }

    @Test func `a rate and a concurrency are an open loop with a bound`() throws {
        let both = try parse {
            $0.requestRate = "9"
            $0.maxConcurrency = "3"
        }.workload.stages[0]
        #expect(
            both
                == StageSpec(
                    load: .open(.rate(from: 9, to: 9, spacing: .gamma(burstiness: 2))),
                    durationNs: 120 * second, maxInFlight: 3))
        // With all requests at once there is no rate that could be missed.
        let all = try parse {
            $0.requestRate = "inf"
            $0.maxConcurrency = "3"
        }.workload.stages[0]
        #expect(all == StageSpec(load: .closed(concurrency: 3), durationNs: 120 * second))
        var overrides = ScenarioOverrides()
        overrides.maxConcurrency = "5"
        let bounded = one.replacing("rate: 4/s,", with: "rate: 4/s, max concurrency: 2,")
        let stage = try ScenarioFile.parse(bounded, overrides: overrides).workload.stages[0]
        #expect(stage.maxInFlight == 5 && stage.load != .closed(concurrency: 5))
    }

    @Test func `the manifest shows the scenario after all options`() throws {
        let scenario = try parse {
            $0.requestRate = "9"
            $0.seed = "77"
        }
        let json = scenario.manifestJSON()
        #expect(json.contains(#""rate": "9/s""#) && json.contains(#""seed": 77"#))
    }

    @Test(
        arguments: [
            (options { $0.requestRate = "x" }, "--request-rate: `x` is no number"),
            (options { $0.requestRate = "inf" }, "--request-rate: `inf` sends all at once"),
            (
                options { $0.maxConcurrency = "0" },
                "--max-concurrency: `0` is no whole number"
            ),
            (
                options {
                    $0.requestRate = "3"
                    $0.maxConcurrency = "0"
                }, "--max-concurrency: `0` is no whole number"
            ),
            (options { $0.goodput = ["ttft"] }, "--goodput: `ttft` is no bound"),
            (
                options { $0.goodput = ["tfft:5"] },
                "--goodput: there is no bound `tfft`; did you mean `ttft`?"
            ),
            (options { $0.preset = "no" }, "--preset: there is no `no`"),
            (
                options { $0.endpoint = "chats" },
                "--endpoint: there is no `chats`; did you mean `chat`?"
            ),
            (options { $0.urls = ["ftp://x"] }, "--url: `ftp://x` is no URL of a server"),
            (options { $0.burstiness = "-1" }, "--burstiness: `-1` must not be negative"),
            (
                options { $0.inputLen = "0" },
                "--input-len: `0 tokens` is no whole number of at least 1"
            ),
        ] as [(ScenarioOverrides, String)])
    func `a wrong option is named`(
        overrides: ScenarioOverrides, message: String
    ) {
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(one, overrides: overrides)
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
    }

    @Test func `connections and a column are the scenario's`() throws {
        #expect(try parse { $0.connections = "fresh" }.connections == .fresh)
        #expect(try parse { $0.connections = "7" }.connections == .limited(7))
        #expect(try parse { $0.connections = "kept" }.connections == .kept)
        #expect(try parse { $0.scrape = "off" }.scrapeNs == nil)
        #expect(try parse { $0.readyTimeout = "90" }.readyTimeoutNs == 90 * second)
    }

    @Test func `a plan that cannot be is told by the option that its load is of`() throws {
        let error = WorkloadError.tooManyRequests(limit: 5)
        var overrides = ScenarioOverrides()
        #expect(try ScenarioFile.make(overrides: overrides).located(error).isOfCommandLine)
        #expect(
            try ScenarioFile.make(overrides: overrides).located(error).description
                .hasPrefix("the plan has more"))
        overrides.duration = "5"
        overrides.typedNames = ["--duration": ["--max-seconds"]]
        #expect(
            try ScenarioFile.make(overrides: overrides).located(error).description
                .hasPrefix("--max-seconds: the plan has more"))
        let file = try ScenarioFile.parse(one, file: "a.yaml").located(error)
        #expect(file.description.hasPrefix("a.yaml:1:1: ") && !file.isOfCommandLine)
        let changed = try ScenarioFile.parse(one, file: "a.yaml", overrides: overrides)
        #expect(changed.located(error).isOfCommandLine)
    }

    @Test func `a stage option needs a scenario of one stage`() {
        var overrides = ScenarioOverrides()
        overrides.requestRate = "3"
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(chatAndCode, overrides: overrides)
        }
        #expect(error?.description.hasPrefix("--request-rate: ") == true)
    }

    @Test func `a model of the command line goes before a server's own`() throws {
        let yaml = """
            servers: [{ url: "http://a", model: one }, { url: "http://b" }]
            stages: [{ rate: 1/s, requests: 1 }]
            classes: [{ name: a, input: 9 tokens, output: 9 tokens }]
            """
        #expect(try ScenarioFile.parse(yaml).servers.map(\.model) == ["one", nil])
        var overrides = ScenarioOverrides()
        overrides.model = "two"
        let changed = try ScenarioFile.parse(yaml, overrides: overrides)
        #expect(changed.model == "two" && changed.servers.map(\.model) == [nil, nil])
    }

    @Test(arguments: [
        ("9", 9), ("540/min", 9), ("9 rps", 9), ("9/s", 9), ("9e0", 9), ("9 req/s", 9),
    ])
    func `a rate of the command line may carry its unit`(text: String, rate: Double) throws {
        let stage = try parse { $0.requestRate = text }.workload.stages[0]
        #expect(
            stage.load == .open(.rate(from: rate, to: rate, spacing: .gamma(burstiness: 2))))
    }

    @Test func `a rate of two ends is a ramp`() throws {
        let stage = try parse { $0.requestRate = "4..12" }.workload.stages[0]
        #expect(stage.load == .open(.rate(from: 4, to: 12, spacing: .gamma(burstiness: 2))))
    }

    @Test(
        arguments: [
            ("3", 3), ("3 s", 3), ("1m30s", 90), ("00:01:00", 60), ("5m", 300), ("1e2", 100),
        ] as [(String, Int64)])
    func `a duration of the command line is in seconds where it has no unit`(
        text: String, seconds: Int64
    ) throws {
        #expect(
            try parse { $0.duration = text }.workload.stages[0].durationNs == seconds * second)
    }

    @Test func `lengths of the command line may be laws`() throws {
        let lengths = try parse {
            $0.inputLen = "100..400"
            $0.outputLen = "normal(mean 60, sd 10, min 4)"
        }.workload.classes[0].lengths
        #expect(
            lengths
                == .independent(
                    input: TokenLength(.uniform(low: 100, high: 400)),
                    output: TokenLength(.normal(mean: 60, deviation: 10), minimum: 4)))
    }

    @Test func `a warm-up and a spacing replace the scenario's`() throws {
        #expect(try parse { $0.warmup = "7 requests" }.workload.warmup == .requests(7))
        #expect(try parse { $0.warmup = "5m" }.workload.warmup == .duration(ns: 300 * second))
        #expect(try parse { $0.warmup = "none" }.workload.warmup == .none)
        let even = try parse { $0.spacing = "even" }.workload.stages[0]
        #expect(even.load == .open(.rate(from: 4, to: 4, spacing: .even)))
    }

    @Test func `members of the body join the scenario's, and ignore_eos is set`() throws {
        let yaml = one + "\nrequest: { ignore eos: false, extra: { top_p: 0.9, seed: 3 } }"
        var overrides = ScenarioOverrides()
        overrides.ignoreEOS = true
        overrides.extraBodies = [#"{"temperature": 0.7, "top_p": 1}"#, #"{"stop": ["\n"]}"#]
        let request = try ScenarioFile.parse(yaml, overrides: overrides).request
        #expect(request.ignoreEOS == true)
        #expect(
            request.extraJSON == #"{"seed":3,"stop":["\n"],"temperature":0.7,"top_p":1}"#)
        let alone = try parse { $0.extraBodies = ["{}"] }.request
        #expect(alone.extraJSON == "{}")
    }

    @Test(arguments: [
        (["4"], "is no JSON object"), (["{"], "is no JSON object"), (["[1]"], "is no JSON object"),
        ([#"{"a": 1}"#, #"{"a": 2}"#], "`a` is given twice"), ([#"{"n": 3}"#], "several answers"),
    ])
    func `a body that is none is refused by its option`(texts: [String], words: String) {
        let error = #expect(throws: ScenarioError.self) { try parse { $0.extraBodies = texts } }
        #expect(error?.description.hasPrefix("--extra-body: ") == true)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
    }

    @Test(arguments: [
        (["ttft:500", "tpot:50"], Objectives(ttft: 500_000_000, tpot: 50_000_000)),
        (
            ["ttft:500,tpot:50 e2el:20000"],
            Objectives(ttft: 500_000_000, tpot: 50_000_000, e2e: 20 * second)
        ),
        (["ttft:0.5s", "itl:200us"], Objectives(ttft: 500_000_000, tbt: 200_000)),
        (
            ["time_to_first_token:370 request_latency:648 inter_token_latency:10"],
            Objectives(ttft: 370_000_000, tpot: 10_000_000, e2e: 648_000_000)
        ),
    ])
    func `bounds are read as other tools write them`(texts: [String], bounds: Objectives) throws {
        #expect(try parse { $0.goodput = texts }.scoring.objectives == bounds)
        #expect(try BoundText.objectives(texts) == bounds)
    }

    @Test(arguments: ["ttft:5 ttft:6", "ttft:-1", "ttft:0", "ttft:x", "ttft:", ":5", "itl:1 tbt:1"])
    func `bounds that are none are refused`(text: String) {
        #expect(throws: QuantityError.self) { try BoundText.objectives([text]) }
    }
}
