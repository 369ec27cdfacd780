import Foundation
import Testing

/// Values that an option does not take: bad usage, told once, by the name that was typed.
@Suite("Wrong values of options")
struct OptionValueTests {
    /// Options of `check` that change the scenario, and values that none of them takes.
    private static let broken: [String: [String]] = [
        "--url": ["ftp://x", "http://", "", "unix:a.sock"], "--model": ["", "a\u{1b}[2Jb"],
        "--endpoint": ["chats", ""],
        "--request-rate": ["5x", "-1", "-1..4", "0", "", "4..", "4..12", "1e999", "inf", "4 s"],
        "--burstiness": ["x", "-1", "0", "-.5"], "--spacing": ["odd"],
        "--max-concurrency": ["-3", "0", "1.5", "many"],
        "--num-prompts": ["-3", "0", "1.5", "16000001", "x"],
        "--duration": ["5x", "-5", "0", "5M", "5 MS", "1:30", ""],
        "--warmup": ["30", "-3 requests", "x"], "--input-len": ["0", "-5", "x", "400..100"],
        "--output-len": ["0", "-5", "normal(mean 3)"], "--column": ["x", ""],
        "--seed": ["-1", "x", "1.5"], "--goodput": ["ttft", "tfft:5", "ttft:-1", "ttft:5x"],
        "--preset": ["foo"], "--max-failed": ["200 %", "-5 %", "5"],
        "--extra-body": [
            "{", "4", "{\"n\": 3}", "{\"model\": \"x\"}", "{\"stream\": false}", "{\"u\": 1e400}",
        ],
        "--ready-timeout": ["x", "-1", "5M"], "--connections": ["none", "0", "-1", "70000"],
        "--scrape": ["often", "0/s", "-1/s", "11/s", "30/h", "1 s", ""],
    ]
    /// Options of `check` whose value is a path, is no scenario's, or is told by the parser.
    private static let others: Set<String> = [
        "--prompts", "--engine", "--header", "--header-file", "--api-key-file", "--ca", "--agents",
        "--headroom-time",
    ]

    @Test("Every option of check that takes a value is looked at here")
    func complete() throws {
        let help = try Program.run(["check", "--experimental-dump-help"]).json()
        let arguments = (help["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
        let valued = arguments.filter { $0["kind"] as? String == "option" }
        let names = valued.compactMap { option in
            (option["names"] as? [[String: String]] ?? [])
                .first { $0["kind"] == "long" }?["name"].map { "--" + $0 }
        }
        #expect(Set(names) == Set(Self.broken.keys).union(Self.others))
    }

    @Test("The engine's options are called what the command line calls them")
    func engineOptions() throws {
        for (arguments, words) in [
            (["--chunk-budget", "16"], "--chunk-budget of 16 tokens is below the 256 of --max"),
            (["--kv-tokens", "1"], "--kv-tokens is 1, but the pool has blocks"),
            (["--proposed-tokens", "2", "--acceptance", "3"], "--acceptance is 3.0"),
            (["--abandon", "-1"], "--abandon is -1.0; write a number above 0"),
        ] {
            let result = try Program.run(["engine", "--port", "0"] + arguments)
            #expect(result.status == 64)
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test(
        "An option of the engine that would change nothing is refused",
        arguments: [
            ["--acceptance", "0.5"], ["--abandon-budget", "1"], ["--prefill-engines", "2"],
            ["--scheduler", "static", "--chunk-budget", "100"],
        ])
    func withoutEffect(arguments: [String]) throws {
        let result = try Program.run(["engine", "--port", "0"] + arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains("\(arguments[arguments.count - 2]) changes nothing"))
    }

    @Test(
        "A wrong value ends with 64 and one sentence that names the option once",
        arguments: broken.keys.sorted())
    func wrongValues(option: String) throws {
        for value in try #require(Self.broken[option]) {
            for command in ["check", "run"] where command == "check" || value.hasPrefix("-") {
                let result = try Program.run([command, option, value])
                #expect(result.status == 64, "\(option) \(value): \(result.errors)")
                #expect(
                    result.errors.hasPrefix("legato: \(option): "), "\(value): \(result.errors)")
                #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
                let said = result.errors.components(separatedBy: option).count - 1
                #expect(said == 1, "\(result.errors)")
                #expect(result.output.isEmpty)
                let isNegative = value.hasPrefix("-") || value.hasSuffix(":-1")
                #expect(isNegative == result.errors.contains("negative"), "\(result.errors)")
            }
        }
    }

    @Test(
        "Options of the program itself are told in the same way",
        arguments: [
            (["run", "--stamp-resolution", "0"], "--stamp-resolution", "1 ns to 1 ms"),
            (["run", "--stamp-resolution", "2s"], "--stamp-resolution", "1 ns to 1 ms"),
            (["run", "--drain", "abc"], "--drain", "no number"),
            (["run", "--local", "x"], "--local", "invalid"),
            (["run", "--tokens", "maybe"], "--tokens", "invalid"),
            (["score", "run", "--alpha", "-1"], "--alpha", "must be 0 or more"),
            (["score", "run", "--reading-speed", "0"], "--reading-speed", "above 0"),
            (["score", "run", "--preset", "foo"], "--preset", "invalid"),
            (["check", "--request-rate", "1e9", "--duration", "1h"], "--request-rate", "16000000"),
        ] as [([String], String, String)])
    func ownOptions(line: [String], option: String, words: String) throws {
        let result = try Program.run(line)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.hasPrefix("legato: "), "\(result.errors)")
        #expect(
            result.errors.contains(option) && result.errors.contains(words), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }

    @Test(
        "What is sent with every request is looked at without a server, by check as by run",
        arguments: [
            (["--header", "novalue"], 64, "--header"), (["--api-key-file", "nope"], 65, "nope"),
            (["--header-file", "nope"], 65, "nope"), (["--ca", "nope.pem"], 65, "--ca"),
        ] as [([String], Int32, String)])
    func fields(line: [String], status: Int32, words: String) throws {
        for command in ["check", "run"] {
            let result = try Program.run([command] + line)
            #expect(result.status == status, "\(command): \(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    @Test(
        "Other tools' options are told by the name that was typed",
        arguments: [
            (["--concurrency", "0"], "--concurrency", "whole number"),
            (["--concurrency", "-3"], "--concurrency", "must not be negative"),
            (["--rate", "-1"], "--rate", "must not be negative"),
            (["--max-seconds", "5x"], "--max-seconds", "unknown unit"),
            (["--isl", "0"], "--isl", "at least 1"),
            (["--base-url", "ftp://x"], "--base-url", "no URL"),
            (["--url", "http://a", "--target", "ftp://x"], "--target", "no URL"),
            (["--arrival-smoothness", "x"], "--arrival-smoothness", "no number"),
            (["--extra-inputs", "max_tokens:5"], "--extra-inputs", "give --output-len"),
            (["--extra-inputs", "model:x"], "--extra-inputs", "give --model"),
            (
                ["--extra-body", "{\"a\":1}", "--extra-inputs", "n:3"], "--extra-inputs",
                "several answers"
            ),
            (["--model-names", "a,b"], "--model-names", "50 %"),
        ] as [([String], String, String)])
    func typedNames(line: [String], typed: String, words: String) throws {
        let result = try Program.run(["check"] + line)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.hasPrefix("legato: \(typed): "), "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(!result.errors.contains("`extra`"), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }

    @Test(
        "Options that contradict each other are one sentence, in options' words",
        arguments: [
            (
                ["--request-rate", "inf", "--num-prompts", "0"],
                "--num-prompts: `0` is no whole number of requests from 1 to 16000000"
            ),
            (
                ["--burstiness", "2", "--spacing", "even"],
                "--burstiness: has no meaning with --spacing even"
            ),
            (
                ["--max-concurrency", "4", "--burstiness", "2"],
                "--burstiness: belongs to a stage with --request-rate, this one has "
                    + "--max-concurrency"
            ),
            (
                ["--request-rate", "4..8"],
                "--request-rate: is a ramp and needs a duration (--duration)"
            ),
            (["--column", "q"], "--column: belongs to a class with --prompts"),
        ] as [([String], String)])
    func contradictions(line: [String], sentence: String) throws {
        let result = try Program.run(["check"] + line)
        #expect(result.status == 64 && result.errors == "legato: \(sentence)\n", "\(result.errors)")
    }

    @Test("An option that spoils a good scenario is the option's fault, a bad scenario its own")
    func scenarios() throws {
        try Program.withFolder { folder in
            func text(_ stage: String) -> String {
                "stages: [{ \(stage) }]\n"
                    + "classes: [{ name: a, input: 9 tokens, output: 9 tokens }]\n"
            }
            let good = try Program.scenario(
                text("rate: 4/s, burstiness: 1, duration: 5 s"), in: folder)
            for (option, value) in [
                ("--duration", "5x"), ("--burstiness", "-1"), ("--request-rate", "0"),
                ("--input-len", "x"), ("--request-rate", "inf"),
            ] {
                let result = try Program.run(["check", good, option, value])
                #expect(result.status == 64, "\(result.errors)")
                #expect(result.errors.hasPrefix("legato: \(option): "), "\(result.errors)")
            }
            let bad = try Program.scenario(text("rate: 4/s, duration: 5x"), in: folder)
            let result = try Program.run(["check", bad, "--request-rate", "5"])
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains("scenario.yaml:1:33: `duration`: `5x`"))
        }
    }

    @Test("A missing file of prompts is bad input, told without a word of traces")
    func missingPrompts() throws {
        let result = try Program.run(["check", "--prompts", "nope"])
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.hasPrefix("legato: --prompts: cannot read "), "\(result.errors)")
        #expect(result.errors.contains("/nope: No such file"))
        #expect(!result.errors.contains("trace") && !result.errors.contains("scenario"))
    }

    @Test("Help says what holds without the options that describe a load")
    func defaults() throws {
        let help = try Program.run(["run", "--help"]).text
        let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for (option, standard) in [
            ("--request-rate", "else 4)"), ("--num-prompts", "else 100;"),
            ("--input-len", "else 256)"), ("--output-len", "else 128)"), ("--seed", "else 0)"),
            ("--connections", "else kept)"), ("--max-failed", "else 5%)"),
        ] {
            let text = words.components(separatedBy: " \(option) <").last ?? ""
            let own = text.components(separatedBy: " --").first ?? ""
            #expect(own.contains(standard), "\(option): \(own)")
        }
    }
}
