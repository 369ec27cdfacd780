package import EventLoop
package import TimeBase

/// A server of HTTP/1.1 that answers every POST with the same acts, and every GET with a list of
/// one model: what servers of the field do, made small.
///
/// Confined to its loop.
package final class AnsweringServer {
    /// Acts for one answer, one after the other.
    package enum Act: Sendable {
        case write(String)
        case pause(TimeSpan)
        /// Ends the connection in order.
        case close
    }

    /// Connections so far, and the requests of each.
    package private(set) var requestCounts: [Int] = []

    private let loop: EventLoop
    private let answer: (_ post: Int) -> [Act]
    private var listener: TCPListener?
    private var connections: [Served] = []
    private var posts = 0

    /// - Parameter answer: gets the number of the POST, from 0.
    package init(loop: EventLoop, answer: @escaping (_ post: Int) -> [Act]) throws(SystemError) {
        self.loop = loop
        self.answer = answer
        listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { [unowned self] in
            serve($0)
        }
    }

    package var port: UInt16 { listener!.localPort }

    package func close() {
        listener?.close()
        for served in connections { served.close() }
    }

    private func serve(_ connection: TCPConnection) {
        let index = requestCounts.count
        requestCounts.append(0)
        let served = Served(connection, loop) { [unowned self] isPost in
            requestCounts[index] += 1
            guard isPost else { return [.write(Self.models)] }
            posts += 1
            return answer(posts - 1)
        }
        connections.append(served)
        served.begin()
    }

    private static let models = whole(
        #"{"object":"list","data":[{"id":"small","object":"model"}]}"#)

    /// A response with a document.
    package static func whole(
        _ body: String, type: String? = "application/json", status: String = "200 OK"
    ) -> String {
        let field = type.map { "content-type: \($0)\r\n" } ?? ""
        return "HTTP/1.1 \(status)\r\n\(field)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// The head of a chunked response.
    package static func head(type: String? = "text/event-stream") -> String {
        let field = type.map { "content-type: \($0)\r\n" } ?? ""
        return "HTTP/1.1 200 OK\r\n\(field)transfer-encoding: chunked\r\n\r\n"
    }

    /// One event in a chunk of its own.
    package static func event(_ data: String) -> String {
        let line = "data: \(data)\n\n"
        return String(line.utf8.count, radix: 16) + "\r\n" + line + "\r\n"
    }

    /// The end of a chunked body.
    package static let end = "0\r\n\r\n"

    /// One connection: reads requests, performs the acts of each before it looks at the next.
    private final class Served {
        private let connection: TCPConnection
        private let timer: LoopTimer
        private let respond: (_ isPost: Bool) -> [Act]
        private var unread: [UInt8] = []
        private var isClosed = false

        init(
            _ connection: TCPConnection, _ loop: EventLoop,
            _ respond: @escaping (_ isPost: Bool) -> [Act]
        ) {
            self.connection = connection
            self.respond = respond
            timer = LoopTimer(loop: loop)
        }

        func begin() {
            connection.startReading(
                onBytes: { [self] bytes in
                    unread += bytes
                    while let isPost = takeRequest() { perform(respond(isPost)[...]) }
                }, onEnd: { [self] _ in close() })
        }

        /// Takes a whole request off what was read, and says whether it is a POST.
        private func takeRequest() -> Bool? {
            let end = Array("\r\n\r\n".utf8)
            guard
                let head = unread.indices.first(where: { unread[$0...].starts(with: end) })
            else { return nil }
            let fields = String(decoding: unread[..<head], as: UTF8.self).lowercased()
            let length =
                fields.split(separator: "\r\n")
                .first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
            let count = head + end.count + length
            guard unread.count >= count else { return nil }
            unread.removeFirst(count)
            return fields.hasPrefix("post")
        }

        private func perform(_ acts: ArraySlice<Act>) {
            guard let act = acts.first, !isClosed else { return }
            let rest = acts.dropFirst()
            switch act {
            case .write(let text):
                connection.write(Array(text.utf8))
                perform(rest)
            case .pause(let span): timer.start(after: span) { [self] in perform(rest) }
            case .close: close()
            }
        }

        func close() {
            guard !isClosed else { return }
            isClosed = true
            timer.close()
            connection.close()
        }
    }
}
