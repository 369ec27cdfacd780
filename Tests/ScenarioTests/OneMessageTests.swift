import Testing

@testable import Scenario

@Suite struct OneMessageTests {
    @Test(arguments: [
        "stages: [{ rate: 4/s, duration: 5 minits }]", "stages: [{ rate: 4 s, duration: 5 s }]",
        "stages: [{ rate: 4/s, duration: 5 }]", "stages: [{ rate: 4/s, requests: 5 s }]",
        "stages: [{ rate: 4/s..8/s, duration: 5 apples }]",
        "stages: [{ rate: 4/s, durtion: 5 s }]", "stages: [{ concurrency: many, requests: 5 }]",
        "stage: [{ rate: 4/s, duration: 5 s }]", "stages: { rate: 4/s, duration: 5 s }",
    ])
    func `a stage that is wrong in one location gets one message`(stages: String) {
        expectOne(stages + "\nclasses: [{ name: a, input: 9 tokens, output: 9 tokens }]\n")
    }

    @Test(arguments: [
        "[{ name: a, input: 9 ms, output: 9 tokens }]", "[{ name: a, input: 9, output: 9 tokens }]",
        "[{ name: a, inpt: 9 tokens, output: 9 tokens }]",
        "[{ name: a, input: 9 tokens, outptu: 9 tokens }]",
        "[{ nam: a, input: 9 tokens, output: 9 tokens }]",
        "[{ name: a, share: 80 ms, input: 9 tokens, output: 9 tokens }, "
            + "{ name: b, share: 20 %, input: 9 tokens, output: 9 tokens }]",
        "[{ name: a, share: 80 %, input: 9 tokens, output: 9 tokens }, "
            + "{ name: b, input: 9 tokens, output: 9 tokens }]",
        "[{ name: a, input: 9 tokens, output: 9 tokens, prefix: 9 }]",
        "[{ name: a, input: 9 tokens, output: 9 tokens, think: 4/s }]", "[3]",
    ])
    func `a class that is wrong in one location gets one message`(classes: String) {
        expectOne("stages: [{ rate: 4/s, duration: 5 s }]\nclasses: \(classes)\n")
    }

    @Test(arguments: [
        "warmup: 30 reqests", "warmup: 30", "warmup: 4/s", "drain: 30 apples", "drain: 4/s",
        "reader: { penalty: exponentiall, tau: 1 s }", "reader: { speed: 4 ms }",
        "endpoint: completion\nrequest: { prompt: tokens }", "timeouts: { total: 5 }",
        "engine: { chunk budget: 16 ms }", "servers: [{ ulr: \"http://a\" }]", "servers: [a]",
        "goodput: { ttft: 500 tokens }",
    ])
    func `a mistake elsewhere gets one message`(text: String) {
        expectOne(
            text + "\nstages: [{ rate: 4/s, duration: 5 s }]\n"
                + "classes: [{ name: a, input: 9 tokens, output: 9 tokens }]\n")
    }

    @Test func `an option's wrong unit gets one message, by the option's name`() {
        var overrides = ScenarioOverrides()
        overrides.duration = "5 minits"
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.make(overrides: overrides)
        }
        #expect(
            error?.description
                == "--duration: `5 minits` has the unknown unit `minits`; "
                + "did you mean `min`?")
    }

    private func expectOne(_ text: String) {
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect(error?.diagnostics.count == 1, "\(text): \(error?.description ?? "none")")
    }
}
