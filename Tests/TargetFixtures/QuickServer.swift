package import EventLoop
package import TimeBase

/// A server that streams as many tokens as it is asked for, all at once, a set time after the
/// request: quicker than any model, or as slow as a test wants it.
///
/// Confined to its loop.
package final class QuickServer {
    /// Observations of the server.
    package struct Seen: Sendable {
        /// Bodies of the requests for tokens, in order.
        package var bodies: [String] = []
        package var inFlight = 0
        /// Most requests that were in flight at once.
        package var most = 0

        package init() {}
    }

    package private(set) var seen = Seen()
    private let loop: EventLoop
    private let delay: TimeSpan
    private var listener: TCPListener?
    private var peers: [ObjectIdentifier: Peer] = [:]

    /// - Parameter delay: from a request's last byte to the answer; none answers at once.
    package init(loop: EventLoop, delay: TimeSpan = .zero) throws(SystemError) {
        self.loop = loop
        self.delay = delay
        listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { [unowned self] in
            accepted($0)
        }
    }

    package var url: String { "http://127.0.0.1:\(listener?.localPort ?? 0)" }

    package func close() {
        listener?.close()
        for peer in peers.values { peer.close() }
        peers = [:]
    }

    private func accepted(_ connection: TCPConnection) {
        let peer = Peer(connection, LoopTimer(loop: loop), self)
        peers[ObjectIdentifier(peer)] = peer
        connection.startReading { bytes in
            peer.received(bytes)
        } onEnd: { [unowned self] _ in
            peers[ObjectIdentifier(peer)] = nil
            peer.close()
        }
    }

    private func began(_ body: String) {
        seen.bodies.append(body)
        seen.inFlight += 1
        seen.most = max(seen.most, seen.inFlight)
    }

    /// One connection: requests one after the other.
    private final class Peer {
        private let connection: TCPConnection
        private let timer: LoopTimer
        private unowned let server: QuickServer
        private var bytes: [UInt8] = []

        init(_ connection: TCPConnection, _ timer: LoopTimer, _ server: QuickServer) {
            self.connection = connection
            self.timer = timer
            self.server = server
        }

        func close() {
            timer.close()
            connection.close()
        }

        func received(_ chunk: UnsafeRawBufferPointer) {
            bytes += chunk
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { return }
            let head = text[..<end.lowerBound].lowercased()
            let length = QuickServer.number(after: "content-length:", in: head) ?? 0
            let body = String(text[end.upperBound...])
            guard body.utf8.count >= length else { return }
            bytes = []
            guard head.hasPrefix("post") else { return answerList() }
            server.began(body)
            let tokens =
                QuickServer.number(after: "\"max_tokens\":", in: body)
                ?? QuickServer.number(after: "\"max_completion_tokens\":", in: body) ?? 1
            guard server.delay > .zero else { return answer(tokens) }
            timer.start(after: server.delay) { [unowned self] in answer(tokens) }
        }

        private func answerList() {
            let list = #"{"object":"list","data":[{"id":"quick","object":"model"}]}"#
            write(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                    + "\(list.utf8.count)\r\n\r\n\(list)")
        }

        private func answer(_ tokens: Int) {
            var events = ""
            for _ in 0..<tokens {
                events += #"data: {"choices":[{"index":0,"delta":{"content":"a "},"text":"a "}]}"#
                events += "\n\n"
            }
            events += #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}"#
            events += "\n\n"
            events += #"data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":"#
            events += "\(tokens)}}\n\ndata: [DONE]\n\n"
            let size = String(events.utf8.count, radix: 16)
            server.seen.inFlight -= 1
            write(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                    + "transfer-encoding: chunked\r\n\r\n\(size)\r\n\(events)\r\n0\r\n\r\n")
        }

        private func write(_ text: String) { connection.write(Array(text.utf8)) }
    }

    /// The whole number that follows `name`.
    private static func number(after name: String, in text: String) -> Int? {
        guard let range = text.firstRange(of: name) else { return nil }
        let rest = text[range.upperBound...].drop { $0 == " " }
        return Int(rest.prefix { $0.isNumber })
    }
}
