import Foundation
import Testing

/// The scenarios that come with the package, each in a short form, in real time against embedded
/// engines.
@Suite("Scenarios of the package in real time", .serialized)
struct WorkloadFilesRunTests {
    private static let folder = Program.root.appendingPathComponent("workloads")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()

    /// The short form of a scenario: one stage of a dozen requests, short answers, and people who
    /// think briefly. Classes, readers, prompts, engines and bounds stay; a replay keeps its stage.
    private static func short(_ text: String) -> String {
        var lines: [Substring] = []
        var isInStages = false
        let isReplay = text.contains("- replay:")
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("stages:"), !isReplay {
                isInStages = true
                lines.append("stages: [{ rate: 8/s, requests: 12 }]")
            } else if line.hasPrefix("warmup:") {
                lines.append("warmup: 2 requests")
            } else if isInStages, line.isEmpty || " #-".contains(line.prefix(1)) {
                continue
            } else {
                isInStages = false
                lines.append(line)
            }
        }
        return lines.joined(separator: "\n")
            .replacing(/output: [^\n]*?\)(?=[\n,])/, with: "output: 8..24 tokens")
            .replacing(/output: \d[^\n,}]*/, with: "output: 8..24 tokens")
            .replacing(/think: [^\n]*?\)(?=[\n,])/, with: "think: 50 ms")
    }

    /// A trace in the form of the one that a replay names, with a dozen short rows in some seconds
    /// of its time.
    private static func trace(_ name: String, from begin: Int) -> String {
        let rows = 0..<(begin + 12)
        guard name.hasSuffix(".csv") else {
            return rows.map { row in
                let ms = row < begin ? row : begin * 1_000 + (row - begin) / 4 * 3_000
                return #"{"timestamp": \#(ms), "input_length": 700, "output_length": 9, "#
                    + #""hash_ids": [0, \#(row + 1)]}"#
            }.joined(separator: "\n")
        }
        return
            (["TIMESTAMP,ContextTokens,GeneratedTokens"]
            + rows.map { row in
                let ms = row < begin ? row : begin * 1_000 + (row - begin) * 150
                let time = String(
                    format: "2023-11-16 18:%02d:%02d.%03d0000", ms / 60_000, ms / 1_000 % 60,
                    ms % 1_000)
                return "\(time),120,9"
            }).joined(separator: "\r\n")
    }

    @Test("Each runs, and is valid", arguments: names)
    func itRuns(name: String) throws {
        try Program.withFolder { folder in
            let text = try String(
                contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            let path = try Program.scenario(Self.short(text), in: folder)
            try FileManager.default.copyItem(
                at: Self.folder.appendingPathComponent("lengths"),
                to: folder.appendingPathComponent("lengths"))
            var options: [String] = []
            if let line = text.firstMatch(of: /- replay: (\S+)/) {
                let trace = Self.trace(String(line.1), from: 300)
                try Data(trace.utf8).write(to: folder.appendingPathComponent(String(line.1)))
                options = ["--num-prompts", "12", "--request-rate", "8"]
            }
            let run = folder.path + "/run"
            let result = try Program.run(
                ["run", path, "--no-headroom", "--out", run, "--json"] + options)
            #expect(result.status == 0, "\(result.errors)\(result.text)")
            let requests = try Program.requests(of: URL(filePath: run))
            #expect(requests.count >= 12)
            #expect(requests.allSatisfy { $0["outcome"] as? String == "completed" })
            guard name == "reasoning.yaml" else { return }
            for request in requests {
                let tokens = try #require(request["output_tokens"] as? Int)
                #expect(request["thought_tokens"] as? Int == tokens * 76 / 100)
                #expect(request["first_answer"] is Int)
            }
            let all = try Program.run(["score", run, "--reads", "all", "--json"])
            let scored = try Program.run(["score", run, "--preset", "answer", "--json"])
            let read = try #require(scored.json()["totals"] as? [String: Any])
            let whole = try #require(all.json()["totals"] as? [String: Any])
            #expect(whole["tokens"] as? Int == read["tokens"] as? Int)
            let benefits = [whole, read].compactMap { $0["benefit"] as? Double }
            #expect(benefits[1] < benefits[0] / 2)
        }
    }

    @Test("All files are there") func allAreThere() { #expect(Self.names.count >= 11) }
}
