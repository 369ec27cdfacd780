import Foundation
import Testing

@Suite("legato score", .serialized)
struct ScoreCommandTests {
    private static let load = [
        "run", "--request-rate", "40", "--num-prompts", "30", "--output-len", "8", "--input-len",
        "20",
    ]

    private func makeRun(at path: String, _ options: [String] = []) throws {
        let result = try Program.run(
            Self.load + ["--out", path, "--allow-invalid"] + options)
        try #require(result.status == 0, "\(result.errors)")
    }

    private func sentences(_ result: Program.Result) -> [String] {
        result.errors.split(separator: "\n").map(String.init)
    }

    @Test("Several paths: a line each, a list with --json; a bad one does not lose the others")
    func severalPaths() throws {
        try Program.withFolder { folder in
            let runs = ["a", "b", "c"].map { folder.path + "/runs/" + $0 }
            for (index, run) in runs.enumerated() { try makeRun(at: run, ["--seed", "\(index)"]) }
            // The README's own example, expanded as a shell does.
            let free = ["--preset", "paper-v2", "--allow-invalid"]
            let all = try Program.run(["score"] + runs + free)
            #expect(all.status == 0, "\(all.errors)")
            let lines = all.text.split(separator: "\n")
            #expect(lines.count == 4, "\(all.text)")
            #expect(lines[0].contains("TTFT p99") && lines[0].contains("verdict"))
            for (line, name) in zip(lines.dropFirst(), ["/a ", "/b ", "/c "]) {
                #expect(line.contains(name) && line.hasSuffix("valid"), "\(line)")
            }
            #expect(all.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
            let list = try Program.run(["score"] + runs + free + ["--json"])
            let values = try #require(
                JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
            #expect(values.map { $0["path"] as? String } == runs)
            for (value, run) in zip(values, runs) {
                var one = try Program.run(["score", run, "--json"] + free).json()
                one["path"] = run
                #expect(NSDictionary(dictionary: one) == NSDictionary(dictionary: value))
            }
            // A folder that is no run, a file that is no JSON, and one that is not there.
            let empty = folder.path + "/runs/empty"
            try FileManager.default.createDirectory(
                atPath: empty, withIntermediateDirectories: false)
            let text = folder.path + "/runs/notes.txt"
            try Data("notes".utf8).write(to: URL(fileURLWithPath: text))
            for (bad, status) in [(empty, Int32(65)), (text, 65), (folder.path + "/none", 1)] {
                let paths = [runs[0], bad, runs[1]]
                let mixed = try Program.run(["score"] + paths)
                #expect(mixed.status == status, "\(mixed.errors)")
                #expect(mixed.text.split(separator: "\n").count == 3, "\(mixed.text)")
                #expect(sentences(mixed).count == 1 && mixed.errors.contains(bad))
                let json = try Program.run(["score", "--json"] + paths)
                let good = try JSONSerialization.jsonObject(with: json.output) as? [[String: Any]]
                #expect(good?.map { $0["path"] as? String } == [runs[0], runs[1]])
            }
            // The worst counts, whatever the order.
            for paths in [[empty, text, runs[0]], [text, empty, runs[0]]] {
                #expect(try Program.run(["score"] + paths).status == 65)
            }
            let damaged = runs[2] + "/tokens.log"
            var journal = try Data(contentsOf: URL(fileURLWithPath: damaged))
            journal[journal.count / 2] ^= 1
            try journal.write(to: URL(fileURLWithPath: damaged))
            let partial = try Program.run(["score", "--remap"] + runs)
            #expect(partial.status == 2, "\(partial.errors)")
            #expect(partial.text.contains("/c/tokens.log is damaged from byte"))
            #expect(try Program.run(["score", "--remap", "--allow-invalid"] + runs).status == 0)
            #expect(try Program.run(["score", "--remap", empty] + runs).status == 65)
            let none = try Program.run(["score"])
            #expect(none.status == 64)
        }
    }

    @Test("--percentiles: in the table, in the summary, kept by the run, made again by score")
    func percentiles() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            try makeRun(at: run, ["--percentiles", "50,95,99.9"])
            let stored = try Data(contentsOf: URL(fileURLWithPath: run + "/summary.json"))
            func names(_ data: Data, _ distribution: String) throws -> Set<String> {
                let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
                let totals = json?["totals"] as? [String: Any]
                let figures = totals?[distribution] as? [String: Any] ?? [:]
                return Set(figures.keys)
            }
            let wanted: Set = ["p50", "p95", "p999", "mean", "max", "count"]
            for distribution in ["ttft", "tbt", "tpot", "e2e", "idle"] {
                #expect(try names(stored, distribution) == wanted)
            }
            #expect(try Program.run(["score", run, "--json"]).output == stored)
            let same = try Program.run(["score", run, "--json", "--percentiles", "50,95,99.9"])
            #expect(same.output == stored)
            let other = try Program.run(["score", run, "--json", "--percentiles", "10"])
            #expect(try names(other.output, "ttft") == ["p10", "mean", "max", "count"])
            let table = try Program.run(["score", run, "--percentiles", "25,99.9"]).text
            let heading = try #require(table.split(separator: "\n").first { $0.contains("p25") })
            #expect(heading.split(separator: " ").map(String.init) == ["p25", "p99.9", "max"])
            // Without the option nothing is other than the metrics page has it.
            let plain = folder.path + "/plain"
            try makeRun(at: plain)
            let standard = try Data(contentsOf: URL(fileURLWithPath: plain + "/summary.json"))
            let listed: Set = ["p50", "p90", "p99", "p999", "mean", "max", "count"]
            #expect(try names(standard, "ttft") == listed)
            for command in [["score", run], Self.load] {
                for text in ["", "fifty", "101", "1,2,3,4,5,6,7,8,9"] {
                    let bad = try Program.run(command + ["--percentiles", text])
                    #expect(bad.status == 64 && bad.errors.contains("--percentiles"), "\(text)")
                }
            }
        }
    }

    @Test("Requests that are cut off or stand there twice are no valid run")
    func changedRequests() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            try makeRun(at: run)
            let file = URL(fileURLWithPath: run + "/requests.jsonl")
            let text = try String(contentsOf: file, encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
            for (kept, words) in [
                (lines.prefix(20), "requests.jsonl: ends after line 20 with 20 of the 30 requests"),
                (lines.prefix(0), "ends after line 0"),
                (lines + [lines[4]], "requests.jsonl:31: request 4 stands in line 5 already"),
                (lines.dropFirst(), "request 0 is missing"),
            ] {
                try Data(kept.map { $0 + "\n" }.joined().utf8).write(to: file)
                for options in [[], ["--json"], ["--remap"]] {
                    let result = try Program.run(["score", run] + options)
                    #expect(result.status == 65 && result.output.isEmpty, "\(result.text)")
                    #expect(sentences(result).count == 1)
                    #expect(result.errors.contains(words), "\(result.errors)")
                }
            }
            try Data(text.utf8).write(to: file)
            #expect(try Program.run(["score", run, "--allow-invalid"]).status == 0)
        }
    }

    @Test("What is no file is refused at once, in one sentence, by every command that reads one")
    func noFiles() throws {
        try Program.withFolder { folder in
            let pipe = folder.path + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            let scenario = folder.path + "/scenario.yaml"
            func using(_ trace: String) throws -> String {
                let text = """
                    stages: [{ replay: { file: \(trace) } }]
                    classes: [{ name: a, lengths: \(trace) }]
                    """
                try Data(text.utf8).write(to: URL(fileURLWithPath: scenario))
                return scenario
            }
            for (path, words) in [(pipe, "is a named pipe"), ("/dev/zero", "is a device")] {
                for command in [
                    ["score", path], ["score", path, "--json"], ["clock", path],
                    ["check", path], ["run", path, "--out", folder.path + "/out"],
                    ["check", try using(path)], ["check", "--prompts", path],
                ] {
                    let result = try Program.run(command, limit: 20)
                    #expect(result.status == 65 && result.output.isEmpty, "\(command)")
                    #expect(result.errors.contains(words), "\(command): \(result.errors)")
                }
            }
            for command in [
                ["check", folder.path], ["run", folder.path, "--out", folder.path + "/out"],
                ["check", try using(folder.path)], ["check", "--prompts", folder.path],
            ] {
                let result = try Program.run(command, limit: 20)
                #expect(result.status == 65 && result.output.isEmpty, "\(command)")
                #expect(result.errors.contains("is a folder"), "\(command): \(result.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/out"))
            // Within a run's folder, too.
            let run = folder.path + "/run"
            try makeRun(at: run)
            for name in ["tokens.log", "requests.jsonl", "manifest.json"] {
                let file = run + "/" + name
                try FileManager.default.moveItem(atPath: file, toPath: file + ".kept")
                try #require(mkfifo(file, 0o600) == 0)
                let result = try Program.run(["score", run, "--remap"], limit: 20)
                #expect(result.status == 65 && result.output.isEmpty, "\(result.text)")
                #expect(sentences(result).count == 1)
                #expect(result.errors.contains("\(name): "), "\(result.errors)")
                #expect(result.errors.contains("is a named pipe"), "\(result.errors)")
                unlink(file)
                try FileManager.default.moveItem(atPath: file + ".kept", toPath: file)
            }
            #expect(try Program.run(["score", run, "--remap", "--allow-invalid"]).status == 0)
        }
    }

    @Test("A run is scored by any of its files; files of such names elsewhere are themselves")
    func runByItsFiles() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            try makeRun(at: run)
            let whole = try Program.run(["score", run, "--json", "--allow-invalid"])
            try #require(whole.status == 0, "\(whole.errors)")
            for name in ["tokens.log", "requests.jsonl", "manifest.json", "summary.json"] {
                let file = "\(run)/\(name)"
                let result = try Program.run(["score", file, "--json", "--allow-invalid"])
                #expect(result.status == 0 && result.output == whole.output, "\(result.errors)")
            }
            let other = folder.path + "/summary.json"
            try Data("{}".utf8).write(to: URL(fileURLWithPath: other))
            let result = try Program.run(["score", other])
            #expect(result.status == 65 && result.errors.contains("`requests`"), "\(result.text)")
        }
    }

    @Test("What a shell pipes in is scored")
    func pipedIn() throws {
        try Program.withFolder { folder in
            let vector = folder.path + "/vector.json"
            try Data(
                """
                {"parameters": {}, "requests": [{"id": 0, "scheduled": 0, "tokens": [5, [9, 2]],
                 "finish": 10, "outcome": "completed"}]}
                """.utf8
            ).write(to: URL(fileURLWithPath: vector))
            let direct = try Program.run(["score", vector, "--json"])
            try #require(direct.status == 0, "\(direct.errors)")
            let piped = try Program.start(
                ["score", "/dev/stdin", "--json"],
                under: ["/bin/sh", "-c", "cat \"$0\" | \"$@\"", vector]
            ).finish(limit: 20)
            #expect(piped.status == 0 && piped.output == direct.output, "\(piped.errors)")
        }
    }
}
