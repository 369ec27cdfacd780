import Foundation
import Testing

/// `legato calibrate` on runs whose engine is known.
@Suite("legato calibrate", .serialized)
struct CalibrateTests {
    private static func scenario(rate: String, requests: Int, seed: Int) -> String {
        """
        name: known
        seed: \(seed)
        stages: [{ rate: \(rate), requests: \(requests) }]
        classes: [{ name: chat, input: 20..600 tokens, output: 10..120 tokens }]
        engine:
          max sequences: 64
          costs:
            step: 4 ms
            sequence: 40 us
            weights: 21 ms
            token: 160 us
            context: 300 us
            attention: 13 ms
            front end: 3 ms
        """
    }

    /// Two virtual runs of one engine at two loads, in `folder`.
    private func runs(in folder: URL) throws -> [String] {
        try [("low", "1/s", 40), ("high", "6/s", 150)].enumerated().map { index, each in
            let (name, rate, requests) = each
            let file = try Program.scenario(
                Self.scenario(rate: rate, requests: requests, seed: index + 1), in: folder)
            let out = folder.appendingPathComponent(name).path
            let result = try Program.run(["run", file, "--virtual", "--out", out])
            try #require(result.status == 0, "\(result.errors)")
            return out
        }
    }

    @Test("Each run is told by an engine fitted to the other; the section runs as a scenario's")
    func fits() throws {
        try Program.withFolder { folder in
            let runs = try runs(in: folder)
            let section = folder.appendingPathComponent("engine.yaml").path
            let options = ["--max-sequences", "64"]
            let result = try Program.run(
                ["calibrate"] + runs + options + ["--json", "--out", section])
            try #require(result.status == 0, "\(result.errors)")
            let json = result.json()
            #expect(json["tested"] as? Bool == true)
            let tests = try #require(json["runs"] as? [[String: Any]])
            #expect(tests.map { $0["path"] as? String } == runs)
            #expect(tests.map { $0["requests"] as? Int } == [40, 150])
            // The busy run tells the quiet one, which knows little of crowds.
            let quiet = tests[0]
            #expect((quiet["ttft_error"] as? Double ?? 1) < 0.05, "\(json)")
            #expect((quiet["tbt_error"] as? Double ?? 1) < 0.05, "\(json)")
            let smooth = quiet["smooth_goodput"] as? [String: Double]
            #expect(abs(smooth?["error"] ?? 1) < 0.05, "\(json)")
            // The section is a scenario's, and its engine answers as the known one.
            var text = Self.scenario(rate: "4/s", requests: 120, seed: 9)
            let truth = try Program.run(
                [
                    "run", try Program.scenario(text, in: folder), "--virtual", "--json", "--out",
                    folder.appendingPathComponent("truth").path,
                ])
            text =
                String(text[..<text.range(of: "engine:")!.lowerBound])
                + (try String(contentsOfFile: section, encoding: .utf8))
            let told = try Program.run(
                [
                    "run", try Program.scenario(text, in: folder), "--virtual", "--json", "--out",
                    folder.appendingPathComponent("told").path,
                ])
            try #require(told.status == 0, "\(told.errors)")
            func p50(_ result: Program.Result, _ name: String) -> Double {
                let totals = result.json()["totals"] as? [String: Any]
                return (totals?[name] as? [String: Any])?["p50"] as? Double ?? .nan
            }
            for name in ["ttft", "tpot"] {
                #expect(abs(p50(told, name) / p50(truth, name) - 1) < 0.05, "\(name)")
            }
            let again = try Program.run(["calibrate"] + runs + options + ["--out", section])
            #expect(again.status == 1 && again.errors.contains("is there already"))
            // So does the section alone, beside a load of the command line; and the printed text.
            let printed = folder.appendingPathComponent("printed.yaml")
            let text1 = try Program.run(["calibrate"] + runs + options)
            try text1.output.write(to: printed)
            for file in [section, printed.path] {
                let run = try Program.run([
                    "run", "--virtual", "--engine", file, "--num-prompts", "9", "--out",
                    folder.path + "/" + UUID().uuidString,
                ])
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.text.contains("simulated by costs of its own"), "\(run.text)")
            }
            let none = try Program.scenario("name: x", in: folder)
            try Data("engine:\n  gpu: H1000\n".utf8).write(to: printed)
            let wrong = try Program.run(["run", "--virtual", "--engine", printed.path])
            #expect(wrong.status == 65 && wrong.errors.contains("printed.yaml:2:8"))
            #expect(wrong.errors.contains("did you mean `H100`"), "\(wrong.errors)")
            let both = try Program.run([
                "run", "--engine", section, "--url", "http://127.0.0.1:1",
            ])
            #expect(both.status == 64 && both.errors.contains("drop one"), "\(both.errors)")
            let lacking = try Program.run(["run", "--virtual", "--engine", none])
            #expect(lacking.status == 65 && lacking.errors.contains("has no `engine:` section"))
        }
    }

    @Test("One run is fitted to, and said to test nothing")
    func oneRun() throws {
        try Program.withFolder { folder in
            let run = try runs(in: folder)[0]
            let result = try Program.run(["calibrate", run, "--max-sequences", "64"])
            try #require(result.status == 0, "\(result.errors)")
            #expect(result.text.contains("tests nothing") && result.text.contains("\nengine:\n"))
            #expect(result.text.split(separator: "\n").allSatisfy { $0.count <= 200 })
        }
    }

    @Test("An engine that is not the server is told so, with 2; a run is never tested on itself")
    func otherEngines() throws {
        try Program.withFolder { folder in
            let runs = try runs(in: folder)
            let options = ["--max-sequences", "64"]
            let other = try Program.run(
                ["calibrate"] + runs + options + ["--scheduler", "static"])
            #expect(other.status == 2 && other.text.contains("is not the server"), "\(other.text)")
            let few = try Program.run(["calibrate"] + runs + ["--max-sequences", "2"])
            #expect(few.status == 65 && few.errors.contains("requests at once"), "\(few.errors)")
            // Steps that made hidden thoughts are not seen.
            let hiding = Self.scenario(rate: "1/s", requests: 20, seed: 3).replacing(
                "max sequences: 64", with: "thoughts: 50 %\n  hidden thoughts: true")
            let hidden = folder.appendingPathComponent("hidden").path
            let thinking = try Program.run([
                "run", try Program.scenario(hiding, in: folder), "--virtual", "--out", hidden,
            ])
            #expect(thinking.status == 0, "\(thinking.errors)")
            let unseen = try Program.run(["calibrate", hidden])
            #expect(
                unseen.status == 65 && unseen.errors.contains("in no event"), "\(unseen.errors)")
            let short = try Program.run(
                ["calibrate"] + runs + options + ["--max-model-len", "200"])
            #expect(short.status == 65 && short.errors.contains("--max-model-len"))
            let copy = folder.appendingPathComponent("copy").path
            try FileManager.default.copyItem(atPath: runs[0], toPath: copy)
            for twin in [copy, runs[0] + "/"] {
                let result = try Program.run(["calibrate", runs[0], twin] + options)
                #expect(result.status == 64, "\(result.errors)")
                #expect(result.errors.contains("tested on itself"), "\(result.errors)")
            }
            let nowhere = try Program.run(
                ["calibrate"] + runs + options + ["--out", folder.path + "/none/x.yaml"])
            #expect(nowhere.status == 1 && nowhere.errors.contains("nothing can be written"))
        }
    }

    @Test("What cannot be fitted to is told in a sentence")
    func badInput() throws {
        try Program.withFolder { folder in
            let none = folder.appendingPathComponent("none").path
            for (name, file, words) in [
                ("empty", nil, "is no run's folder: it has no manifest.json"),
                ("sweep", "sweep.json", "is a sweep's folder"),
                ("repeats", "joined.json", "is a folder of repeats"),
                ("alone", "tokens.log", "legato score RUN --out DIR"),
            ] as [(String, String?, String)] {
                let path = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(
                    at: path, withIntermediateDirectories: false)
                if let file { try Data().write(to: path.appendingPathComponent(file)) }
                let result = try Program.run(["calibrate", path.path])
                #expect(result.status == 65 && result.errors.contains(words), "\(result.errors)")
            }
            for (arguments, status, words) in [
                ([], 64, "<runs>"), (["a", "a"], 64, "named twice"),
                ([none], 1, none), (["a", "--scheduler", "fast"], 64, "\"fast\""),
                (["a", "--scheduler", "disaggregated"], 64, "two kinds"),
                (["a", "--chunk-budget", "0"], 64, "--chunk-budget"),
            ] as [([String], Int32, String)] {
                let result = try Program.run(["calibrate"] + arguments)
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(words), "\(result.errors)")
            }
        }
    }
}
