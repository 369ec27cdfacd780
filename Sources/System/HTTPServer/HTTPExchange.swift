package import EventLoop
package import HTTP

/// A request and the answer to it: either ``respond(_:)`` once, or ``beginStream(type:headers:)``,
/// any number of chunks, and an end.
///
/// Confined to the loop's thread. When the client goes away first, ``whenAborted`` is called once
/// and everything written afterwards is dropped.
package final class HTTPExchange {
    package let request: HTTPRequest
    /// Called when the client went away before the end of the answer, never after it.
    package var whenAborted: (() -> Void)?

    private enum State {
        /// Exits to `streaming`, or to `ended` by a complete answer or an abort.
        case open
        /// Exits to `ended`.
        case streaming
        case ended
    }

    private var state = State.open
    private let connection: HTTPServerConnection

    init(request: HTTPRequest, connection: HTTPServerConnection) {
        self.request = request
        self.connection = connection
    }

    /// The other side.
    package var remoteAddress: SocketAddress { connection.remoteAddress }

    /// The path without its query.
    package var path: Substring { request.path.prefix { $0 != "?" } }

    /// Whether nothing more can be written: the answer has ended or the client is gone.
    package var isEnded: Bool { state == .ended }

    /// Gives the whole answer.
    package func respond(_ answer: HTTPAnswer) {
        guard state != .ended else { return }
        precondition(state == .open, "A request is answered once.")
        connection.write { bytes in
            answer.write(
                to: &bytes, keepAlive: request.keepAlive, omittingBody: request.method == "HEAD")
        }
        finish()
    }

    /// Bytes of the answer that the client has not taken yet.
    package var bytesQueued: Int { isEnded ? 0 : connection.bytesQueued }

    /// Begins an answer with status 200 whose body comes in chunks; to a client of HTTP/1.0, whose
    /// body ends with the connection.
    package func beginStream(type: HTTPAnswer.MediaType, headers: [HTTPField] = []) {
        guard state != .ended else { return }
        precondition(state == .open, "A stream begins once.")
        state = .streaming
        connection.write { bytes in
            HTTPAnswer.writeHead(200, type, to: &bytes)
            HTTPAnswer.write(headers, to: &bytes)
            if isChunked { bytes.append(contentsOf: "transfer-encoding: chunked\r\n".utf8) }
            if !keepsAlive { bytes.append(contentsOf: "connection: close\r\n".utf8) }
            bytes.append(contentsOf: "\r\n".utf8)
        }
    }

    /// Writes one chunk, at once.
    package func write(_ chunk: [UInt8]) {
        guard state != .ended, !chunk.isEmpty else { return }
        precondition(state == .streaming, "A chunk belongs to a stream that has begun.")
        connection.write { bytes in frame(chunk, to: &bytes) }
    }

    /// Writes last chunks and the end of the stream, in one piece.
    package func end(after chunks: [UInt8]...) {
        guard state != .ended else { return }
        precondition(state == .streaming, "A stream ends after it has begun.")
        connection.write { bytes in
            for chunk in chunks where !chunk.isEmpty { frame(chunk, to: &bytes) }
            if isChunked { bytes.append(contentsOf: "0\r\n\r\n".utf8) }
        }
        finish()
    }

    private var isChunked: Bool { request.isHTTP11 }
    private var keepsAlive: Bool { request.keepAlive && isChunked }

    private func frame(_ chunk: [UInt8], to bytes: inout [UInt8]) {
        if isChunked {
            bytes.append(contentsOf: String(chunk.count, radix: 16).utf8)
            bytes.append(contentsOf: [0x0D, 0x0A])
        }
        bytes.append(contentsOf: chunk)
        if isChunked { bytes.append(contentsOf: [0x0D, 0x0A]) }
    }

    private func finish() {
        let keepAlive = state == .streaming ? keepsAlive : request.keepAlive
        state = .ended
        whenAborted = nil
        connection.exchangeEnded(keepAlive: keepAlive)
    }

    /// Gives the client up: its connection is closed, and ``whenAborted`` is called.
    package func drop() {
        guard state != .ended else { return }
        connection.close()
    }

    /// The client is gone.
    func abort() {
        guard state != .ended else { return }
        state = .ended
        let body = whenAborted
        whenAborted = nil
        body?()
    }
}
