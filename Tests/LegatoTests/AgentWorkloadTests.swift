import Foundation
import Testing

/// Sessions that are graphs, against an embedded engine in real time.
@Suite("Agents as a workload", .serialized)
struct AgentWorkloadTests {
    private static let workload = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../workloads/agents.yaml").standardizedFileURL.path

    @Test("A short form of the package's agents is a valid run, with what nobody reads by itself")
    func shortForm() throws {
        try Program.withFolder { folder in
            let run = folder.appending(path: "run")
            let result = try Program.run([
                "run", Self.workload, "--num-prompts", "12", "--request-rate", "4", "--warmup",
                "2 requests", "--seed", "1", "--out", run.path,
            ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.text.contains("Answers of agent are taken whole"))
            let lines = try Program.requests(of: run)
            #expect(lines.count == 14)
            #expect(Set(lines.compactMap { $0["class"] as? String }).contains("agent"))
            // No request is due before the plan of its session has ended.
            for line in lines where line["turn"] as? Int ?? 0 > 0 {
                let first = lines.first {
                    $0["session"] as? Int == line["session"] as? Int && $0["turn"] as? Int == 0
                }
                let due = try #require(line["scheduled"] as? Int)
                let end = try #require(first?["finish"] as? Int)
                #expect(due >= end)
            }
        }
    }
}
