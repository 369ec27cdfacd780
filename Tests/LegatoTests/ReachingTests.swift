import Dispatch
import EventLoop
import Foundation
import HTTP
import JSON
import TargetFixtures
import Testing
import TimeBase

/// A server of the field, and what of it a user would write on the command line.
struct FieldCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rules: FieldRules
    /// The path behind the server's address in `--url`.
    var path = ""
    var options = ["--model", "m"]
    /// Time limits of its scenario; nil for no scenario.
    var timeouts: String?
    /// Words of the one sentence with which both end; nil where both succeed.
    var refusal: [String]?
    /// Words that both say meanwhile.
    var said: String?

    init(
        _ description: String, _ path: String = "", options: [String] = ["--model", "m"],
        timeouts: String? = nil, refusal: [String]? = nil, said: String? = nil,
        _ change: (inout FieldRules) -> Void = { _ in }
    ) {
        testDescription = description
        rules = FieldRules(change)
        (self.path, self.options, self.timeouts) = (path, options, timeouts)
        (self.refusal, self.said) = (refusal, said)
    }

    /// The scenario's path, where it has one, which is written to `folder`.
    func scenario(in folder: URL) throws -> [String] {
        guard let timeouts else { return [] }
        let text = """
            timeouts: \(timeouts)
            stages: [{ rate: 40/s, requests: 4 }]
            classes: [{ name: a, input: 10 tokens, output: 5 tokens }]
            """
        return [try Program.scenario(text, in: folder)]
    }
}

@Suite("Reaching servers as they are", .serialized)
struct ReachingTests {
    static let field = [
        FieldCase("lists its models", options: []) {
            $0.lists = ["/v1/models": FieldRules.list("a")]
        },
        FieldCase("has no GET at all") { _ in },
        FieldCase("401 on GETs") { $0.otherGet = 401 },
        FieldCase("403 on GETs") { $0.otherGet = 403 },
        FieldCase("405 on GETs") { $0.otherGet = 405 },
        FieldCase("500 on GETs") { $0.otherGet = 500 },
        FieldCase("POST only at /api/v3, by its base", "/api/v3") {
            $0.posts = ["/api/v3/chat/completions"]
        },
        FieldCase("POST only at /api/v3, by its whole URL", "/api/v3/chat/completions") {
            $0.posts = ["/api/v3/chat/completions"]
        },
        FieldCase("/v1beta/openai", "/v1beta/openai/") {
            $0.posts = ["/v1beta/openai/chat/completions"]
        },
        FieldCase("Azure", "/openai/deployments/x/chat/completions?api-version=2024-06-01") {
            $0.posts = ["/openai/deployments/x/chat/completions?api-version=2024-06-01"]
        },
        FieldCase("no /v1") { $0.posts = ["/chat/completions"] },
        FieldCase("completions alone") { $0.posts = ["/v1/completions"] },
        FieldCase("completions alone, by its whole URL", "/v1/completions") {
            $0.posts = ["/v1/completions"]
        },
        FieldCase("at least 16 tokens", options: ["--model", "m", "--output-len", "20"]) {
            $0.leastTokens = 16
        },
        FieldCase("refuses ignore_eos and min_tokens") {
            $0.refused = ["ignore_eos", "min_tokens"]
        },
        FieldCase(
            "routes by name", options: ["--model", "m", "--header", "Host: models.internal"]
        ) { $0.host = "models.internal" },
        FieldCase("loads for a while", options: ["--model", "m", "--ready-timeout", "1 min"]) {
            $0.loadingRequests = 6
        },
        FieldCase("is loading", refusal: ["POST /v1/chat/completions", "503", "--ready-timeout"]) {
            $0.loadingRequests = .max
        },
        FieldCase(
            "asks for a key", refusal: ["POST /v1/chat/completions", "401", "--api-key-file"]
        ) {
            $0.key = "k"
        },
        FieldCase("serves another model", refusal: ["POST /v1/chat/completions", "404", "`m`"]) {
            $0.models = ["other"]
        },
        FieldCase("has no such endpoint", refusal: ["POST /v1/chat/completions", "404", "--url"]) {
            $0.posts = []
        },
        FieldCase(
            "completions alone, chat insisted on", options: ["--model", "m", "--endpoint", "chat"],
            refusal: ["POST /v1/chat/completions", "404", "--endpoint completions"]
        ) { $0.posts = ["/v1/completions"] },
        FieldCase(
            "an empty list", options: [], refusal: ["GET /v1/models", "empty list", "--model"]
        ) {
            $0.lists = ["/v1/models": FieldRules.list()]
        },
        FieldCase("data: null", options: [], refusal: ["GET /v1/models", "--model"]) {
            $0.lists = ["/v1/models": (200, #"{"data":null}"#)]
        },
        FieldCase("401 on GETs, no model named", options: [], refusal: ["GET /v1/models", "401"]) {
            $0.otherGet = 401
        },
        FieldCase(
            "refuses short answers, and the plan's are",
            refusal: ["POST /v1/chat/completions", "at least 400", "--no-probe"]
        ) { $0.leastTokens = 400 },
        FieldCase(
            "never answers", timeouts: "{ first token: 400 ms }",
            refusal: ["POST /v1/chat/completions", "no token within 400 ms", "--ready-timeout"],
            said: "to answer POST /v1/chat/completions: 0 s of 400 ms"
        ) { $0.answering = .never },
        FieldCase(
            "needs longer than a request may", timeouts: "{ first token: 400 ms }",
            refusal: ["POST /v1/chat/completions", "no token within 400 ms"]
        ) { $0.answering = .late(.seconds(2)) },
        FieldCase(
            "needs longer than a request may, and is waited for",
            options: ["--model", "m", "--ready-timeout", "1 min"],
            timeouts: "{ first token: 200 ms }"
        ) { $0.answering = .late(.milliseconds(300)) },
        FieldCase(
            "needs a while", timeouts: "{ first token: 1 s }",
            said: "to answer POST /v1/chat/completions: 0 s of 1 s"
        ) { $0.answering = .late(.milliseconds(300)) },
        FieldCase(
            "never ends",
            refusal: ["POST /v1/chat/completions", "goes on beyond max_tokens", "--no-probe"]
        ) { $0.answering = .endless(every: .milliseconds(2)) },
        FieldCase("never ends where it is told to go on") {
            $0.answering = .endlessBeyondEnd(every: .milliseconds(2))
        },
        FieldCase(
            "counts tokens and shows none",
            refusal: ["POST /v1/chat/completions", "no event brought one", "--output-len"]
        ) { $0.answering = .withoutText },
        FieldCase(
            "breaks off after a token",
            refusal: ["POST /v1/chat/completions", "broke off without a finish reason"]
        ) { $0.answering = .brokenOff },
        FieldCase(
            "drops every connection",
            refusal: ["POST /v1/chat/completions", "closed the connection", "https://"]
        ) { $0.answering = .dropped },
        FieldCase(
            "breaks every answer off itself",
            refusal: ["POST /v1/chat/completions", "finish reason abort"]
        ) { $0.answering = .aborted },
        FieldCase(
            "is loading for longer than it is waited for",
            options: ["--model", "m", "--ready-timeout", "300 ms"],
            refusal: ["not ready within 300 ms (--ready-timeout)", "503"]
        ) { $0.loadingRequests = .max },
        FieldCase("refuses everything, and is not asked", options: ["--model", "m", "--no-probe"]) {
            $0.refused = ["stream"]
        },
    ]

    /// Serves `rules` while `body` runs; returns what was asked.
    private func serving(
        _ rules: FieldRules, _ body: (_ server: String) throws -> Void
    ) throws -> [HTTPRequest] {
        let loop = try EventLoop(name: "field")
        loop.start()
        defer { loop.shutdown() }
        let done = DispatchSemaphore(value: 0)
        // Sound: made on the loop, read after the semaphore, closed on the loop.
        nonisolated(unsafe) var made: Result<FieldServer, any Error>?
        nonisolated(unsafe) var asked: [HTTPRequest] = []
        loop.post {
            made = Result { try FieldServer(loop: loop, rules) }
            done.signal()
        }
        done.wait()
        nonisolated(unsafe) let server = try #require(try made?.get())
        defer {
            loop.post {
                asked = server.requests
                server.close()
                done.signal()
            }
            done.wait()
        }
        try body("127.0.0.1:\(server.port)")
        loop.post {
            asked = server.requests
            done.signal()
        }
        done.wait()
        return asked
    }

    private static let load = [
        "--num-prompts", "4", "--request-rate", "40", "--input-len", "10", "--allow-invalid",
    ]

    @Test("check and run agree on every server", arguments: field)
    func agreement(each: FieldCase) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let scenario = try each.scenario(in: folder)
            let load = scenario.isEmpty ? Self.load : ["--allow-invalid"]
            var results: [Program.Result] = []
            // A server each: one that loads must load for both.
            _ = try serving(each.rules) { server in
                results.append(
                    try Program.run(
                        ["check"] + scenario + ["--url", "http://\(server)\(each.path)"]
                            + each.options))
            }
            let isLong = each.options.contains("--output-len") || !scenario.isEmpty
            let lengths = isLong ? [] : ["--output-len", "5"]
            _ = try serving(each.rules) { server in
                results.append(
                    try Program.run(
                        ["run"] + scenario
                            + ["--url", "http://\(server)\(each.path)", "--out", run.path]
                            + each.options + load + lengths))
            }
            for result in results {
                #expect(result.status == (each.refusal == nil ? 0 : 69), "\(result.errors)")
                let last = result.errors.split(separator: "\n").last.map(String.init) ?? ""
                for words in each.refusal ?? [] { #expect(last.contains(words), "\(last)") }
                // The agent and its coordinator, or a server and its table, say it once together.
                let told = result.errors.split(separator: "\n").count {
                    $0.contains(each.refusal?.first ?? "\0") && !$0.contains("waiting for")
                }
                #expect(told == (each.refusal == nil ? 0 : 1), "\(result.errors)")
                if let said = each.said {
                    #expect(result.errors.contains(said), "\(result.errors)")
                }
            }
            #expect(FileManager.default.fileExists(atPath: run.path) == (each.refusal == nil))
        }
    }

    @Test("With --no-probe check posts nothing, as a run does before its start")
    func nothingIsPosted() throws {
        let asked = try serving(FieldRules()) { server in
            let check = try Program.run(["check", "--url", server, "--model", "m", "--no-probe"])
            #expect(check.status == 0, "\(check.errors)")
            #expect(check.text.contains("not asked: --no-probe"), "\(check.text)")
        }
        #expect(!asked.isEmpty && asked.allSatisfy { $0.method == "GET" })
    }

    @Test("Ctrl-C while a server is asked ends with 75 and a sentence")
    func interrupted() throws {
        _ = try serving(FieldRules { $0.answering = .never }) { server in
            let check = try Program.start(["check", "--url", server, "--model", "m"])
            // The server is the test's own: once it was asked, there is something to interrupt.
            usleep(300_000)
            check.signal(SIGINT)
            let result = check.finish(limit: 20)
            #expect(result.status == 75)
            #expect(
                result.errors.contains("legato: interrupted before the check was over"),
                "\(result.errors)")
        }
    }

    private func requests(of run: URL) throws -> [JSONValue] {
        try String(contentsOf: run.appendingPathComponent("requests.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test("What was chosen stands in check's output and in the manifest")
    func choice() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let rules = FieldRules { $0.posts = ["/api/v3/chat/completions"] }
            let asked = try serving(rules) { server in
                let check = try Program.run(["check", "--url", "\(server)/api/v3", "--model", "m"])
                #expect(check.text.contains("posts to /api/v3/chat/completions"), "\(check.text)")
                let result = try Program.run(
                    ["run", "--url", "HTTP://\(server)/api/v3", "--model", "m", "--out", run.path]
                        + Self.load + ["--output-len", "5"])
                #expect(result.status == 0, "\(result.errors)")
            }
            let manifest = try JSONValue(
                parsing: Array(Data(contentsOf: run.appendingPathComponent("manifest.json"))))
            let server = manifest["agents"]?.array?.first?["servers"]?.array?.first
            #expect(server?["posts_to"] == "/api/v3/chat/completions", "\(manifest)")
            #expect(asked.suffix(4).allSatisfy { $0.path == "/api/v3/chat/completions" })
        }
    }

    @Test("Two models of one URL are two targets, on one agent and on two", arguments: [1, 2])
    func twoModels(agents: Int) throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let scenario = folder.appendingPathComponent("two.yaml")
            _ = try serving(FieldRules { $0.models = ["a", "b"] }) { server in
                let text = """
                    servers:
                      - { url: "http://\(server)", model: a }
                      - { url: "http://\(server)", model: b }
                    stages: [{ concurrency: 2, requests: 12 requests }]
                    classes: [{ name: a, input: 20 tokens, output: 6 tokens }]
                    """
                try Data(text.utf8).write(to: scenario)
                let result = try Program.run(
                    [
                        "run", scenario.path, "--out", run.path, "--allow-invalid", "--local",
                        "\(agents)",
                    ])
                #expect(result.status == 0, "\(result.errors)")
            }
            let models = try requests(of: run).compactMap { $0["model"]?.string }
            #expect(models.count { $0 == "a" } == 6 && models.count { $0 == "b" } == 6, "\(models)")
        }
    }

    private static let twoModelsFile = Program.root.deletingLastPathComponent()
        .appendingPathComponent("shared/field/17-two-models-one-url.yaml")

    @Test(
        "The shared file of two models on one URL drives both",
        .enabled(if: FileManager.default.fileExists(atPath: twoModelsFile.path)))
    func sharedTwoModels() throws {
        let text = try String(contentsOf: Self.twoModelsFile, encoding: .utf8)
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let scenario = folder.appendingPathComponent("two.yaml")
            _ = try serving(FieldRules { $0.posts = ["/plain/v1/chat/completions"] }) { server in
                try Data(text.replacingOccurrences(of: "127.0.0.1:9411", with: server).utf8)
                    .write(to: scenario)
                let result = try Program.run(
                    ["run", scenario.path, "--out", run.path, "--allow-invalid"])
                #expect(result.status == 0, "\(result.errors)")
            }
            #expect(
                try requests(of: run).compactMap { $0["model"]?.string }.sorted()
                    == ["a", "a", "a", "b", "b", "b"])
        }
    }

    @Test("A class's mix of models is drawn from the seed and kept by sessions")
    func modelMix() throws {
        try Program.withFolder { folder in
            let scenario = folder.appendingPathComponent("mix.yaml")
            var drawn: [[String?]] = []
            let rules = FieldRules { $0.models = ["base", "adapter-a"] }
            let asked = try serving(rules) { server in
                let text = """
                    seed: 5
                    servers: [{ url: "http://\(server)" }]
                    stages: [{ rate: 40/s, requests: 24 }]
                    classes:
                      - { name: chat, input: 9 tokens, output: 3 tokens, turns: 2,
                          model: { base: 50 %, adapter-a: 50 % } }
                    """
                try Data(text.utf8).write(to: scenario)
                for agents in 1...2 {
                    let run = folder.appendingPathComponent("run-\(agents)")
                    let result = try Program.run(
                        ["run", scenario.path, "--out", run.path, "--allow-invalid"]
                            + ["--local", "\(agents)"])
                    #expect(result.status == 0, "\(result.errors)")
                    let lines = try requests(of: run).sorted {
                        ($0["id"]?.int64 ?? 0) < ($1["id"]?.int64 ?? 0)
                    }
                    drawn.append(lines.map { $0["model"]?.string })
                }
            }
            let first = drawn[0]
            #expect(drawn[1] == first && Set(first) == ["base", "adapter-a"])
            for turn in stride(from: 0, to: first.count, by: 2) {
                #expect(first[turn] == first[turn + 1])
            }
            // Models that the file says were asked for are those that were asked for.
            let sent = try asked.filter {
                !($0.headers.first(named: "x-request-id") ?? "-probe").contains("-probe")
            }.map { try JSONValue(parsing: $0.body)["model"]?.string }
            #expect(sent.count == 48)
            #expect(sent.count { $0 == "base" } == 2 * first.count { $0 == "base" })
        }
    }

    @Test("An ignore_eos that breaks a model later is named with the option that leaves it out")
    func harmony() throws {
        try Program.withFolder { folder in
            let rules = FieldRules { $0.breaksAfter = 20 }
            _ = try serving(rules) { server in
                let command =
                    ["run", "--url", server, "--model", "m", "--output-len", "40"] + Self.load
                let broken = try Program.run(command + ["--out", folder.path + "/a"])
                #expect(broken.status == 0, "\(broken.errors)")
                #expect(broken.text.contains("--no-ignore-eos"), "\(broken.text)")
                let whole = try Program.run(
                    command + ["--out", folder.path + "/b", "--no-ignore-eos", "--json"])
                let totals = whole.json()["totals"] as? [String: Any]
                #expect((totals?["outcomes"] as? [String: Int])?["completed"] == 4)
            }
        }
    }

    @Test("A proxy of the environment is named once, however many agents there are")
    func proxy() throws {
        try Program.withFolder { folder in
            _ = try serving(FieldRules()) { server in
                let environment = ["HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""]
                let command = ["--url", server, "--model", "m"]
                let run = try Program.run(
                    ["run", "--local", "2", "--out", folder.path + "/a"] + command + Self.load
                        + ["--output-len", "5"], environment: environment)
                #expect(run.status == 0, "\(run.errors)")
                let check = try Program.run(["check"] + command, environment: environment)
                for result in [run, check] {
                    let said = result.errors.components(separatedBy: "HTTP_PROXY is not used")
                    #expect(said.count == 2, "\(result.errors)")
                }
                let covered = try Program.run(
                    ["check"] + command, environment: ["HTTP_PROXY": "x", "NO_PROXY": "127.0.0.1"])
                #expect(!covered.errors.contains("PROXY"))
            }
        }
    }

    @Test("An endpoint that contradicts the URL is one sentence, for check and run")
    func contradiction() throws {
        for command in ["check", "run"] {
            let result = try Program.run(
                [command, "--url", "http://127.0.0.1:9/v1/completions", "--endpoint", "chat"])
            #expect(result.status == 64)
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            #expect(result.errors.contains("completions endpoint"))
        }
    }

    @Test("Remote agents wait for their servers, and the coordinator for them")
    func remoteAgentsWait() throws {
        try Program.withFolder { folder in
            _ = try serving(FieldRules { $0.loadingRequests = 6 }) { server in
                let run = try Program.start(
                    ["run", "--agents", "1", "--listen", "127.0.0.1:0", "--ready-timeout", "1 min"]
                        + ["--out", folder.path + "/a", "--model", "m", "--output-len", "5"]
                        + Self.load)
                let words = "waiting for agents on "
                try #require(run.wait { $0.errors.contains(words) }, "\(run.errors)")
                let address = try #require(
                    run.errors.components(separatedBy: words).last?
                        .split(whereSeparator: \.isWhitespace).first)
                let agent = try Program.start([
                    "agent", "--coordinator", "\(address)", "--url", server, "--spool",
                    folder.path + "/spool",
                ])
                let result = run.finish()
                #expect(result.status == 0, "\(result.errors)")
                let ended = agent.finish()
                #expect(
                    ended.status == 0 && ended.errors.contains("is ready after"), "\(ended.errors)")
            }
        }
    }

    @Test("Waiting is said, and ends with the person who waits")
    func interruptedWaiting() throws {
        try Program.withFolder { folder in
            _ = try serving(FieldRules { $0.loadingRequests = .max }) { server in
                let run = try Program.start(
                    ["run", "--url", server, "--model", "m", "--ready-timeout", "1 h"]
                        + ["--out", folder.path + "/a"])
                #expect(
                    run.wait { $0.errors.contains("waiting for http://\(server), 0 s of 60 min") })
                run.signal(SIGINT)
                let result = run.finish(limit: 30)
                #expect(result.status == 75, "\(result.errors)")
            }
        }
    }
}
