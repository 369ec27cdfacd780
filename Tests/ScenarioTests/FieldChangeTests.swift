import Goodput
import Testing
import Workload

@testable import Scenario

/// Changes of single fields by their places.
@Suite struct FieldChangeTests {
    private func resolved(_ changes: [(String, String)]) throws -> ResolvedScenario {
        var overrides = ScenarioOverrides()
        overrides.fields = changes.map { FieldChange(path: $0, value: $1, option: "--over") }
        return try ScenarioFile.parse(
            """
            stages: [{ rate: 4/s, duration: 10 s }]
            engine: { chunk budget: 1024 tokens }
            classes:
              - { name: chat, input: 100 tokens, output: 50 tokens, reader: { speed: 5/s } }
              - { name: code, input: 100 tokens, output: 50 tokens }
            """, overrides: overrides)
    }

    @Test func fieldsAreFoundWhereverTheyStand() throws {
        let plain = try resolved([])
        let changed = try resolved([
            ("engine.chunkBudget", "512"), ("engine.max-sequences", "64"),
            ("engine.scheduler", "prefill-first"), ("classes.chat.reader.speed", "20/s"),
            ("classes.2.output", "70"), ("stages.1.duration", "30 s"), ("seed", "9"),
        ])
        #expect(changed.engine.chunkBudget == 512 && plain.engine.chunkBudget == 1_024)
        #expect(changed.engine.maxSequences == 64)
        #expect(changed.engine.scheduler == "prefill-first")
        #expect(changed.classScoring[0].readingSpeed == 20)
        #expect(changed.classScoring[1] == plain.classScoring[1])
        #expect(changed.workload.classes[0] == plain.workload.classes[0])
        #expect(changed.workload.classes[1] != plain.workload.classes[1])
        #expect(changed.workload.stages != plain.workload.stages && changed.seed == 9)
    }

    @Test func allEntriesAtOnce() throws {
        let changed = try resolved([("classes.*.reader.ttft", "2")])
        #expect(changed.classScoring.map(\.ttftBudget) == [2_000_000_000, 2_000_000_000])
    }

    @Test(
        arguments: [
            ("engine.chunk budgte", "did you mean `chunk budget`"),
            ("classes.chatt.output", "no entry `chatt`; it has chat, code"),
            ("classes.3.output", "no entry `3`"), ("stages.0.rate", "write a number from 1 to 1"),
            ("engine..gpu", "is no place of a field"), ("", "is no place of a field"),
            ("engine.chunk budget.x", "which has no field `x`"),
        ])
    func whatIsNotThereIsNamed(path: String, words: String) {
        let error = #expect(throws: ScenarioError.self) { try resolved([(path, "5")]) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.isOfCommandLine == true)
    }
}
