import EventLoop
import HTTP
import LoopRuns
import TLSStream
import TargetFixtures
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

@Suite("A server is asked for its metrics")
struct MetricsClientTests {
    private struct Outcome: Sendable {
        var answers: [MetricsAnswer] = []
        /// When each question was asked.
        var asked: [LocalInstant] = []
        var paths: [String] = []
        var fields: [[String]] = []
        var accepted = 0
    }

    private static func page(_ body: String, type: String = "text/plain; version=0.0.4") -> String {
        "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
            + body
    }

    private static let running = page("vllm:num_requests_running{engine=\"0\"} 7.0\n")

    /// Asks a server of these scripts so many times, one after the other.
    private func ask(
        _ scripts: [[ServerAct]], times: Int, path: String = ""
    ) async throws -> Outcome {
        let loop = try EventLoop(name: "metrics")
        return await loop.runUntilDone { done in
            let server = try! ScriptedServer(loop: loop, scripts: scripts)
            let target = try! Target(parsing: "http://127.0.0.1:\(server.port)\(path)")
            let address = SocketAddress(numeric: "127.0.0.1", port: server.port)!
            var fields = RequestFields()
            try! fields.add("authorization: Bearer hunter2")
            let client = MetricsClient(
                loop: loop,
                servers: [FoundServer(targetIndex: 3, target: target, address: address)],
                access: TargetAccess(fields: fields))
            var outcome = Outcome()
            func next() {
                guard outcome.answers.count < times else {
                    outcome.paths = server.requests.map(\.path)
                    outcome.fields = server.requests.map { request in
                        request.headers.filter { $0.name == "authorization" }.map(\.value)
                    }
                    outcome.accepted = server.accepted
                    client.close()
                    server.close()
                    return done(outcome)
                }
                outcome.asked.append(RawClock.now())
                client.ask(0) { answer in
                    outcome.answers.append(answer)
                    loop.next { next() }
                }
            }
            next()
        }
    }

    @Test("Its figures come over one connection, with the fields of requests")
    func figures() async throws {
        let outcome = try await ask([[.write(Self.running)]], times: 3, path: "/v1")
        var figures = ServerFigures()
        figures.running = 7
        #expect(outcome.answers.map(\.content) == Array(repeating: .figures(figures), count: 3))
        #expect(outcome.paths == Array(repeating: "/metrics", count: 3))
        #expect(outcome.fields == Array(repeating: ["Bearer hunter2"], count: 3))
        #expect(outcome.accepted == 1)
        for (answer, asked) in zip(outcome.answers, outcome.asked) { #expect(answer.at >= asked) }
    }

    @Test("A page that comes byte by byte is whole at its end")
    func dripped() async throws {
        let outcome = try await ask([[.drip(Self.running)]], times: 1)
        guard case .figures(let figures) = outcome.answers[0].content else {
            Issue.record("\(outcome.answers[0])")
            return
        }
        #expect(figures.running == 7)
    }

    @Test("A connection that the server closes after its answer is made anew")
    func closed() async throws {
        let outcome = try await ask([[.write(Self.running), .close]], times: 3)
        #expect(
            outcome.answers.allSatisfy { if case .figures = $0.content { true } else { false } })
        // A connection that is found closed is asked again on another.
        #expect(outcome.accepted == 3)
    }

    @Test("A connection that the server closes is not made anew ahead of need")
    func notAhead() async throws {
        let loop = try EventLoop(name: "metrics")
        let left: Int = await loop.runUntilDone { done in
            let server = try! ScriptedServer(
                loop: loop, scripts: [[.write(Self.running), .close]])
            let client = MetricsClient(
                loop: loop,
                servers: [
                    FoundServer(
                        targetIndex: 0,
                        target: try! Target(parsing: "http://127.0.0.1:\(server.port)"),
                        address: SocketAddress(numeric: "127.0.0.1", port: server.port)!)
                ], access: TargetAccess())
            let timer = LoopTimer(loop: loop)
            var looks = 0
            client.ask(0) { _ in
                timer.start(after: .zero, repeating: .milliseconds(1)) {
                    looks += 1
                    guard client.connectionCount == 0 || looks == 3_000 else { return }
                    let left = client.connectionCount
                    timer.close()
                    client.close()
                    server.close()
                    done(left)
                }
            }
        }
        #expect(left == 0)
    }

    @Test(
        "A server without metrics is told by its kind",
        arguments: [
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nno!", .httpStatus, 404),
            (
                "HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n", .httpStatus,
                302
            ),
            (page("<html><body>Hello 4</body></html>", type: "text/html"), .notMetrics, 200),
            (page("go_goroutines 9\n"), .nothingKnown, 200),
            (page(""), .notMetrics, 200),
            ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\ncontent-length: 8\r\n\r\n", .broken, 0),
            ("rubbish\r\n\r\n", .broken, 0),
        ] as [(String, ScrapeFault, UInt16)])
    func faults(_ answer: String, _ fault: ScrapeFault, _ status: UInt16) async throws {
        let outcome = try await ask([[.write(answer)]], times: 1)
        #expect(outcome.answers[0].content == .fault(fault, status: status))
    }

    @Test("A page without end is given up at 4 MiB")
    func endless() async throws {
        let head = "HTTP/1.1 200 OK\r\n\r\n"
        let line = "a_line_of_no_engine{le=\"0.5\"} 1\n"
        let outcome = try await ask(
            [[.write(head), .endless(String(repeating: line, count: 2_000))]], times: 1)
        #expect(outcome.answers[0].content == .fault(.tooLarge, status: 200))
    }

    @Test("A connection that breaks, and breaks again, is a fault")
    func broken() async throws {
        let outcome = try await ask(
            [
                [.close], [.close],
                [.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na"), .close],
            ],
            times: 2)
        #expect(
            outcome.answers.map(\.content) == [
                .fault(.broken, status: 0), .fault(.broken, status: 200),
            ])
    }

    @Test(
        "A server that is silent, or slow, is given up after a second",
        arguments: ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na"])
    func slow(_ begin: String) async throws {
        let outcome = try await ask([[.write(begin)]], times: 1)
        guard case .fault(.slow, _) = outcome.answers[0].content else {
            Issue.record("\(outcome.answers[0])")
            return
        }
        let wait = outcome.answers[0].at - outcome.asked[0]
        #expect(wait >= MetricsClient.patience && wait < .seconds(3), "\(wait)")
    }

    @Test("Where nobody listens that is told at once")
    func refused() async throws {
        let loop = try EventLoop(name: "metrics")
        let answer: MetricsAnswer = await loop.runUntilDone { done in
            let listener = try! TCPListener(loop: loop, host: "127.0.0.1", port: 0) { _ in }
            let port = listener.localPort
            listener.close()
            let client = MetricsClient(
                loop: loop,
                servers: [
                    FoundServer(
                        targetIndex: 0, target: try! Target(parsing: "http://127.0.0.1:\(port)"),
                        address: SocketAddress(numeric: "127.0.0.1", port: port)!)
                ], access: TargetAccess())
            client.ask(0) { answer in
                client.close()
                done(answer)
            }
        }
        #expect(answer.content == .fault(.connect, status: 0))
    }

    @Test(
        "Metrics are at the root of what a URL names",
        arguments: [
            ("http://h", "/metrics"), ("http://h/v1", "/metrics"), ("http://h/a/v1/", "/a/metrics"),
            ("http://h/a", "/a/metrics"), ("http://h/v1/chat/completions", "/metrics"),
            ("http://h/v1/completions/", "/metrics"),
            ("http://h/d/x/completions?a=b", "/d/x/metrics"),
            ("http://h/invoke?a=b", "/metrics"), ("unix:/a.sock", "/metrics"),
            ("unix:/a.sock:/x/v1", "/x/metrics"),
        ])
    func paths(_ url: String, _ path: String) throws {
        #expect(try Target(parsing: url).metricsPath == path)
    }
}
