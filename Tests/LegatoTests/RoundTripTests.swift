import Foundation
import Testing

/// A run, its file for another tool's readers, and the score of that file.
@Suite("Round trips through other tools' files")
struct RoundTripTests {
    /// Deadlines count from the schedule, which vLLM's file has not: the send stands for it, so
    /// that a figure may move by what lay between, 1 ms where the client kept up.
    private static let fidelity = 0.005

    @Test(
        "Export as vllm, score again: the same figures, within what the file can say",
        arguments: [["--virtual"], []])
    func vllm(how: [String]) throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            // A reader who is faster than the engine at this load: there is something to lose.
            let reader = ["--reading-speed", "150", "--ttft-budget", "20 ms"]
            let made = try Program.run(
                ["run", "--request-rate", "12", "--num-prompts", "90", "--input-len", "300..2000"]
                    + ["--output-len", "20..80", "--seed", "4", "--local", "2", "--out", run]
                    + ["--allow-invalid"] + how)
            try #require(made.status == 0, "\(made.errors)")
            let exported = try Program.run(["export", run, "--as", "vllm"])
            try #require(exported.status == 0, "\(exported.errors)")
            let file = folder.appendingPathComponent("vllm.json")
            try exported.output.write(to: file)
            let own = try Program.run(["score", run, "--json", "--allow-invalid"] + reader).json()
            let again = try Program.run(["score", file.path, "--json"] + reader)
            try #require(again.status == 0, "\(again.errors)")
            let foreign = again.json()
            let totals = try #require(own["totals"] as? [String: Any])
            let its = try #require(foreign["totals"] as? [String: Any])
            for name in ["requests", "tokens"] {
                #expect(totals[name] as? Int == its[name] as? Int, "\(name)")
            }
            let smooth = try #require(totals["smooth_goodput"] as? Double)
            let throughput = try #require(totals["throughput"] as? Double)
            try #require(smooth < 0.98 * throughput, "nobody waits: the test says nothing")
            for name in ["smooth_goodput", "throughput"] {
                let (a, b) = (totals[name] as? Double ?? 0, its[name] as? Double ?? .infinity)
                #expect(abs(a - b) <= Self.fidelity * throughput, "\(name): \(a), \(b)")
            }
            // The file is known for what it can say.
            let source = try #require(foreign["source"] as? [String: Any])
            #expect(source["tool"] as? String == "vllm" && source["fidelity"] != nil, "\(source)")
        }
    }
}
