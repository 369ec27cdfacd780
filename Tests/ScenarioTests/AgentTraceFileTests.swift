import Foundation
import Goodput
import Testing
import Workload

@testable import Scenario

/// Traces of agents as the replay of a stage.
@Suite struct AgentTraceFileTests {
    /// Two calls one after the other, and a third beside the second.
    private static let trace = [(0, 2), (3, 5), (4, 6)].map { begin, end in
        #"{"traceId":"a","startTimeUnixNano":"178000000\#(begin)000000000","#
            + #""endTimeUnixNano":"178000000\#(end)000000000","attributes":["#
            + #"{"key":"gen_ai.usage.input_tokens","value":{"intValue":"90"}},"#
            + #"{"key":"gen_ai.usage.output_tokens","value":{"intValue":"8"}}]}"#
    }.joined(separator: "\n")

    private func scenario(_ trace: String, _ stage: String) throws -> ResolvedScenario {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "legato-scenario-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(trace.utf8).write(to: folder.appending(path: "t.jsonl"))
        return try ScenarioFile.parse(
            "stages: [{ replay: t.jsonl\(stage) }]\nclasses: [{ name: person }]",
            folder: folder.path)
    }

    @Test func `spans are planned as a session, with a class for what nobody reads`() throws {
        let scenario = try scenario(Self.trace, "")
        #expect(scenario.classScoring.map(\.takesAllAtOnce) == [false, true])
        #expect(scenario.files.map(\.entries) == ["sessions"])
        let summary = try PlanSummary(scenario, agents: 1)
        #expect(summary.classes.map(\.name) == ["person", "agent"])
        #expect(summary.classes.map(\.requests) == [1, 2])
        #expect(summary.sessions == 1 && summary.arrivals.reduce(0, +) == 1)
        let plan = try WorkloadPlan.make(scenario.workload, seed: 1)
        #expect(plan.requests.map(\.after) == [nil, nil, [0]])
        #expect(plan.requests.map(\.thinkNs) == [0, 1_000_000_000, 2_000_000_000])
    }

    @Test func `a bad line, and a unit that the file says itself, are errors with their place`() {
        func words(_ trace: String, _ stage: String) -> String {
            let error = #expect(throws: ScenarioError.self) { try scenario(trace, stage) }
            return error?.description ?? ""
        }
        let broken = words(Self.trace + "\n{\"traceId\":", "")
        #expect(broken.contains(":1:12: `replay`: ") && broken.contains("t.jsonl:4:"))
        #expect(words(Self.trace, ", time: s").contains("`time` has no meaning with otel times"))
    }
}
