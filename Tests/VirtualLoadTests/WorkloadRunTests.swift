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

    /// All but the replay, whose trace is to be had elsewhere.
    private static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".yaml") && $0 != "azure-replay.yaml" }.sorted()

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

    @Test func allAreThere() { #expect(Self.names.count >= 9) }
}
