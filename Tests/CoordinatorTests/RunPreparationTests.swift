import CoordinatorCore
import Foundation
import Scenario
import Testing
import Wire
import Workload

@testable import Coordinator

@Suite("A scenario turned into what each agent is told")
struct RunPreparationTests {
    @Test("Each agent gets the texts of its own conversations, and servers their models")
    func textsAndModels() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("preparation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a leftover is the system's
        let lines = (0..<4).map { #"{"text":"prompt \#($0)","output_length":3}"# }
        try Data(lines.joined(separator: "\n").utf8)
            .write(to: folder.appendingPathComponent("p.jsonl"))
        let scenario = try ScenarioFile.parse(
            """
            servers: [{ url: "http://a", model: one }, { url: "http://b" }]
            stages: [{ rate: 1/s, requests: 4 }]
            classes: [{ name: given, prompts: p.jsonl }]
            """, folder: folder.path)
        let told = try RunPreparation(
            scenario, agents: 2, engineJSON: nil, stampResolutionNs: 1
        ).assignments
        func texts(_ agentIndex: Int) -> [String] {
            told[agentIndex].texts.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        #expect(texts(0).filter { $0.hasPrefix("prompt") } == ["prompt 0", "prompt 2"])
        #expect(texts(1).filter { $0.hasPrefix("prompt") } == ["prompt 1", "prompt 3"])
        for each in told {
            #expect(
                each.configuration.servers == [
                    TargetFacts(url: "http://a", model: "one"),
                    TargetFacts(url: "http://b", model: ""),
                ])
            #expect(each.configuration.probes && each.configuration.ignoreEOS)
            let indices = Set(each.texts.map { UInt64($0.index) })
            #expect(each.requests.allSatisfy { $0.prompt.allSatisfy { indices.contains($0.seed) } })
        }
    }
}
