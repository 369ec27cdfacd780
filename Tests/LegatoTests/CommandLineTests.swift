import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
    @Test("Help names every command and ends with 0")
    func help() throws {
        let help = try Program.run(["--help"])
        #expect(help.status == 0)
        for command in ["run", "agent", "check", "score", "engine", "clock", "token", "bench"] {
            #expect(help.text.contains(command))
            #expect(try Program.run([command, "--help"]).status == 0)
        }
    }

    @Test(
        "Bad usage ends with 64 and says what to do",
        arguments: [
            ["run", "--trace", "3"], ["agent"], ["agent", "--coordinator", "nowhere"],
            ["agent", "--coordinator", "127.0.0.1:1", "--url", "http://a", "--embedded-engine"],
            ["agent", "--coordinator", "127.0.0.1:1", "--url", "unix:a.sock"],
            ["agent", "--coordinator", "127.0.0.1:1", "--url", "http://a#b"],
            ["engine", "--gpu", "H1000"], ["run", "--local", "2", "--agents", "2"],
            ["engine", "--stream-interval", "0"], ["engine", "--hold-first=-1s"],
            ["engine", "--output-delay", "5 tokens"],
            ["run", "--local", "0"], ["bench", "fidelity", "--run", "a"],
            ["bench", "client", "--run", "a", "--truth", "b"],
            ["run", "--agents", "2", "--listen", "127.0.0.1:0", "--header", "x-team: a"],
        ])
    func badUsage(arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 64, "\(arguments): \(result.errors)")
        #expect(!result.errors.isEmpty)
        #expect(result.output.isEmpty)
    }

    @Test("A header or key that is none is refused, and its value stays unsaid")
    func badSecrets() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("key")
            try Data("hunter2 hunter2\n".utf8).write(to: file)
            chmod(file.path, 0o600)
            // A wrong option is bad usage, a wrong file bad input.
            for (options, status) in [
                (["--header", "hunter2"], 64), (["--header", "accept: hunter2"], 64),
                (["--api-key-file", file.path], 65), (["--header-file", file.path], 65),
                (["--api-key-file", file.path + ".missing"], 65),
            ] as [([String], Int32)] {
                let result = try Program.run(
                    ["agent", "--coordinator", "127.0.0.1:1", "--url", "http://a"] + options)
                #expect(result.status == status, "\(options): \(result.errors)")
                #expect(!(result.text + result.errors).contains("hunter2"), "\(result.errors)")
            }
        }
    }

    @Test(
        "A key's file that others may read is refused, as a token's is",
        arguments: ["run", "check"])
    func openKey(command: String) throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("key")
            try Data("sk-hunter2\n".utf8).write(to: file)
            chmod(file.path, 0o644)
            let options = [command, "--url", "http://127.0.0.1:9", "--api-key-file", file.path]
            let load = command == "run" ? ["--num-prompts", "1", "--request-rate", "1"] : []
            let open = try Program.run(options + load)
            #expect(open.status == 65, "\(open.errors)")
            #expect(open.errors.contains(file.path) && open.errors.contains("mode 600"))
            chmod(file.path, 0o600)
            let kept = try Program.run(options + load)
            #expect(kept.status == 69, "\(kept.errors)")
            #expect(!(open.errors + kept.errors).contains("hunter2"))
        }
    }

    @Test("A header file that holds a credential is as private as a key's")
    func openHeaders() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("headers")
            func run(_ headers: String, mode: mode_t) throws -> Program.Result {
                try Data(headers.utf8).write(to: file)
                chmod(file.path, mode)
                return try Program.run([
                    "agent", "--coordinator", "127.0.0.1:1", "--url", "http://a", "--patience", "0",
                    "--header-file", file.path,
                ])
            }
            for name in ["Authorization", "x-api-key", "Cookie", "x-auth-token"] {
                let open = try run("x-team: a\n\(name): hunter2\n", mode: 0o644)
                #expect(open.status == 65, "\(open.errors)")
                #expect(open.errors.contains("\"\(name.lowercased())\""), "\(open.errors)")
                #expect(open.errors.contains("mode 644") && open.errors.contains("mode 600"))
                #expect(!open.errors.contains("hunter2"))
                #expect(try run("\(name): hunter2\n", mode: 0o600).status == 69)
            }
            #expect(try run("x-team: a\n", mode: 0o644).status == 69)
        }
    }

    @Test(
        "Nothing of the command line steers a terminal when it is repeated",
        arguments: [
            ["check", "x\u{1b}[2Jy"], ["check", "a.yaml", "b\u{1b}]0;t\u{7}"],
            ["run", "--x\u{1b}[31m"], ["\u{202e}nur"], ["score", "--anchor", "\u{1b}[2J"],
            ["check", "--model", "a\u{202e}b"], ["check", "--preset", "\u{1b}[2J"],
            ["agent", "--coordinator", "\u{9b}31m"], ["bench", "\u{1b}[2J"], ["run", "-\u{1b}"],
            ["check", "--prompts", "\u{1b}[2J.csv"], ["engine", "--port", "\u{1b}c"],
        ])
    func harmless(arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 64 || result.status == 65, "\(arguments): \(result.status)")
        #expect(!result.errors.isEmpty)
        for scalar in (result.text + result.errors).unicodeScalars where scalar != "\n" {
            let category = scalar.properties.generalCategory
            #expect(category != .control && category != .format, "\(arguments)")
        }
    }

    @Test("A scenario that is wrong ends with 65, file, line and column")
    func badScenario() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("bad.yaml")
            try Data("name: bad\nstages:\n  - { rat: 4/s, duration: 2 s }\n".utf8).write(to: file)
            for command in ["run", "check"] {
                let result = try Program.run([command, file.path])
                #expect(result.status == 65)
                #expect(result.errors.contains("bad.yaml:3:"), "\(result.errors)")
                #expect(result.errors.contains("rate"), "\(result.errors)")
            }
            let missing = try Program.run(["check", folder.path + "/none.yaml"])
            #expect(missing.status == 65)
            #expect(missing.errors.contains("none.yaml"))
        }
    }

    @Test("An engine that holds tokens says so where it says what it is")
    func holdingEngine() throws {
        let engine = try Program.start(
            [
                "engine", "--port", "0", "--stream-interval", "8", "--output-delay", "95ms",
                "--hold-first", "0.5",
            ])
        defer { engine.signal(SIGTERM) }
        try #require(engine.wait { $0.output.contains("listening on http://") })
        #expect(
            engine.output.contains(
                "held: stream interval 8, output delay 95 ms, hold first 500 ms"))
    }

    @Test(
        "check --url says what a server accepts: the engine everything, a closed port ends with 69")
    func checkServer() throws {
        let engine = try Program.start(["engine", "--port", "0"])
        defer { engine.signal(SIGTERM) }
        try #require(engine.wait { $0.output.contains("listening on http://") })
        let url = try #require(engine.output.split(separator: " ").last).trimmingCharacters(
            in: .whitespacesAndNewlines)
        let result = try Program.run(["check", "--url", url, "--json"])
        try #require(result.status == 0, "\(result.errors)")
        let servers = try #require(result.json()["servers"] as? [[String: Any]])
        let accepts = try #require(servers.first?["accepts"] as? [String: [String: String]])
        #expect(accepts.count == 9)
        for (name, answer) in accepts {
            #expect(answer["verdict"] == "works", "\(name): \(answer)")
            #expect(answer["sentence"]?.isEmpty == false)
        }
        // And what a run would make of it.
        let runs = try #require(servers.first?["runs"] as? [String: [String: Any]])
        #expect(runs["chat"]?["prompt"] as? String == "words")
        #expect(runs["completions"]?["prompt"] as? String == "tokens")
        let table = try Program.run(["check", "--url", url])
        #expect(table.text.contains("ignore_eos"))
        #expect(table.text.contains("prompts are words, 10 tokens around and 1.0 a word"))
        #expect(table.text.contains("prompts are token ids, 0 tokens around"))
        let nobody = try Program.run(["check", "--url", "http://127.0.0.1:9"])
        #expect(nobody.status == 69 && nobody.errors.contains("127.0.0.1:9"))
        #expect(try Program.run(["check", "--url", "ftp://a"]).status == 64)
    }

    @Test("bench prints rows that verified themselves, as JSON and as a table")
    func bench() throws {
        let result = try Program.run(["bench", "merge", "--smoke", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let rows = result.json()["rows"] as? [[String: Any]] ?? []
        #expect(rows.count == 1 && rows[0]["benchmark"] as? String == "merge")
        #expect(
            try Program.run(["bench", "score", "--smoke"]).text.contains("score: 200 requests"))
        #expect(try Program.run(["bench", "speed"]).status == 64)
    }

    @Test("A token is 64 hexadecimal digits in a file of mode 600, and is never overwritten")
    func token() throws {
        try Program.withFolder { folder in
            let path = folder.path + "/token"
            #expect(try Program.run(["token", "--out", path]).status == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.count == 65)
            let again = try Program.run(["token", "--out", path])
            #expect(again.status != 0 && again.errors.contains("exists"))
            let first = try Program.run(["token"]).text
            #expect(first != (try Program.run(["token"]).text))
        }
    }
}
