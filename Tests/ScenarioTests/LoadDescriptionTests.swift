import Testing

@testable import Scenario

@Suite struct LoadDescriptionTests {
    private func described(_ stages: String, _ classes: String, warmup: String = "none") throws
        -> LoadDescription
    {
        let scenario = try ScenarioFile.parse(
            "warmup: \(warmup)\nstages: [\(stages)]\nclasses: [\(classes)]")
        return LoadDescription(scenario.workload)
    }

    private static let plain = "{ name: a, input: 512 tokens, output: 128 tokens }"

    @Test(
        arguments: [
            ("{ rate: 4/s, duration: 2 min }", "4/s", "2 min"),
            ("{ rate: 0.5/s, requests: 30 }", "0.5/s", "30 requests"),
            (
                "{ rate: 4/s, duration: 10 s }, { rate: 4/s..12/s, duration: 1500 ms }",
                "4/s, then 4/s..12/s", "11.5 s"
            ),
            ("{ concurrency: 64, duration: 1 h }", "64 at once", "1 h"),
            ("{ burst: 100 }", "100 in one burst", ""),
            ("{ burst: 9, every: 500 ms, duration: 3 s }", "9 every 500 ms", "3 s"),
        ])
    func stagesInAFewWords(stages: String, load: String, duration: String) throws {
        let words = try described(stages, Self.plain)
        #expect(words.load == load && words.duration == duration)
        #expect(words.lengths == "512 tokens in, 128 out" && words.warmup.isEmpty)
    }

    @Test(
        arguments: [
            ("{ name: a, input: 5..9 tokens, output: 3 tokens }", "5..9 tokens in, 3 out"),
            (
                "{ name: a, input: exponential(mean 200 tokens), output: 3 tokens }",
                "about 200 tokens in, 3 out"
            ),
            (plain + ", { name: b, input: 1 tokens, output: 1 tokens }", "2 classes"),
        ])
    func lengthsInAFewWords(classes: String, lengths: String) throws {
        let words = try described("{ rate: 4/s, requests: 4 }", classes, warmup: "30 requests")
        #expect(words.lengths == lengths && words.warmup == "30 requests")
        let timed = try described("{ rate: 4/s, requests: 4 }", classes, warmup: "5 s")
        #expect(timed.warmup == "5 s")
    }

    /// Runs from options alone are named by their load, in the manifest's scenario too.
    @Test(
        arguments: [
            ("4", nil, 512, 128, "4rps-512x128"), ("0.5/s", nil, 8, 4, "0.5rps-8x4"),
            (nil, 64, 1_024, 1, "c64-1024x1"), ("inf", nil, 5, 5, "burst7-5x5"),
            (nil, nil, nil, nil, "4rps-256x128"),
        ] as [(String?, Int?, Int?, Int?, String)])
    func optionsNameTheRun(
        rate: String?, concurrency: Int?, input: Int?, output: Int?, name: String
    ) throws {
        var overrides = ScenarioOverrides()
        overrides.requestRate = rate
        overrides.maxConcurrency = concurrency.map { String($0) }
        overrides.inputLen = input.map { String($0) }
        overrides.outputLen = output.map { String($0) }
        if rate == "inf" { overrides.numPrompts = "7" }
        let scenario = try ScenarioFile.make(overrides: overrides)
        #expect(scenario.name == name)
        #expect(scenario.manifestJSON().contains("\"\(name)\""))
    }

    @Test func aBoundIsPartOfTheLoad() throws {
        var overrides = ScenarioOverrides()
        (overrides.requestRate, overrides.maxConcurrency) = ("40", "4")
        let scenario = try ScenarioFile.make(overrides: overrides)
        #expect(scenario.name == "40rps-c4-256x128")
        #expect(LoadDescription(scenario.workload).load == "40/s, at most 4 at once")
    }

    @Test(
        arguments: [
            ("{ failed: 5 % }", 0.05), ("{ failed: 0 % }", 0), ("{ failed: 12.5% }", 0.125),
            ("{ failed: 100 % }", 1),
        ])
    func theShareThatMayFail(validity: String, share: Double) throws {
        let text = "stages: [{ rate: 4/s, requests: 4 }]\nclasses: [\(Self.plain)]\n"
        #expect(try ScenarioFile.parse(text).mostFailed == 0.05)
        #expect(try ScenarioFile.parse(text + "validity: \(validity)").mostFailed == share)
        var overrides = ScenarioOverrides()
        overrides.maxFailed = "1%"
        let changed = try ScenarioFile.parse(text + "validity: \(validity)", overrides: overrides)
        #expect(changed.mostFailed == 0.01)
        for bad in ["5", "101 %", "-1 %", "many"] {
            overrides.maxFailed = bad
            #expect(throws: ScenarioError.self) {
                try ScenarioFile.parse(text, overrides: overrides)
            }
        }
    }

    @Test(
        arguments: [
            ("name: \"a\\u202eb\"", "`name`", "U+202E"),
            ("model: \"m\\x1b[2J\"", "`model`", "U+001B"),
            ("servers: [{ url: http://a:1, model: \"\\u2066m\" }]", "`model`", "U+2066"),
        ])
    func namesThatSteerAreRefused(line: String, key: String, code: String) {
        let text = "stages: [{ rate: 4/s, requests: 4 }]\nclasses: [\(Self.plain)]\n" + line
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect(error?.description.contains(key) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(code) == true)
    }
}
