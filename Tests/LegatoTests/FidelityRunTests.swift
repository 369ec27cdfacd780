import Foundation
import Testing

@Suite("A run beside its engine's truth file")
struct FidelityRunTests {
    @Test("Every token that the engine sent is in the run, and the distances are said")
    func againstTheEngine() throws {
        try Program.withFolder { folder in
            let truth = folder.appendingPathComponent("truth.csv").path
            let run = folder.appendingPathComponent("run").path
            let engine = try Program.start(["engine", "--port", "0", "--truth", truth])
            try #require(engine.wait { $0.output.contains("listening on http://") })
            let url = try #require(engine.output.split(separator: " ").last)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let measured = try Program.run([
                "run", "--url", url, "--num-prompts", "20", "--request-rate", "40", "--output-len",
                "12", "--input-len", "20", "--out", run, "--allow-invalid",
            ])
            engine.signal(SIGTERM)
            try #require(engine.finish().status == 0)
            try #require(measured.status == 0, "\(measured.errors)")
            let compare = ["bench", "fidelity", "--run", run, "--truth", truth]
            let result = try Program.run(compare + ["--json"])
            // 2: the machine of a test may be busy, and then a goal is missed.
            #expect(result.status == 0 || result.status == 2, "\(result.errors)")
            let rows = try #require(result.json()["rows"] as? [[String: Any]])
            func value(_ name: String) -> Double? {
                rows.first { $0["name"] as? String == name }?["value"] as? Double
            }
            #expect(value("run, tokens compared") == 240)
            #expect(try #require(value("run, |stamp - sent| p50")) < 1e6)
            #expect(try #require(value("run, |TTFT error| p99")) < 1e6)
            // A token that only the engine has is an error that names its request.
            let text = try String(contentsOfFile: truth, encoding: .utf8)
            let last = try #require(text.split(separator: "\n").last)
            try Data(text.dropLast(last.count + 1).utf8).write(to: URL(fileURLWithPath: truth))
            let cut = try Program.run(compare)
            #expect(cut.status == 65)
            #expect(cut.errors.contains(String(last.prefix { $0 != "," })), "\(cut.errors)")
        }
    }
}
