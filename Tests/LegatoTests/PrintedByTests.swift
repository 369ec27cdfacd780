import Foundation
import Testing

@Suite("legato score --as-printed-by", .serialized)
struct PrintedByTests {
    private static let load = [
        "run", "--request-rate", "40", "--num-prompts", "30", "--output-len", "8", "--input-len",
        "20", "--allow-invalid",
    ]

    private static let vector = """
        {"parameters": {}, "requests": [
          {"id": 0, "scheduled": 0, "sent": 10000000, "tokens": [110000000, 130000000, 170000000],
           "finish": 180000000, "outcome": "completed", "prompt_tokens": 5},
          {"id": 1, "scheduled": 0, "tokens": [[50000000, 2]], "finish": 60000000,
           "outcome": "completed", "prompt_tokens": 7}]}
        """

    @Test("A run, its journal alone, and its clocks fitted anew: the same figures")
    func runs() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            let made = try Program.run(Self.load + ["--out", run])
            try #require(made.status == 0, "\(made.errors)")
            let free = ["--allow-invalid", "--json"]
            let vllm = try Program.run(
                ["score", run, "--as-printed-by", "vllm"] + free)
            #expect(vllm.status == 0, "\(vllm.errors)")
            let figures = vllm.json()
            #expect(figures["completed"] as? Int == 30)
            #expect(figures["failed"] as? Int == 0)
            #expect(figures["total_output_tokens"] as? Int == 240)
            #expect((figures["mean_ttft_ms"] as? Double ?? 0) > 0)
            let totals = try Program.run(["score", run, "--json"]).json()["totals"]
            let own = totals as? [String: Any]
            let sent = own?["ttft_sent"] as? [String: Any]
            let p50 = try #require(sent?["p50"] as? Double)
            let median = try #require(figures["median_ttft_ms"] as? Double)
            #expect(abs(p50 / 1e6 - median) < 1e-6)
            for tool in ["vllm", "sglang", "aiperf", "guidellm"] {
                let text = try Program.run(
                    ["score", run, "--as-printed-by", tool, "--allow-invalid"])
                #expect(text.status == 0, "\(text.errors)")
                #expect(text.text.contains("what \(tool)'s rule loses"))
                // No bound is set, and none is asked for.
                #expect(!text.text.contains("oodput"))
                #expect(text.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
            }
            // The journal alone: the same times, by the same fits.
            let alone = folder.path + "/alone"
            try FileManager.default.createDirectory(
                atPath: alone, withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                atPath: run + "/tokens.log", toPath: alone + "/tokens.log")
            let rescued = try Program.run(["score", alone, "--as-printed-by", "vllm", "--json"])
            #expect(rescued.status == 2, "\(rescued.errors)")
            let remapped = try Program.run(
                ["score", run, "--remap", "--as-printed-by", "vllm"] + free)
            for other in [rescued.json(), remapped.json()] {
                #expect(NSDictionary(dictionary: other) == NSDictionary(dictionary: figures))
            }
            let both = try Program.run(
                ["score", run, alone, "--as-printed-by", "guidellm"] + free)
            let list = try JSONSerialization.jsonObject(with: both.output) as? [[String: Any]]
            #expect(list?.map { $0["path"] as? String } == [run, alone])
        }
    }

    @Test("A file of requests: null and the reason where `sent` is missing")
    func vector() throws {
        try Program.withFolder { folder in
            let path = folder.appendingPathComponent("v.json")
            try Data(Self.vector.utf8).write(to: path)
            let json = try Program.run(
                ["score", path.path, "--as-printed-by", "vllm", "--json", "--percentiles", "50"]
            ).json()
            #expect(json["mean_ttft_ms"] is NSNull)
            #expect(json["total_input_tokens"] as? Int == 12)
            #expect(json["p50_itl_ms"] as? Double == 30)
            let origin = json["as_printed_by"] as? [String: Any]
            let missing = origin?["missing"] as? [String: String]
            #expect(missing?["mean_ttft_ms"]?.contains("`sent` is not known of 1 request") == true)
            let text = try Program.run(["score", path.path, "--as-printed-by", "vllm"])
            #expect(text.status == 0)
            #expect(text.text.contains("Mean TTFT (ms):                          -"))
            #expect(text.text.contains("Median ITL (ms):                         30.00"))
            let good = try Program.run(
                ["score", path.path, "--as-printed-by", "vllm", "--json", "--goodput", "tpot:31"]
            ).json()
            #expect((good["request_goodput"] as? Double).map { abs($0 - 2 / 0.18) < 1e-9 } == true)
        }
    }

    @Test("Other tools, and options that change nothing there, are refused with a sentence")
    func refusals() throws {
        let unknown = try Program.run(["score", "x", "--as-printed-by", "wrk"])
        #expect(unknown.status == 64 && unknown.errors.contains("guidellm"), "\(unknown.errors)")
        for options in [
            ["--preset", "robust"], ["--alpha", "2"], ["--out", "d"], ["--verbose"],
            ["--percentiles", "50"],
        ] {
            let bad = try Program.run(["score", "x", "--as-printed-by", "aiperf"] + options)
            #expect(bad.status == 64 && bad.errors.contains(options[0]), "\(bad.errors)")
            #expect(bad.errors.split(separator: "\n").count == 1)
        }
        try Program.withFolder { folder in
            let path = folder.appendingPathComponent("v.json")
            try Data(Self.vector.utf8).write(to: path)
            let none = folder.path + "/none.json"
            let mixed = try Program.run(
                ["score", none, path.path, "--as-printed-by", "sglang"])
            #expect(mixed.status == 1 && mixed.errors.contains(none), "\(mixed.errors)")
            #expect(mixed.text.contains("Serving Benchmark Result"))
            let remap = try Program.run(
                ["score", path.path, "--remap", "--as-printed-by", "vllm"])
            #expect(remap.status == 65, "\(remap.errors)")
        }
    }
}
