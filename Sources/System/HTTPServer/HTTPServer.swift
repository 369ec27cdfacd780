package import EventLoop
package import HTTP
package import TimeBase

/// A small HTTP/1.1 server on an event loop: keep-alive, chunked streams, bounded everything.
///
/// Confined to its loop's thread. Every request becomes one ``HTTPExchange`` that the handler
/// answers when it likes, at once or token by token; requests of one connection are handled one
/// after the other, so that a pipelined one waits for the answer before it.
package final class HTTPServer {
    /// Limits on the memory and the patience that clients may ask of the server.
    package struct Limits: Hashable, Sendable {
        /// Connections at once; further ones get 503.
        package var connections = 8192
        /// Bytes of a request's body.
        package var bodyBytes = 32 << 20
        /// Bytes that a connection may have sent ahead of the answer in progress.
        package var pipelinedBytes = 64 << 10
        /// Bytes of an answer that a client has not taken before it is given up.
        package var queuedBytes = 4 << 20
        /// How long a connection may stay without a request in progress.
        package var idle = TimeSpan.seconds(600)

        package init() {}
    }

    let loop: EventLoop
    let limits: Limits
    let refusal: (HTTPError) -> HTTPAnswer
    let handler: (HTTPExchange) -> Void
    private var listener: TCPListener?
    private var sweeper: LoopTimer?
    private var connections: [ObjectIdentifier: HTTPServerConnection] = [:]
    /// Where answers are framed before they are written: one for all, used within one call.
    var scratch: [UInt8] = []

    /// The address that the server listens on.
    package let localAddress: SocketAddress
    /// Its port.
    package var localPort: UInt16 { localAddress.port }

    /// Listens on `host`:`port`, 0 for a free port.
    ///
    /// - Parameters:
    ///   - refusal: The answer to bytes that are no request.
    ///   - handler: Answers the requests.
    /// - Throws: the system's refusal, naming host and port.
    package init(
        loop: EventLoop, host: String, port: UInt16, limits: Limits = Limits(),
        refusal: @escaping (HTTPError) -> HTTPAnswer,
        handler: @escaping (HTTPExchange) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.limits = limits
        self.refusal = refusal
        self.handler = handler
        let accepted = Accepted()
        let listener = try TCPListener(loop: loop, host: host, port: port) { connection in
            accepted.body?(connection)
        }
        self.listener = listener
        localAddress = listener.localAddress
        accepted.body = { [unowned self] in accept($0) }
        let sweeper = LoopTimer(loop: loop)
        self.sweeper = sweeper
        let interval = TimeSpan(ns: max(1_000_000, limits.idle.ns / 4))
        sweeper.start(after: interval, repeating: interval) { [unowned self] in
            closeIdle(before: RawClock.now() - limits.idle)
        }
    }

    /// The closure that the listener calls: the server itself exists only after the listener.
    private final class Accepted {
        var body: ((TCPConnection) -> Void)?
    }

    /// Connections that are open.
    package var connectionCount: Int { connections.count }

    /// Bytes of answers that clients have not taken yet. O(connections).
    package var bytesQueued: Int { connections.values.reduce(0) { $0 + $1.bytesQueued } }

    /// Stops listening and closes all connections; answers in progress are aborted.
    package func close() {
        listener?.close()
        listener = nil
        sweeper?.close()
        sweeper = nil
        for connection in Array(connections.values) { connection.close() }
    }

    private func accept(_ socket: TCPConnection) {
        let isFull = connections.count >= limits.connections
        let connection = HTTPServerConnection(socket: socket, server: self)
        connections[ObjectIdentifier(connection)] = connection
        if isFull {
            connection.refuse(
                HTTPAnswer(
                    status: 503, type: .text,
                    body: Array("The server has \(limits.connections) connections already.".utf8)))
        } else {
            connection.start()
        }
    }

    private func closeIdle(before instant: LocalInstant) {
        for connection in Array(connections.values) where connection.isIdle(since: instant) {
            connection.close()
        }
    }

    func forget(_ connection: HTTPServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }
}
