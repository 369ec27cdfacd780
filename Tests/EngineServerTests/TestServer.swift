import AnswerStream
import EngineModel
import EventLoop
import Testing
import TimeBase
import TokenLog

@testable import EngineServer

/// An engine server on a loop of its own, and clients on the same loop.
final class TestServer: Sendable {
    let loop: EventLoop
    let port: UInt16
    // Confined to the loop: touched in closures that run there.
    nonisolated(unsafe) private let server: EngineServer

    private struct Made: Sendable {
        // Handed from the loop's thread to the initialiser, which only stores it.
        nonisolated(unsafe) let server: EngineServer
        let port: UInt16
    }

    init(_ configure: @Sendable @escaping (inout EngineServer.Configuration) -> Void = { _ in })
        async throws
    {
        let loop = try EventLoop(name: "engine test")
        loop.start()
        let made = await loop.run { () -> Result<Made, SystemError> in
            var configuration = EngineServer.Configuration(options: TestServer.quickOptions)
            configure(&configuration)
            return Result { () throws(SystemError) in
                let server = try EngineServer(loop: loop, configuration: configuration)
                return Made(server: server, port: server.localPort)
            }
        }
        let result: Made
        do {
            result = try made.get()
        } catch {
            loop.shutdown()
            throw error
        }
        self.loop = loop
        server = result.server
        port = result.port
    }

    /// Short steps, so that the tests are short.
    static var quickOptions: EngineOptions {
        var options = EngineOptions()
        options.gpu = .h200
        return options
    }

    /// Closes the server and ends the loop, which traps on any handle left open.
    func close() async {
        await loop.run { [self] in server.close() }
        loop.shutdown()
    }

    var load: EngineLoad { get async { await loop.run { [self] in server.load } } }
    var lateness: DeliveryLateness { get async { await loop.run { [self] in server.lateness } } }

    /// Waits, turn by turn of the loop, until the engine's state satisfies `condition`.
    func until(_ condition: @Sendable @escaping (EngineLoad) -> Bool) async {
        let begin = ContinuousClock.now
        while await !condition(load) {
            guard ContinuousClock.now - begin < .seconds(60) else {
                Issue.record("the engine's load never was as awaited: \(await load)")
                return
            }
            await Task.yield()
        }
    }

    /// A client's connection that has sent `bytes`.
    func client(sending bytes: [UInt8]) async throws -> TestClient {
        let (loop, port) = (loop, port)
        return try await withCheckedThrowingContinuation { continuation in
            loop.post {
                let address = SocketAddress(numeric: "127.0.0.1", port: port)!
                TCPConnection.connect(loop: loop, to: address) { result in
                    continuation.resume(
                        with: result.map { TestClient(connection: $0, sending: bytes) })
                }
            }
        }
    }

    /// One request on a connection of its own, and all that came back.
    func exchange(
        _ method: String, _ path: String, body: String = "", headers: String = ""
    ) async throws -> Answer {
        let client = try await client(
            sending: request(method, path, body: body, headers: headers))
        let answer = await client.answer()
        await client.close()
        return answer
    }
}

/// The bytes of a request.
func request(
    _ method: String, _ path: String, body: String = "", headers: String = ""
) -> [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\nhost: test\r\n\(headers)"
    if !body.isEmpty { text += "content-length: \(body.utf8.count)\r\n" }
    return Array((text + "\r\n" + body).utf8)
}

/// One answer as a client saw it.
struct Answer: Sendable {
    var result: AnswerResult
    /// One for each event that carried tokens: how many, of what, and when.
    var tokens: [(count: UInt32, kind: TokenKind, at: LocalInstant)]
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A connection that reads answers with ``AnswerStream``.
final class TestClient: Sendable {
    private struct State: ~Copyable {
        var stream = AnswerStream()
        var tokens: [(count: UInt32, kind: TokenKind, at: LocalInstant)] = []
        var bytes: [UInt8] = []
        var answers: [Answer] = []
        var waiting: CheckedContinuation<Answer, Never>?
        var isEnded = false
    }

    // Both confined to the loop.
    nonisolated(unsafe) private let connection: TCPConnection
    nonisolated(unsafe) private var state = State()

    fileprivate init(connection: TCPConnection, sending bytes: [UInt8]) {
        self.connection = connection
        connection.startReading(
            onBytes: { [unowned self] in received($0) },
            onEnd: { [unowned self] _ in
                state.isEnded = true
                if state.stream.connectionEnded() != nil { finished() }
            })
        connection.write(bytes)
    }

    /// Sends further bytes.
    func send(_ bytes: [UInt8]) async {
        await connection.loop.run { [self] in connection.write(bytes) }
    }

    /// The next complete answer.
    func answer() async -> Answer {
        await withCheckedContinuation { continuation in
            connection.loop.post { [self] in
                if state.answers.isEmpty {
                    state.waiting = continuation
                } else {
                    continuation.resume(returning: state.answers.removeFirst())
                }
            }
        }
    }

    /// Closes the connection at once.
    func close() async {
        await connection.loop.run { [self] in connection.close() }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        let now = RawClock.now()
        var rest = bytes
        state.bytes.append(contentsOf: bytes)
        while let event = state.stream.next(&rest) {
            switch event {
            case .head: break
            case .tokens(let tokens): state.tokens.append((tokens.count, tokens.kind, now))
            case .finished: finished()
            }
        }
    }

    private func finished() {
        guard let result = state.stream.result else { return }
        let answer = Answer(result: result, tokens: state.tokens, bytes: state.bytes)
        state.stream = AnswerStream()
        state.tokens = []
        state.bytes = []
        if let waiting = state.waiting {
            state.waiting = nil
            waiting.resume(returning: answer)
        } else {
            state.answers.append(answer)
        }
    }
}
