import Foundation
import Testing

@Suite("legato score of other tools' files")
struct ForeignScoreTests {
    private static func vllm(_ model: String) -> String {
        """
        {"model_id": "\(model)", "tokenizer_id": "t", "request_rate": 4.0, "max_concurrency": null,
        "duration": 1.0, "completed": 1, "failed": 1, "output_throughput": 3.0,
        "input_lens": [3, 3], "output_lens": [3, 0], "ttfts": [0.1, 0.0],
        "itls": [[0.05, 0.05], []],
        "latencies": [0.2, 0.0], "start_times": [50.0, 50.5], "errors": ["", "a\\u001b[31mb"],
        "mean_ttft_ms": 100.0}

        """
    }

    private func with(_ text: String, _ body: (String) throws -> Void) throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("result.json")
            try Data(text.utf8).write(to: file)
            try body(file.path)
        }
    }

    @Test("The table names tool, fidelity, errors and agreement; JSON has them, too")
    func table() throws {
        try with(Self.vllm("m\\u0007odel")) { path in
            let result = try Program.run(["score", path])
            #expect(result.status == 0, "\(result.errors)")
            for part in [
                "from vllm bench serve", "needs a rule", "1 completed, 1 failed", "1 x a",
                "all 4 figures", "to know of this file",
            ] { #expect(result.text.contains(part), "\(part): \(result.text)") }
            #expect(result.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
            #expect(!result.text.contains("\u{1b}") && !result.text.contains("\u{7}"))
            let json = try Program.run(["score", path, "--json"]).json()
            let source = try #require(json["source"] as? [String: Any])
            #expect(source["tool"] as? String == "vllm")
            let check = try #require(json["summary_check"] as? [String: Any])
            #expect(check["agrees"] as? Bool == true)
            let totals = try #require(json["totals"] as? [String: Any])
            #expect(totals["throughput"] as? Double == 3)
            let printed = try Program.run(["score", path, "--as-printed-by", "vllm"])
            #expect(printed.status == 0 && printed.text.contains("Mean TTFT"))
        }
    }

    @Test("Several runs in a file are a line each; one of them can be named")
    func severalRuns() throws {
        try with(Self.vllm("a") + Self.vllm("b")) { path in
            let all = try Program.run(["score", path, "--goodput", "ttft:500"])
            #expect(all.status == 0, "\(all.errors)")
            let lines = all.text.split(separator: "\n")
            #expect(lines.count == 3, "\(all.text)")
            #expect(lines[1].contains("json#1") && lines[2].contains("json#2"))
            let one = try Program.run(["score", path + "#2"])
            #expect(one.status == 0 && one.text.contains("from vllm bench serve · b"))
            let none = try Program.run(["score", path + "#3"])
            #expect(none.status == 65 && none.errors.contains("the file has 2"))
            #expect(try Program.run(["score", path, "--surface"]).status == 64)
        }
    }

    @Test("In a table of several, figures of bounds are marked as the least")
    func least() throws {
        let text = """
            {"aggregated_metrics": {"run_duration": 20.0}, "individual_request_metrics": [
            {"ttft": 0.5, "e2e_latency": 9.5, "num_output_tokens": 10, "num_input_tokens": 4,
            "error_code": null}], "_time_unit": "s"}
            """
        try with(text) { path in
            let both = try Program.run(["score", path, path])
            let lines = both.text.split(separator: "\n")
            #expect(lines.count >= 4 && lines[1].contains("≥") && lines[3].contains("≥:"))
            #expect(lines.allSatisfy { $0.count <= 100 })
            let one = try Program.run(["score", path])
            #expect(one.text.contains("bounds only") && one.text.contains("smooth goodput  ["))
        }
    }

    @Test("A damaged file is one sentence with its place, and 65")
    func damaged() throws {
        let text = Self.vllm("a").replacingOccurrences(of: "[0.1, 0.0]", with: "[100, 0.0]")
        try with(text) { path in
            let result = try Program.run(["score", path])
            #expect(result.status == 65 && result.output.isEmpty)
            #expect(result.errors.contains("result.json:1:1: `latencies[0]` is 0.2 s"))
            #expect(result.errors.contains("another unit"))
            #expect(result.errors.split(separator: "\n").count == 1)
        }
    }
}
