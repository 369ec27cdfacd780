import Foundation
import Testing
import Workload

@testable import Scenario

/// The scenarios that come with the package.
@Suite struct WorkloadFilesTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardizedFileURL.path

    private func path(_ name: String) -> String { "\(Self.root)/workloads/\(name).yaml" }

    @Test(arguments: [
        ("smoke", 3.0, 8.0, 24), ("quickstart", 18, 30, 300), ("chat", 500, 600, 8_000),
        ("steady", 60, 80, 700), ("code", 150, 400, 800), ("documents", 300, 420, 700),
        ("rag", 120, 180, 900), ("agents", 120, 190, 1_600), ("voice", 170, 190, 4_000),
        ("batch", 290, 310, 1 << 19), ("reasoning", 280, 310, 400),
    ])
    func `a scenario of the package plans the load that it promises`(
        name: String, least: Double, most: Double, requests: Int
    ) throws {
        let scenario = try ScenarioFile.load(path: path(name))
        #expect(scenario.name == name && scenario.warnings.isEmpty)
        let summary = try PlanSummary(scenario, agents: 2)
        #expect((least...most).contains(Double(summary.lengthNs) / 1e9))
        #expect(summary.requests <= requests && summary.requests >= requests / 4)
        #expect(abs(summary.agents[0].sessions - summary.agents[1].sessions) <= 1)
    }

    @Test(arguments: [
        ("azure-replay", 12, "github.com/Azure/AzurePublicDataset"),
        ("mooncake-replay", 16, "github.com/kvcache-ai/Mooncake"),
    ])
    func `a replay names where its trace is to be had`(name: String, line: Int, source: String) {
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.load(path: path(name))
        }
        let text = error?.description ?? ""
        #expect(text.contains("\(name).yaml:\(line):5: `replay`: cannot read"))
        #expect(text.contains(source))
        #expect(error?.diagnostics.count == 1)
    }

    @Test func `a replay reads its trace beside the scenario`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "legato-scenario-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let trace =
            "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n"
            + "2023-11-16 18:17:04.9799600,3180,8\r\n2023-11-16 18:17:05.9799600,110,27"
        try Data(trace.utf8).write(to: folder.appending(path: "t.csv"))
        let text = """
            stages:
              - { replay: t.csv, rate: 10/s, requests: 2 }
            classes:
              - { name: c }
            """
        try Data(text.utf8).write(to: folder.appending(path: "s.yaml"))
        let scenario = try ScenarioFile.load(path: folder.appending(path: "s.yaml").path)
        #expect(scenario.name == "s")
        let plan = try WorkloadPlan.make(scenario.workload, seed: 0)
        #expect(plan.requests.map(\.inputTokens) == [4_808, 3_180])
        #expect(plan.requests.map(\.scheduledNs) == [0, 100_000_000])

        let broken = text.replacing("t.csv", with: "u.csv")
        try Data("TIMESTAMP,ContextTokens,GeneratedTokens\nx,1,2".utf8).write(
            to: folder.appending(path: "u.csv"))
        let error = #expect(throws: ScenarioError.self) {
            try ScenarioFile.parse(broken, folder: folder.path)
        }
        #expect(error?.description.contains("u.csv:2:1: this is no time like") == true)
    }

    @Test func `a file that cannot be read is an error`() {
        #expect(throws: ScenarioError.self) { try ScenarioFile.load(path: "/nonexistent.yaml") }
        #expect(throws: ScenarioError.self) { try ScenarioFile.load(path: Self.root) }
    }
}
