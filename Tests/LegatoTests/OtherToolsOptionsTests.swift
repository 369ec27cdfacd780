import Foundation
import OtherTools
import Testing

@Suite("Options of other tools, and options of ours")
struct OtherToolsOptionsTests {
    /// The long options of a command, as its parser describes them.
    private func options(of command: String) throws -> Set<String> {
        let help = try Program.run([command, "--experimental-dump-help"]).json()
        let arguments = (help["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
        let names = arguments.flatMap { $0["names"] as? [[String: String]] ?? [] }
        return Set(names.compactMap { $0["name"].map { "--" + $0 } })
    }

    @Test("Every twin in the list is an option of run and of check, or of run alone")
    func targetsExist() throws {
        let (run, check) = (try options(of: "run"), try options(of: "check"))
        let ofRunAlone: Set = ["--drain", "--percentiles"]
        for option in ForeignOption.all {
            let targets: [String] =
                switch option.twin {
                case .option(let name, _): [name]
                case .member: ["--extra-body"]
                case .rule(let rule): rule.targets
                case .always, .none: []
                }
            for target in targets {
                #expect(run.contains(target), "\(option.names) -> \(target)")
                #expect(
                    check.contains(target) || ofRunAlone.contains(target),
                    "\(option.names) -> \(target)")
            }
        }
    }

    @Test("Every option that a sentence names is there")
    func namedOptionsExist() throws {
        let known = try options(of: "run").union(options(of: "agent"))
        for option in ForeignOption.all {
            guard case .none(let sentence) = option.twin else { continue }
            for match in sentence.matches(of: /--[a-z][a-z-]*[a-z]/) {
                #expect(known.contains(String(match.output)), "\(option.names): \(sentence)")
            }
        }
    }

    @Test(
        "check plans what other tools' options ask for",
        arguments: [
            [
                "--random-input-len", "512", "--random-output-len", "128", "--request-rate", "4",
                "--num-prompts", "40",
            ],
            [
                "--synthetic-input-tokens-mean", "512", "--output-tokens-mean", "128",
                "--request-rate", "4", "--request-count", "40", "--streaming", "--random-seed", "0",
            ],
            [
                "--data", "prompt_tokens=512,output_tokens=128", "--rate-type", "poisson", "--rate",
                "4", "--max-requests", "40",
            ],
            ["--random_input_len=512", "--random_output_len=128", "--rate=4", "--num-requests=40"],
        ])
    func plans(line: [String]) throws {
        let result = try Program.run(["check", "--json"] + line)
        try #require(result.status == 0, "\(result.errors)")
        let ours = try Program.run([
            "check", "--json", "--input-len", "512", "--output-len", "128", "--request-rate", "4",
            "--num-prompts", "40",
        ])
        #expect(ours.status == 0, "\(ours.errors)")
        #expect(result.text == ours.text)
    }

    @Test(
        "What has no twin ends with 64 and one sentence each",
        arguments: [
            ["--tokenizer", "gpt2"], ["--backend", "openai-chat"], ["--dataset-name", "random"],
            ["--save-result"], ["--max-errors", "3"], ["--profile"],
            ["--api-key", "hunter2"], ["--extra-inputs"], ["--result-dir", "x"],
        ])
    func refused(line: [String]) throws {
        for command in ["run", "check"] {
            let result = try Program.run([command] + line)
            #expect(result.status == 64, "\(line): \(result.errors)")
            #expect(result.errors.hasPrefix("legato: \(line[0]): "), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            #expect(!result.errors.contains("hunter2") && result.output.isEmpty)
        }
    }

    @Test("A key on the command line of an agent is refused, too, and names the file's option")
    func key() throws {
        let result = try Program.run([
            "agent", "--coordinator", "127.0.0.1:1", "--base-url", "http://a", "--api-key=hunter2",
        ])
        #expect(result.status == 64 && result.errors.contains("--api-key-file"), "\(result.errors)")
        #expect(!result.errors.contains("hunter2"))
    }

    @Test(
        "An unknown option is named, and another proposed only where it is near",
        arguments: [
            (["--trace", "a.csv"], nil), (["--brace", "3"], nil), (["--limit", "3"], nil),
            (["--durtion", "3"], "--duration"), (["--mdoel", "x"], "--model"),
            (["--max-concurency=3"], "--max-concurrency"), (["--input", "9"], "--input-len"),
            (["--token", "x"], "--token-file or --token-rows or --tokens"),
        ] as [([String], String?)])
    func unknown(line: [String], meant: String?) throws {
        let result = try Program.run(["run"] + line)
        let typed = line[0].prefix { $0 != "=" }
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("legato: \(typed): "), "\(result.errors)")
        #expect(result.errors.contains("did you mean") == (meant != nil), "\(result.errors)")
        if let meant { #expect(result.errors.contains("\(meant)?"), "\(result.errors)") }
    }

    @Test("The scenario behind --goodput is the scenario")
    func goodput() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("mine.yaml")
            let text =
                "name: mine\nstages: [{ rate: 4/s, duration: 1m30s }]\n"
                + "classes: [{ name: a, input: 9 tokens, output: 9 tokens }]\n"
            try Data(text.utf8).write(to: file)
            for command in ["check", "run"] {
                // A refusal that comes last shows that the arguments were read whole.
                let line = [command, "--goodput", "ttft:500", "tpot:50", file.path]
                let result = try Program.run(command == "check" ? line : line + ["--local", "0"])
                if command == "check" {
                    #expect(result.status == 0, "\(result.errors)")
                    #expect(result.text.contains("mine"), "\(result.text)")
                } else {
                    #expect(result.errors.contains("--local is 0"), "\(result.errors)")
                }
            }
            let bad = try Program.run(["check", "--goodput", "ttft:500", "tpto:50", file.path])
            #expect(
                bad.status == 64 && bad.errors.contains("did you mean `tpot`?"), "\(bad.errors)")
            let score = try Program.run(["score", "--goodput", "ttft:500", "tpot:5x", "no/run"])
            #expect(score.status == 64 && score.errors.contains("--goodput: "), "\(score.errors)")
            let missing = try Program.run(["score", "--goodput", "ttft:500", "tpot:50", "no/run"])
            #expect(missing.errors.contains("no/run"), "\(missing.errors)")
        }
    }

    @Test(
        "Times are read the same way by every option: seconds where they have no unit",
        arguments: ["5", "0.5", "5m", "1m30s", "00:01:00", "500us", "2 min 30 s"])
    func times(text: String) throws {
        // --local 0 is refused last, so that nothing runs.
        let run = try Program.run([
            "run", "--drain", text, "--grace", text, "--stamp-resolution", text, "--duration", text,
            "--local", "0",
        ])
        #expect(run.status == 64 && run.errors.contains("--local is 0"), "\(run.errors)")
        let score = try Program.run(["score", "no/run", "--ttft-budget", text])
        #expect(score.errors.contains("no/run"), "\(score.errors)")
    }

    @Test(
        "A time that is none is told by its option",
        arguments: ["--drain", "--grace", "--stamp-resolution"])
    func noTime(option: String) throws {
        for (text, words) in [
            ("5 minits", "did you mean `min`?"), ("4/s", "is a rate, and a time is needed"),
            ("1:30", "hh:mm:ss"),
        ] {
            let result = try Program.run(["run", option, text])
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.errors.contains("\(option): `\(text)`"), "\(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        let long = try Program.run([
            "agent", "--coordinator", "a:1", "--url", "http://a",
            "--patience", "99999999999",
        ])
        #expect(
            long.status == 64 && long.errors.contains("longer than ten years"), "\(long.errors)")
    }

    @Test("Options that need another one say which")
    func together() throws {
        let listen = try Program.run(["run", "--listen", "127.0.0.1:0"])
        #expect(listen.status == 64 && listen.errors.contains("--agents N"), "\(listen.errors)")
        let insecure = try Program.run(["run", "--insecure", "--url", "https://a"])
        #expect(insecure.status == 64, "\(insecure.errors)")
        #expect(insecure.errors.contains("--insecure-target"), "\(insecure.errors)")
    }

    @Test("A mistake in a header file is named by file and line, without the value")
    func headerFile() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("headers")
            func run(_ bytes: [UInt8]) throws -> Program.Result {
                try Data(bytes).write(to: file)
                return try Program.run([
                    "agent", "--coordinator", "127.0.0.1:1", "--url", "http://a", "--patience", "0",
                    "--header-file", file.path,
                ])
            }
            let bad = try run(Array("\u{feff}# team\r\n\r\nx-team: a\r\nhunter2\r\n".utf8))
            #expect(bad.status == 65 && bad.errors.contains("headers:4: "), "\(bad.errors)")
            #expect(!bad.errors.contains("hunter2"), "\(bad.errors)")
            let wide = try run([0xff, 0xfe, 0x78, 0x00])
            #expect(wide.status == 65 && wide.errors.contains("no UTF-8 text"), "\(wide.errors)")
            let good = try run(Array("\u{feff}# team\r\n\r\nx-team: a\r\n".utf8))
            #expect(good.status == 69, "\(good.errors)")
        }
    }
}
