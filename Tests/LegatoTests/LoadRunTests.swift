import Dispatch
import EventLoop
import Foundation
import TargetFixtures
import Testing
import TimeBase

/// Whole runs against a server of a known speed.
@Suite("Loads that depend on the server's speed", .serialized)
struct LoadRunTests {
    /// Observations of the server while `body` ran.
    @discardableResult
    private func withServer(
        delay: TimeSpan = .zero, _ body: (String) throws -> Void
    ) throws -> QuickServer.Seen {
        let loop = try EventLoop(name: "server")
        loop.start()
        defer { loop.shutdown() }
        // Sound: made on the loop, read after the semaphore, closed on the loop.
        nonisolated(unsafe) var made: Result<(QuickServer, String), any Error>?
        nonisolated(unsafe) var seen = QuickServer.Seen()
        let done = DispatchSemaphore(value: 0)
        loop.post {
            made = Result {
                let server = try QuickServer(loop: loop, delay: delay)
                return (server, server.url)
            }
            done.signal()
        }
        done.wait()
        nonisolated(unsafe) let server = try #require(try made?.get())
        defer {
            loop.post {
                server.0.close()
                done.signal()
            }
            done.wait()
        }
        try body(server.1)
        loop.post {
            seen = server.0.seen
            done.signal()
        }
        done.wait()
        return seen
    }

    /// A table's text without its line breaks.
    private func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func span(_ lines: [[String: Any]]) -> Double {
        let due = lines.compactMap { $0["scheduled"] as? Int }
        return Double((due.max() ?? 0) - (due.min() ?? 0)) / 1e9
    }

    @Test("A closed loop fills its time against a server that answers at once")
    func closedLoopFillsItsTime() throws {
        try Program.withFolder { folder in
            var first: [Int: Int] = [:]
            for name in ["a", "b"] {
                let run = folder.appendingPathComponent(name)
                try withServer { url in
                    let result = try Program.run([
                        "run", "--url", url, "--max-concurrency", "2", "--duration", "2 s",
                        "--input-len", "8", "--output-len", "2", "--local", "2", "--out",
                        run.path, "--json", "--allow-invalid",
                    ])
                    try #require(result.status == 0, "\(result.errors)")
                    let again = try Program.run(["score", run.path, "--json", "--allow-invalid"])
                    #expect(again.output == result.output, "\(again.errors)")
                }
                let lines = try Program.requests(of: run)
                // 20 a slot and second are planned, and at least a thousand: they come again.
                #expect(lines.count > 1_000, "\(lines.count)")
                #expect(span(lines) > 1.8, "\(span(lines))")
                let ids = lines.compactMap { $0["id"] as? Int }
                #expect(Set(ids).count == lines.count && ids == ids.sorted())
                #expect(lines.allSatisfy { $0["outcome"] as? String == "completed" })
                // The same seed names the same requests, however many of them the time holds.
                for line in lines {
                    guard let id = line["id"] as? Int, let session = line["session"] as? Int
                    else { continue }
                    #expect(first[id] == nil || first[id] == session)
                    first[id] = session
                }
            }
        }
    }

    @Test("A rate with a bound waits for slots: counted in every latency, no lateness, and said")
    func boundedRate() throws {
        try Program.withFolder { folder in
            let run = folder.appendingPathComponent("run")
            let seen = try withServer(delay: .milliseconds(100)) { url in
                let result = try Program.run([
                    "run", "--url", url, "--request-rate", "80", "--max-concurrency", "4",
                    "--num-prompts", "120", "--input-len", "8", "--output-len", "2", "--local",
                    "2", "--no-probe", "--out", run.path, "--allow-invalid",
                ])
                try #require(result.status == 0, "\(result.errors)")
                let text = words(result.text)
                #expect(text.contains("waited for a place"), "\(text)")
                #expect(text.contains("the rate was not achieved"), "\(text)")
            }
            #expect(seen.most == 4)
            let lines = try Program.requests(of: run)
            #expect(lines.count == 120)
            let waited = lines.compactMap { $0["waited"] as? Int }
            #expect(waited.count > 60)
            let late = try lines.map { line in
                try #require(line["sent"] as? Int) - #require(line["scheduled"] as? Int)
                    - (line["waited"] as? Int ?? 0)
            }
            #expect(late.allSatisfy { $0 >= 0 })
            // Most waited for hundreds of ms: none of that is the client's.
            #expect(late.sorted()[60] < 20_000_000)
            #expect(waited.sorted()[30] > 100_000_000)
            // 4 slots of 100 ms serve 40 a second: 120 requests take 3 s where 1.5 were meant.
            #expect(span(lines) < 2.2)
            let ends = lines.compactMap { $0["finish"] as? Int }
            #expect(Double(ends.max() ?? 0) / 1e9 > 2.8)
        }
    }

    @Test("A bound that never holds is not spoken of")
    func looseBound() throws {
        try Program.withFolder { folder in
            let scenario = folder.appendingPathComponent("s.yaml")
            let text = """
                stages: [{ rate: 40/s, max concurrency: 64, requests: 20 }]
                classes: [{ name: a, input: 8 tokens, output: 2 tokens }]
                """
            try Data(text.utf8).write(to: scenario)
            let seen = try withServer { url in
                let result = try Program.run([
                    "run", scenario.path, "--url", url, "--no-probe", "--out",
                    folder.appendingPathComponent("run").path, "--allow-invalid",
                ])
                #expect(result.status == 0)
                #expect(!words(result.text).contains("waited for a place"))
            }
            #expect(seen.bodies.count == 20)
        }
    }

    @Test("What a trace leaves out is counted by check, in the table and in the manifest")
    func leftOut() throws {
        try Program.withFolder { folder in
            let trace =
                "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                + "5.2,ChatGPT,12,3,15,a\n5.1,GPT-4,10,0,10,b\n"
                + "5,GPT-4,10,5,15,b\n9,GPT-4,9,5,14,b\n"
            try Data(trace.utf8).write(to: folder.appendingPathComponent("t.csv"))
            let scenario = folder.appendingPathComponent("s.yaml")
            let text = """
                stages: [{ replay: t.csv, duration: 1 s }]
                classes: [{ name: a }]
                """
            try Data(text.utf8).write(to: scenario)
            let words = "1 no output tokens, 1 outside the window"
            let check = try Program.run(["check", scenario.path])
            #expect(check.text.contains("burstgpt, 2 rows, times in s"), "\(check.text)")
            #expect(check.text.contains("left out: \(words)"), "\(check.text)")
            let run = folder.appendingPathComponent("run")
            try withServer { url in
                let result = try Program.run([
                    "run", scenario.path, "--url", url, "--no-probe", "--out", run.path,
                    "--allow-invalid",
                ])
                #expect(result.status == 0, "\(result.errors)")
                let text = self.words(result.text)
                #expect(text.contains("2 of 4 rows are used; left out: \(words)"))
            }
            #expect(try Program.requests(of: run).map { $0["asked_output"] as? Int } == [5, 3])
            let manifest = try String(
                contentsOf: run.appendingPathComponent("manifest.json"), encoding: .utf8)
            #expect(manifest.contains(words))
        }
    }

    @Test("A recorded conversation is sent with the file's answers, the server's own, or none")
    func histories() throws {
        try Program.withFolder { folder in
            let file = """
                [{"conversations": [{"role": "user", "content": "q1"},
                  {"role": "assistant", "content": "the first answer"},
                  {"role": "user", "content": "q2"}, {"role": "assistant", "content": "bye"}]}]
                """
            try Data(file.utf8).write(to: folder.appendingPathComponent("p.json"))
            // The server says "a " for each of the four tokens that the first answer is long.
            let histories = [
                ("", "the first answer"), (", history: live", "a a a a "),
                (", history: prompts", nil),
            ]
            for (history, answer) in histories {
                let scenario = folder.appendingPathComponent("s.yaml")
                let text = """
                    stages: [{ concurrency: 1, requests: 2 }]
                    classes: [{ name: a, prompts: p.json\(history) }]
                    """
                try Data(text.utf8).write(to: scenario)
                let seen = try withServer { url in
                    let result = try Program.run([
                        "run", scenario.path, "--url", url, "--no-probe", "--out",
                        folder.appendingPathComponent("run-\(answer ?? "")").path,
                        "--allow-invalid",
                    ])
                    #expect(result.status == 0, "\(result.errors)")
                }
                let last = try #require(seen.bodies.last)
                #expect(last.contains("q1") && last.contains("q2") && !last.contains("bye"))
                let said = answer.map { #""role":"assistant","content":"\#($0)"},{"role":"user""# }
                #expect(said.map(last.contains) ?? !last.contains("assistant"), "\(last)")
            }
        }
    }

    @Test("A member that the benchmark sets itself ends check and run with 65, by its location")
    func ownMembers() throws {
        try Program.withFolder { folder in
            let scenario = folder.appendingPathComponent("s.yaml")
            let text = """
                stages: [{ concurrency: 2, requests: 4 }]
                classes: [{ name: a, input: 20 tokens, output: 6 tokens }]
                request:
                  extra: { temperature: 0, max_tokens: 99 }
                """
            try Data(text.utf8).write(to: scenario)
            for command in ["check", "run"] {
                let result = try Program.run([command, scenario.path])
                #expect(result.status == 65)
                #expect(
                    result.errors.contains("s.yaml:4:28: `extra` may not set `max_tokens`"),
                    "\(result.errors)")
                #expect(result.errors.contains("`output`"))
            }
        }
    }
}
