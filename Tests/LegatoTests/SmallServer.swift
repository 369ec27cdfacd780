import Dispatch
import EventLoop
import Foundation
import TimeBase

/// A server of a few lines, on a thread of its own: what it says to a request is a closure's.
final class SmallServer {
    enum Answer: Sendable {
        /// These bytes, head included.
        case whole(String)
        /// These bytes, and then those again and again, until the client has gone.
        case endless(String, piece: String, every: TimeSpan)
    }

    /// Requests, as far as tests look at them.
    private struct Seen {
        var requests: [String] = []
    }

    private let loop: EventLoop
    private let seen = Guarded(Seen())
    // Confined to the loop.
    private nonisolated(unsafe) var listener: TCPListener?
    private nonisolated(unsafe) var connections: [TCPConnection] = []
    private nonisolated(unsafe) var timers: [LoopTimer] = []
    private(set) var port: UInt16 = 0

    /// Requests so far: head and body, whole.
    var requests: [String] { seen.withLock { $0.requests } }
    var url: String { "http://127.0.0.1:\(port)" }

    init(answer: @escaping @Sendable (_ request: String) -> Answer) throws {
        loop = try EventLoop(name: "small server")
        loop.start()
        let port = Guarded<UInt16>(0)
        onLoop { [self] in
            listener = try? TCPListener(loop: loop, host: "127.0.0.1", port: 0) {
                [unowned self] in serve($0, answer)
            }
            port.withLock { $0 = listener?.localPort ?? 0 }
        }
        self.port = port.withLock { $0 }
    }

    private func onLoop(_ body: @escaping () -> Void) {
        // Sound: the caller waits until it has run.
        nonisolated(unsafe) let body = body
        let done = DispatchSemaphore(value: 0)
        loop.post {
            body()
            done.signal()
        }
        done.wait()
    }

    /// Closes everything and ends the thread.
    func close() {
        onLoop { [self] in
            listener?.close()
            for connection in connections { connection.close() }
            for timer in timers { timer.close() }
        }
        loop.shutdown()
    }

    private func serve(
        _ connection: TCPConnection, _ answer: @escaping @Sendable (String) -> Answer
    ) {
        connections.append(connection)
        var held: [UInt8] = []
        connection.startReading(
            onBytes: { [unowned self] bytes in
                held += bytes
                while let request = Self.takeRequest(&held) {
                    seen.withLock { $0.requests.append(request) }
                    say(answer(request), on: connection)
                }
            }, onEnd: { _ in connection.close() })
    }

    private func say(_ answer: Answer, on connection: TCPConnection) {
        switch answer {
        case .whole(let text): connection.write(Array(text.utf8))
        case .endless(let begin, let piece, let every):
            connection.write(Array(begin.utf8))
            let timer = LoopTimer(loop: loop)
            timers.append(timer)
            timer.start(after: every, repeating: every) {
                if connection.isClosed { timer.stop() } else { connection.write(Array(piece.utf8)) }
            }
        }
    }

    /// A whole request at the beginning of `held`, and removes it.
    private static func takeRequest(_ held: inout [UInt8]) -> String? {
        let text = String(decoding: held, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let head = text[..<end.upperBound]
        let length = head.split(separator: "\r\n").lazy
            .map { $0.lowercased() }
            .first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        let count = head.utf8.count + (length ?? 0)
        guard held.count >= count else { return nil }
        let request = String(decoding: held.prefix(count), as: UTF8.self)
        held.removeFirst(count)
        return request
    }
}

extension SmallServer {
    /// An answer with this body.
    static func response(_ status: String, _ type: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\n"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let models = response(
        "200 OK", "application/json", #"{"object":"list","data":[{"id":"m"}]}"#)

    /// One chunk of the chunked coding.
    static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    static let streamHead =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    static func token(_ text: String) -> String {
        chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"}}]}\n\n")
    }
}
