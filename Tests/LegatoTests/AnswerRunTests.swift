import Dispatch
import EventLoop
import Foundation
import TargetFixtures
import Testing
import TimeBase

/// Whole runs against servers that answer as servers of the field do.
@Suite("Runs against servers as they are", .serialized)
struct AnswerRunTests {
    private typealias Act = AnsweringServer.Act

    /// The text that a run printed, and the contents of its folder.
    private struct Run {
        var summary: [String: Any]
        var table: String
        var requests: [[String: Any]]
        /// Requests of each connection.
        var connections: [Int]
        /// Whether `score` prints the summary that the run wrote, byte for byte.
        var scoredAgain: Bool

        var totals: [String: Any] { summary["totals"] as? [String: Any] ?? [:] }
        var answers: [String: Any] { summary["answers"] as? [String: Any] ?? [:] }
        /// The table's words, however its lines are broken.
        var words: String { table.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

        var completed: Int {
            (totals["outcomes"] as? [String: Any])?["completed"] as? Int ?? -1
        }
    }

    /// Runs ten requests for twelve tokens against a server that answers with `acts`.
    private func run(
        _ acts: @escaping @Sendable (_ post: Int) -> [AnsweringServer.Act], scenario: String = ""
    ) throws -> Run {
        let loop = try EventLoop(name: "answering server")
        loop.start()
        defer { loop.shutdown() }
        let done = DispatchSemaphore(value: 0)
        // Sound: made and closed on the loop, read behind the semaphore.
        nonisolated(unsafe) var made: Result<AnsweringServer, any Error>?
        loop.post {
            made = Result { try AnsweringServer(loop: loop, answer: acts) }
            done.signal()
        }
        done.wait()
        nonisolated(unsafe) let server = try #require(try made?.get())
        nonisolated(unsafe) var connections: [Int] = []
        var run = try Program.withFolder { folder in
            defer {
                loop.post {
                    connections = server.requestCounts
                    server.close()
                    done.signal()
                }
                done.wait()
            }
            return try load(folder, url: "http://127.0.0.1:\(server.port)", scenario)
        }
        run.connections = connections
        return run
    }

    private func load(_ folder: URL, url: String, _ scenario: String) throws -> Run {
        let file = folder.appendingPathComponent("scenario.yaml")
        let text = """
            name: field
            servers: [{ url: "\(url)" }]
            probe: false
            stages: [{ rate: 50/s, requests: 10 }]
            classes: [{ name: all, input: 10 tokens, output: 12 tokens }]
            goodput: { ttft: 60 s, tpot: 60 s }
            \(scenario)
            """
        try Data(text.utf8).write(to: file)
        let path = folder.appendingPathComponent("run").path
        let result = try Program.run(
            ["run", file.path, "--out", path, "--allow-invalid"])
        try #require(result.status == 0, "\(result.errors) \(result.text)")
        func read(_ name: String) throws -> Data {
            try Data(contentsOf: URL(fileURLWithPath: path).appendingPathComponent(name))
        }
        let again = try Program.run(["score", path, "--json", "--allow-invalid"])
        let summary = try JSONSerialization.jsonObject(with: try read("summary.json"))
        let lines = try read("requests.jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSONSerialization.jsonObject(with: $0) as? [String: Any] ?? [:]
        }
        return Run(
            summary: try #require(summary as? [String: Any]), table: result.text, requests: lines,
            connections: [], scoredAgain: again.output == (try read("summary.json")))
    }

    private static func word(_ delta: String) -> String {
        AnsweringServer.event(
            #"{"choices":[{"index":0,"delta":{\#(delta)},"finish_reason":null}]}"#)
    }

    private static func finish(_ reason: String) -> String {
        AnsweringServer.event(
            #"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#)
    }

    private static func usage(_ tokens: Int, reasoning: Int = 0) -> String {
        AnsweringServer.event(
            #"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":\#(tokens),"#
                + #""completion_tokens_details":{"reasoning_tokens":\#(reasoning)}}}"#)
    }

    private static let done = AnsweringServer.event("[DONE]")

    /// Twelve words, a little apart, then what ends the answer.
    private static func words(
        _ delta: String = #""content":"word ""#, head: String = AnsweringServer.head(),
        end: String
    ) -> [AnsweringServer.Act] {
        [.write(head)]
            + (0..<12).flatMap { _ in [Act.write(word(delta)), .pause(.milliseconds(2))] }
            + [.write(end)]
    }

    @Test("Reasoning that is not shown is in no figure, and is counted apart")
    func hiddenReasoning() throws {
        let run = try run { _ in
            Self.words(
                end: Self.finish("stop") + Self.usage(212, reasoning: 200) + Self.done
                    + AnsweringServer.end)
        }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 120)
        #expect(run.answers["hidden_tokens"] as? Int == 2_000)
        #expect(run.requests.allSatisfy { $0["hidden_tokens"] as? Int == 200 })
        #expect(run.requests.allSatisfy { $0["output_tokens"] as? Int == 12 })
        #expect(run.words.contains("count 2000 tokens that no event brought"), "\(run.table)")
    }

    @Test("A usage that the stream cannot have carried is not believed")
    func absurdUsage() throws {
        let run = try run { _ in
            Self.words(
                end: Self.finish("stop") + Self.usage(1_000_000_000) + AnsweringServer.end)
        }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 120)
        #expect((run.answers["marks"] as? [String: Int]) == ["usage_not_believed": 10])
        #expect(run.words.contains("was not believed"), "\(run.table)")
        #expect(!run.words.contains("no event brought"), "\(run.table)")
    }

    @Test("Text in a member of the delta that is not known counts, and is named once")
    func unknownField() throws {
        let run = try run { _ in
            Self.words(#""thinking":"word ""#, end: Self.finish("stop") + AnsweringServer.end)
        }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 120)
        #expect(run.words.components(separatedBy: "`thinking`").count == 2, "\(run.table)")
    }

    @Test("A usage without one event that brought a token is said loudly")
    func nothingDelivered() throws {
        let run = try run { _ in
            [
                .write(
                    AnsweringServer.head() + Self.finish("stop") + Self.usage(12) + Self.done
                        + AnsweringServer.end)
            ]
        }
        #expect(run.completed == 0 && run.totals["tokens"] as? Int == 0)
        #expect(run.answers["hidden_tokens"] as? Int == 120)
        #expect(run.words.contains("NOTHING WAS DELIVERED in 10 answers"), "\(run.table)")
    }

    @Test("An answer without a finish reason may end with [DONE]: how each ended is counted")
    func doneAlone() throws {
        let run = try run { post in
            Self.words(
                end: (post % 2 == 0 ? Self.done : Self.finish("length") + Self.done)
                    + AnsweringServer.end)
        }
        #expect(run.completed == 10)
        #expect(run.answers["ended"] as? [String: Int] == ["done": 5, "finish_reason": 5])
        #expect(run.words.contains("5 answers ended without a finish reason: 5 with [DONE]"))
    }

    @Test("A body that stays open after [DONE] holds up nobody")
    func openBody() throws {
        let run = try run { _ in Self.words(end: Self.finish("stop") + Self.done) }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 120)
        for request in run.requests {
            let sent = try #require(request["sent"] as? Int)
            let finish = try #require(request["finish"] as? Int)
            #expect(finish - sent < 1_000_000_000)
        }
    }

    @Test("A server that ignores `stream` is named; what it does not show does not exist")
    func whole() throws {
        let body =
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a b c d"},"#
            + #""finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":4}}"#
        let run = try run { _ in [.pause(.milliseconds(20)), .write(AnsweringServer.whole(body))] }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 40)
        for name in ["ttft", "tpot", "tbt"] {
            let figures = try #require(run.totals[name] as? [String: Any])
            #expect(figures["p50"] is NSNull && figures["p99"] is NSNull, "\(name)")
        }
        #expect((run.totals["e2e"] as? [String: Any])?["p50"] is Double)
        #expect(run.totals["classic_attainment"] as? Double == 0)
        #expect(run.words.contains("does not stream: 10 of 10 answers"), "\(run.table)")
    }

    @Test("A proxy that collects the stream is named; what it hides does not exist")
    func collected() throws {
        let run = try run { _ in
            let words = (0..<12).map { _ in Self.word(#""content":"word ""#) }.joined()
            return [
                .pause(.milliseconds(30)),
                .write(
                    AnsweringServer.head() + words + Self.finish("stop") + AnsweringServer.end),
            ]
        }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 120)
        let collected = try #require(run.answers["collected"] as? Int)
        #expect(collected >= 9, "\(run.answers)")
        #expect(run.words.contains("collects the stream"), "\(run.table)")
        for name in ["ttft", "tpot", "tbt"] {
            let figures = try #require(run.totals[name] as? [String: Any])
            #expect(collected < 10 || figures["p50"] is NSNull, "\(name)")
        }
        #expect(run.totals["classic_attainment"] as? Double == Double(10 - collected) / 10)
        #expect(run.scoredAgain)
    }

    @Test("Finish reasons that are not the usual ones are counted by name")
    func finishReasons() throws {
        let run = try run { post in
            Self.words(
                end: Self.finish(post < 6 ? "stop" : post < 8 ? "abort" : "budget_spent")
                    + AnsweringServer.end)
        }
        let reasons = run.answers["finish_reasons"] as? [String: Int]
        #expect(reasons == ["stop": 6, "abort": 2, "budget_spent": 2])
        #expect(run.words.contains("`abort` 2, `budget_spent` 2"), "\(run.table)")
    }

    @Test(
        "Events under another Content-Type, and keep-alives among them, are read, with a note",
        arguments: [nil, "application/json", "text/plain", "application/octet-stream"] as [String?])
    func framing(type: String?) throws {
        let run = try run { _ in
            Self.words(
                head: AnsweringServer.head(type: type) + AnsweringServer.event("ping"),
                end: Self.finish("stop") + Self.done + AnsweringServer.end)
        }
        #expect(run.completed == 10 && run.totals["tokens"] as? Int == 120)
        #expect(run.words.contains("told by their first bytes"), "\(run.table)")
        #expect(run.words.contains("10 data lines of 10 answers were no JSON"))
    }

    @Test(
        "Connections are fresh, or so many",
        arguments: [("connections: fresh", 1), ("connections: 1", 100)])
    func connections(scenario: String, mostRequests: Int) throws {
        let run = try run(
            { _ in
                Self.words(end: Self.finish("stop") + Self.done + AnsweringServer.end)
            }, scenario: scenario)
        #expect(run.completed == 10)
        // The connections of the agent's own questions serve too, or nobody.
        #expect(run.connections.allSatisfy { $0 <= mostRequests }, "\(run.connections)")
        if mostRequests > 1 { #expect(run.connections.max() ?? 0 >= 10) }
    }

    @Test("A connection that was dropped before the answer's first byte is told apart")
    func reused() throws {
        let run = try run(
            { post in
                post % 2 == 1
                    ? [.close]
                    : Self.words(end: Self.finish("stop") + Self.done + AnsweringServer.end)
            }, scenario: "connections: 1")
        let marks = run.answers["marks"] as? [String: Int]
        #expect(marks == ["reused_connection": 5], "\(run.answers)")
        #expect(run.words.contains("`connections: fresh`"), "\(run.table)")
    }
}
