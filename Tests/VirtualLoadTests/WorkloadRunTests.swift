import Foundation
import Goodput
import Results
import Scenario
import Testing
import VirtualLoad
import Workload

/// The scenarios that come with the package, in virtual time.
@Suite struct WorkloadRunTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../workloads").standardizedFileURL.path

    /// All but the replays, whose traces are to be had elsewhere.
    private static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("-replay.yaml") }.sorted()

    @Test(arguments: names)
    func itRuns(name: String) throws {
        var overrides = ScenarioOverrides()
        let path = "\(Self.folder)/\(name)"
        // A short form of each.
        if try ScenarioFile.load(path: path).workload.stages.count == 1 {
            overrides.numPrompts = "60"
        } else {
            overrides.fields = [
                FieldChange(path: "stages.*.duration", value: "10 s", option: "--over")
            ]
        }
        let load = try VirtualScenario.load(
            try ScenarioFile.load(path: path, overrides: overrides), agents: 2)
        let summary = try load.summary(of: load)
        #expect(summary.header.validity.verdict == .simulated, "\(summary.header.findings)")
        #expect(summary.balance.notServed == 0 && summary.balance.completed >= 18)
        let throughput = summary.run.totals.throughput ?? 0
        #expect(summary.robust.smoothGoodput ?? -1 <= throughput * (1 + 1e-9))
    }

    @Test func allAreThere() { #expect(Self.names.count >= 10) }

    /// Replays with their traces, where those lie beside the checkout; without them they are tested
    /// in real time, with traces made for it.
    @Test(arguments: [
        ("azure-replay", "AzureLLMInferenceTrace_conv.csv", "azure2023_conv.csv", 0.0...0.0),
        (
            "mooncake-replay", "conversation_trace.jsonl", "mooncake_fast25_conversation.jsonl",
            0.1...0.3
        ),
    ])
    func aReplayRuns(
        name: String, file: String, trace: String, shared: ClosedRange<Double>
    ) throws {
        let traces = URL(filePath: Self.folder).appending(path: "../../shared/traces")
        guard let bytes = try? Data(contentsOf: traces.appending(path: trace)) else {
            return print("\(name) skipped: its trace is not there")
        }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "legato-replay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try bytes.write(to: folder.appending(path: file))
        let path = folder.appending(path: "\(name).yaml").path
        try FileManager.default.copyItem(atPath: "\(Self.folder)/\(name).yaml", toPath: path)
        let whole = try PlanSummary(ScenarioFile.load(path: path), agents: 1)
        #expect(shared.contains(Double(whole.sharedTokens) / Double(whole.inputTokens)))
        var overrides = ScenarioOverrides()
        overrides.numPrompts = "60"
        let load = try VirtualScenario.load(
            try ScenarioFile.load(path: path, overrides: overrides), agents: 2)
        let summary = try load.summary(of: load)
        #expect(summary.header.validity.verdict == .simulated, "\(summary.header.findings)")
        #expect(summary.balance.completed == 60)
    }
}
