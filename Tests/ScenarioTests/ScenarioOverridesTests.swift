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
        overrides.numPrompts = 10
        overrides.inputLen = 7
        overrides.urls = ["http://a:1", "http://b:2"]
        overrides.goodput = "ttft:500 tpot:50"
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
        #expect(try parse { $0.numPrompts = 5 }.workload.stages[0].durationNs == nil)
        let both = try parse {
            $0.numPrompts = 5
            $0.duration = "3"
        }.workload.stages[0]
        #expect(both.durationNs == 3 * second && both.requests == 5)
    }

    @Test func `a concurrency closes the loop and an infinite rate is a burst`() throws {
        #expect(
            try parse { $0.maxConcurrency = 8 }.workload.stages[0]
                == StageSpec(load: .closed(concurrency: 8), durationNs: 120 * second))
        #expect(
            try parse {
                $0.requestRate = "inf"
                $0.numPrompts = 40
            }.workload.stages[0]
                == StageSpec(load: .open(.burst(size: 40, everyNs: nil)), requests: 40))
    }

    @Test func `the manifest shows the scenario after all options`() throws {
        let scenario = try parse {
            $0.requestRate = "9"
            $0.seed = 77
        }
        let json = scenario.manifestJSON()
        #expect(json.contains(#""rate": "9/s""#) && json.contains(#""seed": 77"#))
    }

    @Test(
        arguments: [
            (options { $0.requestRate = "x" }, "--request-rate: `rate`: `x/s` is no number"),
            (options { $0.requestRate = "inf" }, "--request-rate: `inf` sends all at once"),
            (
                options { $0.maxConcurrency = 0 },
                "--max-concurrency: `concurrency`: `0` is no whole number"
            ),
            (
                options {
                    $0.requestRate = "3"
                    $0.maxConcurrency = 3
                }, "--max-concurrency: a stage has a rate or a concurrency"
            ),
            (options { $0.goodput = "ttft" }, "--goodput: `ttft` is no bound"),
            (
                options { $0.goodput = "tfft:5" },
                "--goodput: there is no bound `tfft`; did you mean `ttft`?"
            ),
            (options { $0.preset = "no" }, "--preset: `preset`: there is no `no`"),
            (
                options { $0.endpoint = "chats" },
                "--endpoint: `endpoint`: there is no `chats`; did you mean `chat`?"
            ),
            (options { $0.urls = ["ftp://x"] }, "--url: `ftp://x` is no URL of a server"),
            (options { $0.burstiness = -1 }, "--burstiness: `burstiness`: `-1.0` is not between"),
            (
                options { $0.inputLen = 0 },
                "--input-len: `input`: `0 tokens` is no whole number of at least 1"
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
}
