import Foundation
import Testing
import Workload

@testable import Scenario

@Suite struct PromptFileTests {
    private static let shareGPT = """
        [{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"bcde"}]},
         {"conversations":[{"from":"human","value":"f"},{"from":"gpt","value":"g"}]}]
        """

    private func withFile(_ text: String, _ body: (_ folder: String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("prompts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a leftover is the system's
        try Data(text.utf8).write(to: folder.appendingPathComponent("p.json"))
        try body(folder.path)
    }

    private func parse(
        _ classes: String, stages: String = "[{ rate: 1/s, requests: 3 }]", in folder: String,
        overrides: ScenarioOverrides = ScenarioOverrides()
    ) throws -> ResolvedScenario {
        try ScenarioFile.parse(
            "stages: \(stages)\nclasses: [\(classes)]", folder: folder, overrides: overrides)
    }

    @Test func aClassTakesItsPromptsFromAFile() throws {
        try withFile(Self.shareGPT) { folder in
            let scenario = try parse("{ name: a, prompts: p.json }", in: folder)
            #expect(scenario.workload.classes[0].prompts?.conversations.count == 2)
            let summary = try PlanSummary(scenario, agents: 1)
            #expect(summary.prompts.map(\.format) == ["sharegpt"])
            #expect(summary.requests == 3 && summary.outputTokens == 3)
            #expect(summary.text().contains("sharegpt, 2 conversations"))
            // The third session is the first conversation again.
            #expect(summary.warnings.count == 1 && summary.warnings[0].contains("repeat"))
            let given = try parse("{ name: a, prompts: p.json, output: 9 tokens }", in: folder)
            #expect(try PlanSummary(given, agents: 1).outputTokens == 27)
        }
    }

    @Test func aClosedLoopUsesAFileUpBeforeItRepeatsOne() throws {
        let lines = (0..<1_500).map { "{\"prompt\": \"p\($0)\"}" }.joined(separator: "\n")
        try withFile(lines) { folder in
            let scenario = try parse(
                "{ name: a, prompts: p.json, output: 1 token }",
                stages: "[{ concurrency: 2, duration: 1 s }]", in: folder)
            let plan = try WorkloadPlan.make(scenario.workload, seed: 1)
            #expect(plan.rounds != nil)
            let prompts = Set(plan.requests.map { $0.prompt.map(\.seed) })
            #expect(prompts.count == 1_500 && plan.requests.count == 1_500)
        }
    }

    @Test func optionsNameAFileToo() throws {
        try withFile(Self.shareGPT) { folder in
            var overrides = ScenarioOverrides()
            overrides.prompts = folder + "/p.json"
            overrides.outputLen = "5"
            let scenario = try ScenarioFile.make(overrides: overrides)
            #expect(scenario.workload.classes[0].prompts != nil)
            #expect(scenario.workload.classes[0].answer == .fixed(5))
            overrides.inputLen = "7"
            let error = #expect(throws: ScenarioError.self) {
                try ScenarioFile.make(overrides: overrides)
            }
            #expect(error?.description.contains("--input-len") == true)
        }
    }

    @Test(arguments: ["input: 3 tokens, output: 3 tokens", "turns: 2", "prefix: 9 tokens"])
    func whatTheFileSaysIsNotSaidTwice(field: String) throws {
        try withFile(Self.shareGPT) { folder in
            _ = #expect(throws: ScenarioError.self) {
                try parse("{ name: a, prompts: p.json, \(field) }", in: folder)
            }
        }
    }

    @Test func badFilesAreNamedWithTheirLine() throws {
        try withFile("{\"text\":\"a\",\"output_length\":1}\n{\"text\":7}\n") { folder in
            let error = #expect(throws: ScenarioError.self) {
                try parse("{ name: a, prompts: p.json }", in: folder)
            }
            #expect(error?.description.contains("p.json:2:1: there is no `text`") == true)
            #expect(error?.diagnostics.count == 1)
        }
        try withFile("{\"text\":\"a\"}") { folder in
            let error = #expect(throws: ScenarioError.self) {
                try parse("{ name: a, prompts: p.json }", in: folder)
            }
            #expect(error?.description.contains("p.json:1: ") == true)
            let missing = #expect(throws: ScenarioError.self) {
                try parse("{ name: a, prompts: q.json }", in: folder)
            }
            #expect(missing?.description.contains("q.json") == true)
        }
    }

    @Test func aReplayOfPromptsWithoutTimesNamesTheFirst() throws {
        let lines = "{\"prompt\":\"a\",\"timestamp\":7}\n{\"prompt\":\"b\"}\n"
        try withFile(lines) { folder in
            let error = #expect(throws: ScenarioError.self) {
                try parse(
                    "{ name: a, output: 6 tokens }", stages: "[{ replay: p.json }]", in: folder)
            }
            #expect(error?.description.contains("p.json:2: this prompt has no `timestamp`") == true)
            #expect(error?.diagnostics.count == 1)
        }
        let timed = lines.replacing("\"b\"}", with: "\"b\",\"timestamp\":9}")
        try withFile(timed) { folder in
            let scenario = try parse(
                "{ name: a, output: 6 tokens }", stages: "[{ replay: p.json, time: s }]", in: folder
            )
            let plan = try WorkloadPlan.make(scenario.workload, seed: 1)
            #expect(plan.requests.map(\.scheduledNs) == [0, 2_000_000_000])
        }
    }

    @Test func aTableIsReadAsItIsAndThatIsSaid() throws {
        try withFile("id;frage;output_tokens\n1;wie?;5e0\n") { folder in
            let path = folder + "/t.csv"
            try FileManager.default.moveItem(atPath: folder + "/p.json", toPath: path)
            var overrides = ScenarioOverrides()
            overrides.prompts = path
            let error = #expect(throws: ScenarioError.self) {
                try ScenarioFile.make(overrides: overrides)
            }
            #expect(error?.description.contains("`id`, `frage`, `output_tokens`") == true)
            #expect(error?.description.contains("--column") == true)
            #expect(error?.isOfCommandLine == false)
            overrides.column = "frage"
            let summary = try PlanSummary(try ScenarioFile.make(overrides: overrides), agents: 1)
            #expect(summary.outputTokens == 500)
            #expect(summary.text().contains("csv (column `frage`) (parted by semicolons)"))
        }
    }

    @Test func aReplayMayBringPrompts() throws {
        let lines = """
            {"timestamp":0,"text_input":"a","output_length":2}
            {"timestamp":500,"text_input":"b"}
            """
        try withFile(lines) { folder in
            let replay = "[{ replay: p.json }]"
            let scenario = try parse(
                "{ name: a, output: 6 tokens }", stages: replay, in: folder)
            let summary = try PlanSummary(scenario, agents: 1)
            #expect(summary.requests == 2 && summary.outputTokens == 12)
            #expect(summary.prompts.map(\.format) == ["mooncake-text"])
            #expect(throws: ScenarioError.self) {
                try parse("{ name: a }", stages: replay, in: folder)
            }
        }
    }
}
