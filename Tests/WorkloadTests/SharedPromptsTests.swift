import Foundation
import Testing

@testable import Workload

@Suite struct SharedPromptsTests {
    private func segment(_ seed: UInt64, _ tokens: UInt32) -> PromptSegment {
        PromptSegment(seed: seed, tokens: tokens)
    }

    @Test func `what was there before is shared, up to the first difference`() {
        var shared = SharedPrompts()
        #expect(shared.add([segment(1, 100), segment(2, 50)]) == 0)
        #expect(shared.add([segment(1, 100), segment(2, 80)]) == 150)
        #expect(shared.add([segment(1, 100), segment(3, 80)]) == 100)
        #expect(shared.add([segment(1, 40), segment(2, 80)]) == 40)
        #expect(shared.add([segment(2, 80)]) == 0)
        #expect(shared.add([]) == 0)
    }

    @Test(
        .enabled(if: PublicTraceTests.present.contains { $0.file.hasPrefix("mooncake") }),
        arguments: [
            ("mooncake_fast25_conversation.jsonl", 0.374),
            ("mooncake_fast25_synthetic.jsonl", 0.651),
        ])
    func `a Mooncake trace has the hit rate of its description`(
        file: String, rate: Double
    ) throws {
        let data = try Data(contentsOf: URL(filePath: PublicTraceTests.folder + file))
        let replay = TraceReplay(rows: try readTrace(Array(data), chunk: 65_536))
        let plan = try WorkloadPlan.make(
            WorkloadSpec(
                stages: [StageSpec(load: .open(.replay(replay)))],
                classes: [ClassSpec(name: "c", lengths: nil)]), seed: 1)
        var shared = SharedPrompts()
        let hits = plan.requests.reduce(UInt64(0)) { $0 + shared.add($1.prompt) }
        let total = plan.requests.reduce(UInt64(0)) { $0 + UInt64($1.inputTokens) }
        #expect(abs(Double(hits) / Double(total) - rate) < 0.002)
    }
}
