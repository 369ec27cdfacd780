import ChildPrograms
import Foundation
import Testing

/// `legato sqlite`, and `legato run --sqlite`, with the programs that people open the file by.
@Suite("A run's database by the programs that read it", .serialized)
struct SQLiteCommandTests {
    private static let load = [
        "run", "--virtual", "--request-rate", "20", "--num-prompts", "60", "--output-len", "12",
        "--input-len", "20",
    ]

    private func withRun(
        _ options: [String] = [], _ body: (_ folder: URL, _ run: URL) throws -> Void
    ) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let result = try Program.run(Self.load + ["--out", run.path] + options)
            try #require(result.status == 0, "\(result.errors)")
            try body(folder, run)
        }
    }

    /// The output of `sqlite3`; nil, and that is said, where there is none.
    private func answer(_ database: URL, _ sql: String) throws -> String? {
        let program = "/usr/bin/sqlite3"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            print("skipped: no \(program) (apt-get install sqlite3)")
            return nil
        }
        let (status, words) = try ChildProgram.run(
            program, ["-readonly", "-bail", database.path, sql])
        #expect(status == 0, "\(sql): \(words)")
        return words.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func expect(_ expected: String, _ database: URL, _ sql: String) throws {
        guard let found = try answer(database, sql) else { return }
        #expect(found == expected, "\(sql)")
    }

    @Test("A run writes it, and the command writes the same again, nothing else touched")
    func written() throws {
        try withRun(["--sqlite"]) { _, run in
            let database = run.appendingPathComponent("run.sqlite")
            try expect("ok", database, "PRAGMA integrity_check")
            try expect("60", database, "SELECT count(*) FROM requests")
            let first = try Data(contentsOf: database)
            let names = try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
            let before = try FolderState(run)
            let again = try Program.run(["sqlite", run.path])
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.text.hasPrefix("\(database.path): 60 requests, "))
            #expect(try Data(contentsOf: database) == first)
            #expect(try FileManager.default.contentsOfDirectory(atPath: run.path).sorted() == names)
            let changes = try FolderState(run).changes(from: before)
            // The folder itself, named by nothing, has a new entry.
            let others = changes.filter {
                !"\($0)".hasPrefix("run.sqlite:") && !"\($0)".hasPrefix(":")
            }
            #expect(others.isEmpty, "\(others)")
        }
    }

    @Test("Token rows and BLOBs have the same events")
    func tokenRows() throws {
        try withRun { folder, run in
            #expect(!FileManager.default.fileExists(atPath: run.path + "/run.sqlite"))
            let sums = "SELECT count(*), sum(tokens), sum(time_ns), max(event) FROM token_events"
            var answers: Set<String> = []
            for (name, options) in [("a", []), ("b", ["--token-rows"])] {
                let out = folder.appendingPathComponent(name)
                let result = try Program.run(["sqlite", run.path, "--out", out.path] + options)
                #expect(result.status == 0, "\(result.errors)")
                if let answer = try answer(out, sums) { answers.insert(answer) }
            }
            #expect(answers.count <= 1, "\(answers)")
        }
    }

    @Test(
        "A journal alone, a run without token times, one with failures alone give a sound file",
        arguments: [["--tokens", "never"], ["--num-prompts", "3"], ["--tokens", "always"]])
    func otherRuns(options: [String]) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let made = try Program.run(
                [
                    "run", "--request-rate", "40", "--num-prompts", "20", "--output-len", "8",
                    "--allow-invalid", "--out", run.path,
                ] + options)
            try #require(made.status == 0, "\(made.errors)")
            let rescued = folder.appendingPathComponent("rescued")
            try FileManager.default.createDirectory(at: rescued, withIntermediateDirectories: true)
            var journal = try Data(contentsOf: run.appendingPathComponent("tokens.log"))
            try journal.write(to: rescued.appendingPathComponent("tokens.log"))
            let cut = folder.appendingPathComponent("cut")
            try FileManager.default.createDirectory(at: cut, withIntermediateDirectories: true)
            journal.removeLast(journal.count / 5)
            try journal.write(to: cut.appendingPathComponent("tokens.log"))
            for run in [run, rescued, cut] {
                let score = try Program.run(["score", run.path, "--json"])
                let result = try Program.run(["sqlite", run.path])
                #expect(result.status == 0, "\(run.path): \(result.errors)")
                let database = run.appendingPathComponent("run.sqlite")
                try expect("ok", database, "PRAGMA integrity_check")
                guard let found = try answer(database, "SELECT summary_json FROM run") else {
                    continue
                }
                #expect(found + "\n" == score.text, "\(run.path)")
            }
        }
    }

    @Test("A server that is not there gives a run of failures alone, and a sound file")
    func failures() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            _ = try Program.run([
                "run", "--url", "http://127.0.0.1:9", "--no-probe", "--request-rate", "20",
                "--num-prompts", "5", "--sqlite", "--out", run.path, "--ready-timeout", "1",
            ])
            let database = run.appendingPathComponent("run.sqlite")
            guard FileManager.default.fileExists(atPath: database.path) else { return }
            try expect("failed|5", database, "SELECT outcome, count(*) FROM scored GROUP BY 1")
            try expect("0.0", database, "SELECT tokens_per_s FROM throughput WHERE scope = 'run'")
        }
    }

    @Test("A full disk and a bad path are a sentence, and leave nothing behind")
    func refusals() throws {
        try withRun { folder, run in
            let limited = try ChildProgram.run(
                "/bin/bash",
                [
                    "-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" sqlite \"$1\"",
                    Program.executable.path, run.path,
                ])
            #expect(limited.status == 1, "\(limited.words)")
            #expect(limited.words.hasPrefix("legato: \(run.path)/run.sqlite: cannot be written"))
            let names = try FileManager.default.contentsOfDirectory(atPath: run.path)
            #expect(!names.contains { $0.contains("sqlite") }, "\(names)")
            let journal = run.appendingPathComponent("summary.json")
            let before = try Data(contentsOf: journal)
            for (arguments, status) in [
                ([run.path, "--out", "/proc/none/run.sqlite"], 1),
                ([run.path, "--out", journal.path], 1), ([folder.path + "/none"], 1),
                ([folder.path], 65), ([], 64), ([run.path, run.path, "--out", "a"], 64),
                ([run.path, "--schema"], 64),
            ] as [([String], Int32)] {
                let result = try Program.run(["sqlite"] + arguments)
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.hasPrefix("legato: "), "\(result.errors)")
            }
            #expect(try Data(contentsOf: journal) == before)
            let needless = try Program.run(Self.load + ["--token-rows"])
            #expect(needless.status == 64, "\(needless.errors)")
        }
    }

    /// A Python with a module: `LEGATO_TEST_PYTHON`, or `python3`; nil, and that is said, where
    /// there is none.
    private func python(with module: String) throws -> String? {
        let named = ProcessInfo.processInfo.environment["LEGATO_TEST_PYTHON"]
        for program in [named, "/usr/bin/python3"].compactMap({ $0 }) {
            if FileManager.default.isExecutableFile(atPath: program),
                try ChildProgram.run(program, ["-c", "import \(module)"]).status == 0
            {
                return program
            }
        }
        print("skipped: no python3 with \(module) (LEGATO_TEST_PYTHON names another one)")
        return nil
    }

    /// The code of the article in a language.
    private func article(_ language: String) throws -> String {
        let file = Program.root.appendingPathComponent(
            "Sources/System/Database/Documentation.docc/Database.md")
        let parts = try String(contentsOf: file, encoding: .utf8)
            .components(separatedBy: "```\(language)\n")
        return String(try #require(parts.dropFirst().first).prefix { $0 != "`" })
    }

    @Test("The article's pandas code reads the BLOBs")
    func pandas() throws {
        guard let python = try python(with: "pandas") else { return }
        try withRun(["--sqlite"]) { folder, run in
            let script = folder.appendingPathComponent("read.py")
            let check = """

                for id in requests.index:
                    rows = db.execute(
                        "SELECT time_ns, tokens FROM token_events WHERE id = ?", [int(id)])
                    assert token_events(id).values.tolist() == [list(row) for row in rows]
                print("checked", len(requests))
                """
            try Data((article("python") + check).utf8).write(to: script)
            let (status, words) = try ChildProgram.run(
                python, [script.path, run.path + "/run.sqlite"])
            #expect(status == 0 && words.hasSuffix("checked 60\n"), "\(words)")
        }
    }

    @Test("The article's line for DuckDB makes a Parquet file")
    func duckDB() throws {
        guard let python = try python(with: "duckdb, duckdb_extensions") else { return }
        try withRun(["--sqlite"]) { folder, run in
            let line = try article("sh")
            let sql = try #require(line.split(separator: "\"").dropFirst().first)
            #expect(sql.hasPrefix("INSTALL sqlite; "))
            let script = """
                import sys, os, duckdb, duckdb_extensions
                os.chdir(sys.argv[1])
                duckdb_extensions.import_extension("sqlite")
                for part in sys.argv[2].split(";")[1:]:
                    duckdb.sql(part)
                print(duckdb.sql("SELECT count(*) FROM 'requests.parquet'").fetchall())
                rates = "SELECT count(tokens_per_s::DOUBLE) FROM run.smooth_goodput"
                print(duckdb.sql(rates).fetchall())
                """
            let (status, words) = try ChildProgram.run(
                python, ["-c", script, run.path, String(sql)])
            #expect(status == 0, "\(words)")
            #expect(words == "[(60,)]\n[(3,)]\n", "\(words)")
        }
    }
}
