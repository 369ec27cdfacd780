import Foundation
import Testing

/// Runs of former versions: a journal of format 2, here with batches of the first format, beside
/// what a manifest and lines had then.
@Suite("Reading a run of a former version", .serialized)
struct FormerRunTests {
    private static let stored = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "RunOfBatchFormat1")

    /// Hands on a copy of the run, and its lines.
    private func withRun(_ body: (_ run: URL, _ lines: [[String: Any]]) throws -> Void) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            try FileManager.default.copyItem(at: Self.stored, to: run)
            let text = try String(
                contentsOf: run.appendingPathComponent("requests.jsonl"), encoding: .utf8)
            let lines = try text.split(separator: "\n").map { line in
                try #require(
                    JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            try body(run, lines)
        }
    }

    private func write(_ lines: [[String: Any]], to run: URL) throws {
        var bytes = Data()
        for line in lines {
            bytes += try JSONSerialization.data(withJSONObject: line) + Data("\n".utf8)
        }
        try bytes.write(to: run.appendingPathComponent("requests.jsonl"))
    }

    @Test("It is scored, its clocks fitted anew and looked at, and nothing in its folder changes")
    func read() throws {
        try withRun { run, _ in
            let before = try FolderState(run)
            var outputs: Set<Data> = []
            for options in [[], ["--remap"]] {
                let score = try Program.run(["score", run.path, "--json"] + options)
                try #require(score.status == 0, "\(score.errors)")
                let totals = try #require(score.json()["totals"] as? [String: Any])
                #expect(totals["tokens"] as? Int == 24 && totals["requests"] as? Int == 3)
                #expect(score.json()["journal_damage"] == nil)
                outputs.insert(score.output)
            }
            #expect(outputs.count == 1)
            let clock = try Program.run(["clock", run.path, "--json"])
            #expect(clock.status == 0 && clock.json()["exchanges"] as? Int == 944)
            #expect(try FolderState(run).changes(from: before).isEmpty)
        }
    }

    @Test("Token times of some lines alone count for nothing: all times are the journal's")
    func twoFitsInOneFigureAreImpossible() throws {
        try withRun { run, lines in
            let whole = try Program.run(["score", run.path, "--json"])
            // Lines by another fit, which was a second off.
            let shifted = lines.map { line in
                var line = line
                for name in ["scheduled", "sent", "finish"] {
                    line[name] = (line[name] as? Int).map { $0 + 1_000_000_000 }
                }
                let sent = line["sent"] as? Int ?? 0
                line["tokens"] = (1...8).map { sent + $0 * 1_000_000 }
                return line
            }
            try write(shifted.dropLast() + lines.suffix(1), to: run)
            #expect(try Program.run(["score", run.path, "--json"]).output == whole.output)
            try write(shifted, to: run)
            let remapped = try Program.run(["score", run.path, "--json", "--remap"])
            #expect(remapped.output == whole.output)
            // Where every line has them, the lines are the run, and no journal is needed.
            try FileManager.default.removeItem(at: run.appendingPathComponent("tokens.log"))
            let lined = try Program.run(["score", run.path, "--json"])
            #expect(lined.status == 0 && lined.output != whole.output, "\(lined.errors)")
        }
    }

    @Test("Its journal alone is refused in one sentence that says what is missing")
    func alone() throws {
        try withRun { run, _ in
            for name in ["requests.jsonl", "manifest.json"] {
                try FileManager.default.removeItem(at: run.appendingPathComponent(name))
                let score = try Program.run(["score", run.path, "--remap"])
                #expect(score.status == 65 && score.output.isEmpty)
                #expect(score.errors.split(separator: "\n").count == 1)
                #expect(score.errors.contains("tokens.log: is of a former version"))
                #expect(score.errors.contains("manifest.json and requests.jsonl must be beside"))
            }
            #expect(try Program.run(["clock", run.path]).status == 0)
        }
    }

    @Test(
        "A damaged one is read up to its damage: partial, the byte named", arguments: [0.3, 0.9])
    func damaged(share: Double) throws {
        try withRun { run, _ in
            let journal = run.appendingPathComponent("tokens.log")
            let whole = try Data(contentsOf: journal)
            var flipped = whole
            flipped[Int(Double(whole.count) * share)] ^= 1
            for bytes in [flipped, whole.prefix(Int(Double(whole.count) * share))] {
                try bytes.write(to: journal)
                let score = try Program.run(["score", run.path, "--json"])
                #expect(score.status == 2, "\(score.errors)")
                let json = score.json()
                #expect(json["verdict"] as? String != "valid")
                let damage = try #require(json["journal_damage"] as? [String: Any])
                let totals = try #require(json["totals"] as? [String: Any])
                #expect(totals["requests"] as? Int == 3)
                let outcomes = totals["outcomes"] as? [String: Int] ?? [:]
                #expect(outcomes["unfinished"] == damage["requests"] as? Int)
                let offset = try #require(damage["offset"] as? Int)
                let table = try Program.run(["score", run.path]).text
                    .split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(table.contains("tokens.log is damaged from byte \(offset) of "), "\(table)")
                let clock = try Program.run(["clock", run.path])
                #expect(clock.status == 2, "\(clock.errors)")
                #expect(clock.text.contains("is damaged from byte \(offset) of "), "\(clock.text)")
            }
        }
    }
}
