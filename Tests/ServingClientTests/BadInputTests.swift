import EventLoop
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

/// Whatever a server does, a request ends once, with a class and the tokens that really came.
@Suite(.serialized) struct BadInputTests {
    /// An answer, what it is classed as, words of its detail, and its tokens.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var acts: [ServerAct]
        var kind: ErrorClass?
        var words: String
        var tokens: Int

        var testDescription: String { name }
    }

    private static let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    private static let begun = eventStream(tokens: 2, ends: false)
    private static let token = #"data: {"choices":[{"index":0,"delta":{"content":"a"}}]}"# + "\n\n"
    private static let finish =
        #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
    /// 64 KiB without a line's end.
    private static let block = String(repeating: "x", count: 65_536)

    private static func chunk(_ text: String) -> String {
        String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
    }

    private static func body(_ type: String, _ text: String, status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\ncontent-length: \(text.utf8.count)"
            + "\r\n\r\n\(text)"
    }

    static let chunks: [Case] = [
        Case(
            name: "a chunk size that is none", acts: [.write(begun + "zz\r\n")],
            kind: .malformed, words: "chunk", tokens: 2),
        Case(
            name: "a negative chunk size", acts: [.write(begun + "-5\r\n")], kind: .malformed,
            words: "chunk", tokens: 2),
        Case(
            name: "a chunk size beyond all integers",
            acts: [.write(begun + "ffffffffffffffffff\r\n")], kind: .malformed, words: "chunk",
            tokens: 2),
        Case(
            name: "a chunk longer than its size",
            acts: [.write(begun + "5\r\n" + token + "\r\n")], kind: .malformed, words: "chunk",
            tokens: 2),
        Case(
            name: "a chunk shorter than its size, then the end",
            acts: [.write(begun + "ff\r\n" + token), .close], kind: .closedEarly, words: "chunk",
            tokens: 3),
        Case(
            name: "a chunk of a petabyte, of which nothing comes",
            acts: [.write(begun + "3ffffffffffff\r\n"), .close], kind: .closedEarly,
            words: "chunk", tokens: 2),
        Case(
            name: "lengths that contradict each other",
            acts: [
                .write(
                    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello")
            ], kind: .malformed, words: "HTTP", tokens: 0),
    ]

    static let events: [Case] = [
        Case(
            name: "half an event, then the end",
            acts: [.write(begun + "40\r\ndata: {\"cho"), .close],
            kind: .closedEarly, words: "chunk", tokens: 2),
        Case(
            name: "half an event, then the stream's proper end",
            acts: [.write(begun + chunk("data: {\"choices\":[{\"index\"") + "0\r\n\r\n")],
            kind: .closedEarly, words: "without a finish reason", tokens: 2),
        Case(
            name: "half an event with its blank line",
            acts: [.write(begun + chunk("data: {\"choices\":[{\"index\"\n\n"))], kind: .malformed,
            words: "a stream event is", tokens: 2),
        Case(
            name: "no [DONE], but a finish reason",
            acts: [.write(head + chunk(token) + chunk(finish) + "0\r\n\r\n")], kind: nil, words: "",
            tokens: 1),
        Case(
            name: "a [DONE] without a finish reason",
            acts: [.write(head + chunk(token) + chunk("data: [DONE]\n\n") + "0\r\n\r\n")],
            kind: nil, words: "", tokens: 1),
        Case(
            name: "an error event in the stream, and a finish all the same",
            acts: [
                .write(
                    head + chunk(token)
                        + chunk("data: {\"error\":{\"message\":\"out of memory\"}}\n\n")
                        + chunk(finish) + "0\r\n\r\n")
            ], kind: .streamError, words: "out of memory", tokens: 1),
        Case(
            name: "an error event, then a cut",
            acts: [
                .write(
                    head + chunk(token) + chunk("event: error\ndata: {\"message\":\"oom\"}\n\n")),
                .close,
            ], kind: .streamError, words: "oom", tokens: 1),
        Case(
            name: "a stream without any event", acts: [.write(head + "0\r\n\r\n")], kind: .empty,
            words: "without any choice", tokens: 0),
    ]

    static let answers: [Case] = [
        Case(
            name: "an HTML page", acts: [.write(body("text/html", "<html>login</html>"))],
            kind: .malformed, words: "HTML", tokens: 0),
        Case(
            name: "an HTML page as an error",
            acts: [.write(body("text/html", "<html>bad gateway</html>", status: "502 Bad"))],
            kind: .httpStatus, words: "502", tokens: 0),
        Case(
            name: "a redirect to TLS",
            acts: [
                .write("HTTP/1.1 301 Moved\r\nlocation: https://h/\r\ncontent-length: 0\r\n\r\n")
            ], kind: .httpStatus, words: "redirects are never followed", tokens: 0),
        Case(
            name: "an answer in gzip",
            acts: [
                .write(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                        + "content-encoding: gzip\r\n\r\n")
            ], kind: .malformed, words: "gzip", tokens: 0),
        Case(
            name: "a protocol that is none of ours", acts: [.write("HTTP/2.0 200 OK\r\n\r\n")],
            kind: .malformed, words: "HTTP", tokens: 0),
        Case(
            name: "an upgrade that nobody asked for",
            acts: [.write("HTTP/1.1 101 Switching\r\nupgrade: h2c\r\n\r\n")], kind: .malformed,
            words: "HTTP", tokens: 0),
        Case(
            name: "a document that breaks off",
            acts: [
                .write(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99"
                        + "\r\n\r\n{\"choices\":["), .close,
            ], kind: .closedEarly, words: "before the stated Content-Length", tokens: 0),
    ]

    @Test(arguments: chunks + events + answers)
    func eachEndsOnceWithItsClass(bad: Case) async throws {
        // Whole, and byte by byte.
        for isDripped in [false, true] {
            let acts = bad.acts.map { act in
                if isDripped, case .write(let text) = act { ServerAct.drip(text) } else { act }
            }
            let outcomes = try await drive([acts], until: 1, configuration: briefly(total: 20_000))
            {
                client, _ in client.open { _ in client.send(plain(0)) }
            }
            let finish = try #require(outcomes.finish(0))
            #expect(outcomes.finished.count == 1 && outcomes.requests.count == 1)
            #expect(finish.error?.kind == bad.kind, "\(String(describing: finish.error))")
            #expect(finish.outcome == (bad.kind == nil ? .completed : .failed))
            let sentence = finish.error?.sentence ?? ""
            #expect(bad.words.isEmpty || sentence.contains(bad.words), "\(sentence)")
            #expect(outcomes.tokens.reduce(0) { $0 + Int($1.count) } == bad.tokens)
        }
    }

    /// An answer that never ends is given up while little of it is held: the server gets no
    /// gigabyte away.
    @Test(arguments: [
        ("data: ", head + "40000000\r\ndata: ", ErrorClass.malformed),
        ("a comment", head + "40000000\r\n: ", .malformed),
        (
            "a document",
            """
            HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
            content-length: 1073741824\r\n\r\n
            """,
            .malformed
        ),
        ("a header", "HTTP/1.1 200 OK\r\nx-long: ", .malformed),
        ("a status line", "HTTP/1.1 200 ", .malformed),
        ("no HTTP at all", "", .malformed),
        ("a chunk extension", head + "5;", .malformed),
    ])
    func aGigabyteIsNotHeld(what: String, begin: String, kind: ErrorClass) async throws {
        let outcomes = try await drive(
            [[.write(begin), .endless(Self.block)]], until: 1,
            configuration: briefly(firstToken: 20_000)
        ) { client, _ in client.open { _ in client.send(plain(0)) } }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.error?.kind == kind, "\(what): \(String(describing: finish.error))")
        #expect(outcomes.tokens.isEmpty)
        // The longest document, and what two sockets hold.
        #expect(outcomes.endlessBytes < 32 << 20, "\(what)")
    }

    /// An error's body is kept as an excerpt, however long it is; its time limit ends it.
    @Test func anEndlessErrorIsAnErrorOfItsStatus() async throws {
        let head = "HTTP/1.1 500 Oops\r\ncontent-type: text/plain\r\n\r\n"
        let outcomes = try await drive(
            [[.write(head), .endless(Self.block)]], until: 1,
            configuration: briefly(firstToken: 100)
        ) { client, _ in client.open { _ in client.send(plain(0)) } }
        let error = try #require(outcomes.finish(0)?.error)
        #expect(error.kind == .httpStatus && error.status == 500)
        #expect(error.detail.utf8.count <= RequestError.detailLimit)
    }

    /// A head that trickles in is no token, however long it goes on.
    @Test func slowFirstBytesRunIntoTheirLimit() async throws {
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: "x-slow: 1\r\n", count: 200)
        let outcomes = try await drive(
            [[.drip(head)]], until: 1, configuration: briefly(firstToken: 60)
        ) { client, _ in client.open { _ in client.send(plain(0)) } }
        #expect(outcomes.finish(0)?.error?.kind == .firstTokenTimeout)
        #expect(outcomes.tokens.isEmpty)
    }

    @Test func aResetInTheStreamKeepsItsTokens() async throws {
        let answer = Self.begun
        let outcomes = try await drive([[.close]], until: 1) { client, recorder in
            let server = try! ResettingServer(loop: client.loop, answer: answer)
            let other = ServingClient(
                loop: client.loop,
                targets: [try! Target(parsing: "http://127.0.0.1:\(server.port)")],
                sink: recorder)
            other.open { _ in other.send(plain(0)) }
            recorder.onFinish = { _ in
                other.close()
                server.close()
            }
        }
        #expect(outcomes.finish(0)?.error?.kind == .reset)
        #expect(outcomes.tokens.count == 2 && outcomes.finish(0)?.outputTokens == 2)
    }
}
