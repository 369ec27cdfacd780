import Foundation
import Testing

/// Whole runs against servers that serve nothing, or not enough: the exit code, the table and the
/// files say so.
@Suite("Runs that served too little", .serialized)
struct VerdictRunTests {
    private static let load = [
        "--no-probe", "--request-rate", "50", "--num-prompts", "20", "--output-len", "4",
        "--input-len",
        "8", "--local", "2",
    ]

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var words: [String]
        var answer: @Sendable (_ request: Int, _ text: String) -> FailingServer.Answer
    }

    static let cases = [
        Case(
            testDescription: "every request fails",
            words: ["20 of 20 requests were not served", "No token came", "20 x 503: overloaded"]
        ) { _, _ in .refusal(status: 503, message: "overloaded") },
        Case(
            testDescription: "three of four fail",
            words: ["15 of 20 requests were not served (75.0 %)", "15 x 503: overloaded"]
        ) { request, _ in
            request % 4 == 0 ? .tokens(4) : .refusal(status: 503, message: "overloaded")
        },
        Case(
            testDescription: "the server refuses the lengths",
            words: ["20 x 400: This model's maximum context length is 4096 tokens", "numbers vary"]
        ) { request, _ in
            .refusal(
                status: 400,
                message:
                    "This model's maximum context length is 4096 tokens, not \(5_000 + request)")
        },
        Case(
            testDescription: "the server wants a key",
            words: ["20 x 401: no key", "--api-key-file FILE or LEGATO_API_KEY"]
        ) { _, _ in .refusal(status: 401, message: "no key") },
        Case(
            testDescription: "errors in the stream",
            words: ["20 x stream error: CUDA out of memory"]
        ) { _, _ in .errorInStream("CUDA out of memory") },
        Case(
            testDescription: "a steering error",
            words: ["20 x 500: a b"]
        ) { _, _ in .refusal(status: 500, message: #"a\u001b\u202eb"#) },
    ]

    @Test(
        "A run that served too little is not valid, with 2, in table, JSON and manifest",
        arguments: cases)
    func notValid(each: Case) throws {
        let server = FailingServer(each.answer)
        defer { server.close() }
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let result = try Program.run(
                ["run", "--url", server.url, "--out", run.path, "--json"] + Self.load)
            #expect(result.status == 2, "\(result.errors)")
            let summary = result.json()
            #expect(summary["verdict"] as? String == "not valid")
            let load = try #require(summary["load"] as? [String: Int])
            let parts = [
                "completed", "failed", "abandoned", "unfinished", "never_sent", "not_needed",
            ]
            #expect(load["planned"] == 20)
            #expect(parts.compactMap { load[$0] }.reduce(0, +) == 20)
            let data = try Data(contentsOf: run.appendingPathComponent("manifest.json"))
            let manifest =
                try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(manifest["verdict"] as? String == "not valid")
            let reasons = try #require(manifest["reasons"] as? [[String: Any]])
            #expect(reasons.contains { $0["type"] as? String == "not_served" })

            let table = try Program.run(["score", run.path])
            #expect(table.status == 2)
            let text = table.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            for words in each.words { #expect(text.contains(words), "\(table.text)") }
            #expect(table.text.contains("40rps") == false && table.text.contains("50rps-8x4"))
            #expect(!table.text.unicodeScalars.contains("\u{202E}"))
            let again = try Program.run(["score", run.path, "--json"])
            #expect(again.output == result.output && again.status == 2)
        }
    }

    @Test("--max-failed allows what it says, as the scenario's field does")
    func maxFailed() throws {
        let server = FailingServer { request, _ in
            request % 4 == 0 ? .tokens(4) : .refusal(status: 503, message: "overloaded")
        }
        defer { server.close() }
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let result = try Program.run(
                ["run", "--url", server.url, "--out", run.path, "--json", "--max-failed", "80%"]
                    + Self.load)
            let reasons = result.json()["reasons"] as? [[String: Any]] ?? []
            #expect(!reasons.contains { $0["type"] as? String == "not_served" }, "\(reasons)")
            let bad = try Program.run(["check", "--max-failed", "5"])
            #expect(bad.status == 64 && bad.errors.contains("--max-failed"), "\(bad.errors)")
        }
    }

    @Test("Keys of the environment: LEGATO_API_KEY goes before OPENAI_API_KEY, which is read too")
    func keys() throws {
        for (environment, key) in [
            (["OPENAI_API_KEY": "sk-other"], "sk-other"),
            (["OPENAI_API_KEY": "sk-other", "LEGATO_API_KEY": "sk-own"], "sk-own"),
        ] {
            let server = FailingServer { _, text in
                text.lowercased().contains("authorization: bearer \(key)\r\n")
                    ? .tokens(4) : .refusal(status: 401, message: "no key")
            }
            defer { server.close() }
            try Program.withFolder { folder in
                let run = folder.appendingPathComponent("run")
                let result = try Program.run(
                    ["run", "--url", server.url, "--out", run.path, "--json"] + Self.load,
                    environment: environment)
                let load = result.json()["load"] as? [String: Int]
                #expect(load?["completed"] == 20, "\(result.errors)")
            }
        }
    }

    @Test("Names that steer a terminal are refused where they enter, and shown harmless")
    func names() throws {
        for (arguments, option) in [
            (["agent", "--coordinator", "127.0.0.1:9", "--embedded-engine"], "--name"),
            (["check"], "--model"),
        ] {
            let result = try Program.run(arguments + [option, "a\u{202E}b"])
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.errors.contains("U+202E"), "\(result.errors)")
            #expect(!result.errors.unicodeScalars.contains("\u{202E}"))
        }
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("s.yaml")
            let scenario = """
                name: "x\\x1b[31m"
                stages: [{ rate: 4/s, requests: 4 }]
                classes: [{ name: "c\\u202e", input: 5 tokens, output: 5 tokens }]
                """
            try Data(scenario.utf8).write(to: file)
            let result = try Program.run(["check", file.path])
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains("s.yaml:1:") && result.errors.contains("U+001B"))
            #expect(result.errors.contains("s.yaml:3:") && result.errors.contains("U+202E"))
            #expect(!result.errors.unicodeScalars.contains("\u{1B}"))
        }
    }
}
