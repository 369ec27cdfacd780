import Foundation
import Glibc

/// A small OpenAI-style server that answers each chat request as a test says.
///
/// A thread a connection, with blocking sockets; it ends with its owner.
final class FailingServer: Sendable {
    /// An answer to one request.
    enum Answer: Sendable {
        /// A stream of so many events of one token, then `[DONE]`.
        case tokens(Int)
        /// An error status with a JSON body, its message.
        case refusal(status: Int, message: String)
        /// A stream whose only event is an error.
        case errorInStream(String)
    }

    let port: UInt16
    var url: String { "http://127.0.0.1:\(port)" }
    private let listener: Int32
    private let answer: @Sendable (_ request: Int, _ text: String) -> Answer
    private let served = Counter()

    private final class Counter: @unchecked Sendable {
        // Sound: guarded by the lock.
        private var count = 0
        private let lock = NSLock()

        func next() -> Int {
            lock.withLock {
                defer { count += 1 }; return count
            }
        }
    }

    /// - Parameter answer: the answer to the n-th chat request, from 0, given its head and body.
    init(_ answer: @escaping @Sendable (_ request: Int, _ text: String) -> Answer) {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let name = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(descriptor, generic, length) == 0, "a port of this host is free")
                precondition(listen(descriptor, 128) == 0, "the socket listens")
                getsockname(descriptor, generic, &length)
                return pointer.pointee.sin_port
            }
        }
        port = UInt16(bigEndian: name)
        Thread { [self] in
            while true {
                let peer = accept(descriptor, nil, nil)
                guard peer >= 0 else { return }
                Thread { [self] in serve(peer) }.start()
            }
        }.start()
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    private func serve(_ peer: Int32) {
        var on: Int32 = 1
        setsockopt(
            peer, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        defer { Glibc.close(peer) }
        var pending = ""
        while let request = Self.request(peer, &pending) {
            if request.hasPrefix("GET") {
                Self.write(peer, Self.whole(200, #"{"data":[{"id":"m"}]}"#))
                continue
            }
            switch answer(served.next(), request) {
            case .tokens(let count): Self.stream(peer, Self.tokenEvents(count))
            case .refusal(let status, let message):
                Self.write(peer, Self.whole(status, #"{"error":{"message":"\#(message)"}}"#))
            case .errorInStream(let message):
                Self.stream(peer, ["{\"error\":{\"message\":\"\(message)\"}}"])
            }
        }
    }

    private static func tokenEvents(_ count: Int) -> [String] {
        (0..<count).map { _ in
            #"{"choices":[{"index":0,"delta":{"content":"a "},"finish_reason":null}]}"#
        } + [#"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#]
    }

    /// One event a write, some milliseconds apart, as a server that decodes.
    private static func stream(_ peer: Int32, _ events: [String]) {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
        write(peer, head + "transfer-encoding: chunked\r\n\r\n")
        for event in events + ["[DONE]"] {
            usleep(5_000)
            let line = "data: \(event)\n\n"
            write(peer, "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n")
        }
        write(peer, "0\r\n\r\n")
    }

    private static func whole(_ status: Int, _ body: String) -> String {
        "HTTP/1.1 \(status) x\r\ncontent-type: application/json\r\n"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Head and body of the next request; nil at the end of the connection.
    private static func request(_ peer: Int32, _ pending: inout String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = pending.range(of: "\r\n\r\n") {
                let head = pending[..<end.lowerBound].lowercased()
                let length =
                    head.components(separatedBy: "content-length: ").dropFirst().first
                    .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
                let bodyBytes = pending[end.upperBound...].utf8.count
                if bodyBytes >= length {
                    let cut = pending.utf8.index(end.upperBound, offsetBy: length)
                    defer { pending = String(pending[cut...]) }
                    return String(pending[..<cut])
                }
            }
            let count = recv(peer, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            pending += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    private static func write(_ peer: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
