import Foundation
import Testing
import Workload

@testable import Scenario

@Suite struct PlanSummaryTests {
    @Test(arguments: [1, 2, 5])
    func `the parts add up to the plan`(agents: Int) throws {
        let scenario = try ScenarioFile.parse(chatAndCode)
        let plan = try WorkloadPlan.make(scenario.workload, seed: scenario.seed)
        let summary = try PlanSummary(scenario, agents: agents)
        #expect(summary.requests == plan.requests.count)
        #expect(summary.warmupRequests == 30)
        #expect(summary.agents.count == agents)
        #expect(summary.agents.reduce(0) { $0 + $1.requests } == summary.requests)
        #expect(summary.agents.reduce(0) { $0 + $1.sessions } == summary.sessions)
        #expect(summary.agents.flatMap(\.slots).reduce(0, +) == 64)
        #expect(summary.stages.reduce(0) { $0 + $1.requests } == summary.requests)
        #expect(summary.classes.reduce(0) { $0 + $1.inputTokens } == summary.inputTokens)
        #expect(
            summary.arrivals.reduce(0, +) == plan.requests.count { $0.scheduledNs != nil })
        #expect(summary.sharedTokens > 0 && summary.sharedTokens < summary.inputTokens)
    }

    @Test func `the text names all that a user decides by`() throws {
        let text = try PlanSummary(try ScenarioFile.parse(chatAndCode), agents: 2).text()
        for part in ["chat-and-code: seed 42, 2 agents", "+ 30 warm-up", "64 at once", "peak", "█"]
        {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `the JSON is the summary again`() throws {
        let summary = try PlanSummary(try ScenarioFile.parse(chatAndCode), agents: 2)
        let again = try JSONDecoder().decode(PlanSummary.self, from: Data(summary.json().utf8))
        #expect(again == summary)
    }

    @Test(
        arguments: [
            ("input: 9000 tokens", "", "5 of 5 requests of class a are longer"),
            ("input: 8000 tokens", "", nil),
            ("input: 9000 tokens, context: 8192 tokens", "", nil),
            ("input: 9000 tokens", "servers: [{ url: http://localhost:8000 }]", nil),
            ("input: 8000 tokens", "engine: { max model length: 4096 tokens }", "4096 tokens, and"),
            (
                "input: 8 tokens", "engine: { costs: { step: 1000 s } }",
                "`timeouts: { first token }` is 60.0 s: every request fails"
            ),
            (
                "input: 8 tokens", "engine: { costs: { front end: 100 s } }",
                "the engine takes 100"
            ),
            (
                "input: 8 tokens",
                "engine: { costs: { step: 50 s } }\ntimeouts: { first token: 2 h }",
                "`timeouts: { between tokens }` is 30.0 s"
            ),
        ] as [(String, String, String?)])
    func `what the embedded engine cannot serve is told before`(
        load: String, more: String, words: String?
    ) throws {
        let text =
            "stages:\n  - { rate: 4/s, requests: 5 }\nclasses:\n"
            + "  - { name: a, output: 100 tokens, \(load) }\n\(more)\n"
        let warnings = try PlanSummary(try ScenarioFile.parse(text), agents: 1).warnings
        #expect(warnings.count == (words == nil ? 0 : 1), "\(warnings)")
        if let words { #expect(warnings.first?.contains(words) == true, "\(warnings)") }
    }

    @Test(
        arguments: [
            ("{ rate: 1e308/s, requests: 5 }", "", "more than a session a nanosecond"),
            ("{ rate: 4/s..2e9/s, duration: 5 s }", "", "more than a session a nanosecond"),
            (
                "{ rate: 4/s, requests: 5 }", "reader: { speed: 1e300/s }",
                "above a thousand tokens in a nanosecond"
            ),
        ])
    func `numbers beyond any clock are refused`(stage: String, more: String, words: String) {
        let text =
            "stages:\n  - \(stage)\nclasses: [{ name: a, input: 9 tokens, output: 9 tokens }]\n"
            + more
        let error = #expect(throws: ScenarioError.self) { try ScenarioFile.parse(text) }
        #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
    }

    @Test(
        arguments: [
            ("{ rate: 4/s, duration: 5 s }", "stage 1 can have none, since it"),
            ("{ rate: 4/s..8/s, duration: 60 s }", "since its rate changes by plan"),
            ("{ rate: 10/s, duration: 60 s }", nil),
            ("{ concurrency: 4, duration: 60 s }", nil),
        ] as [(String, String?)])
    func `a stage that cannot be steady is named where it must be`(load: String, words: String?)
        throws
    {
        let text =
            "stages:\n  - \(load)\nclasses: [{ name: a, input: 10 tokens, output: 10 tokens }]\n"
        func warnings(_ text: String) throws -> [String] {
            try PlanSummary(try ScenarioFile.parse(text), agents: 1).warnings
        }
        #expect(try warnings(text).isEmpty)
        let found = try warnings(text + "validity: { steady: true }\n")
        #expect(found.count == (words == nil ? 0 : 1))
        if let words { #expect(found.first?.contains(words) == true, "\(found)") }
    }

    @Test func `weights for another number of agents are refused`() throws {
        let scenario = try ScenarioFile.parse(chatAndCode + "\ndeal: 1, 2")
        let error = #expect(throws: ScenarioError.self) { try PlanSummary(scenario, agents: 3) }
        #expect(error?.description.contains("has 2 weights, but the run has 3 agents") == true)
    }

    @Test(arguments: [([0, 1, 4, 8], " ▁▄█"), ([0, 0], "  "), ([3], "█"), ([], "")])
    func `a sparkline has eight heights`(counts: [Int], line: String) {
        #expect(sparkline(counts) == line)
    }
}
