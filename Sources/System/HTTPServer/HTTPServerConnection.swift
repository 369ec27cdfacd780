import EventLoop
import HTTP
import TimeBase

/// One client of an ``HTTPServer``.
final class HTTPServerConnection {
    private let socket: TCPConnection
    // The server owns its connections and closes them before it goes.
    private unowned let server: HTTPServer
    private var parser: HTTPRequestParser
    /// The request that is being answered; what arrives meanwhile waits in `ahead`.
    private var exchange: HTTPExchange?
    private var ahead: [UInt8] = []
    private var lastActivity = RawClock.now()
    private var isClosing = false

    init(socket: TCPConnection, server: HTTPServer) {
        self.socket = socket
        self.server = server
        var limits = HTTPLimits()
        limits.bodyBytes = server.limits.bodyBytes
        parser = HTTPRequestParser(limits: limits)
    }

    var remoteAddress: SocketAddress { socket.remoteAddress }
    /// Bytes that the client has not taken yet.
    var bytesQueued: Int { socket.bytesQueued }

    func start() {
        socket.startReading(
            onBytes: { [unowned self] in received($0) },
            // A client that ends its direction is taken to be gone, as common servers do.
            onEnd: { [unowned self] _ in close() })
    }

    /// Whether no request is in progress and nothing has arrived since `instant`.
    func isIdle(since instant: LocalInstant) -> Bool {
        exchange == nil && lastActivity < instant
    }

    /// Answers without having read a request, and closes.
    func refuse(_ answer: HTTPAnswer) {
        write { answer.write(to: &$0, keepAlive: false) }
        closeWhenSent()
    }

    /// Composes bytes in the server's scratch space and sends them. A client that has too much
    /// waiting for it is given up on the next turn, so that no caller is closed under its feet.
    func write(_ compose: (inout [UInt8]) -> Void) {
        guard !isClosing else { return }
        server.scratch.removeAll(keepingCapacity: true)
        compose(&server.scratch)
        server.scratch.withUnsafeBytes { socket.write($0) }
        if socket.bytesQueued > server.limits.queuedBytes {
            server.loop.next { [self] in close() }
        }
    }

    /// The answer is complete.
    func exchangeEnded(keepAlive: Bool) {
        exchange = nil
        lastActivity = RawClock.now()
        guard !isClosing else { return }
        if !keepAlive { return closeWhenSent() }
        guard !ahead.isEmpty else { return }
        // On a later turn: whoever ended the answer may be in the middle of something.
        server.loop.next { [self] in
            let bytes = ahead
            ahead = []
            bytes.withUnsafeBytes { received($0) }
        }
    }

    /// Closes at once; an answer in progress is aborted.
    func close() {
        guard !socket.isClosed else { return }
        isClosing = true
        socket.close()
        server.forget(self)
        let open = exchange
        exchange = nil
        open?.abort()
    }

    /// Ends this side after what is queued; the socket closes when the client has ended its side
    /// too, which keeps the kernel from cutting off bytes that the client has not read yet.
    private func closeWhenSent() {
        isClosing = true
        lastActivity = RawClock.now()
        socket.stopReading()
        socket.startReading(onBytes: { _ in }, onEnd: { [unowned self] _ in close() })
        socket.shutdownWrite()
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        guard !isClosing else { return }
        lastActivity = RawClock.now()
        if exchange != nil || !ahead.isEmpty {
            guard ahead.count + bytes.count <= server.limits.pipelinedBytes else { return close() }
            ahead.append(contentsOf: bytes)
            return
        }
        var rest = bytes
        do throws(HTTPError) {
            while let event = try parser.next(&rest) {
                switch event {
                case .continueExpected:
                    write { $0.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8) }
                case .request(let request):
                    // Kept before the handler runs: it may end the exchange within its call.
                    guard rest.count <= server.limits.pipelinedBytes else { return close() }
                    ahead.append(contentsOf: rest)
                    let exchange = HTTPExchange(request: request, connection: self)
                    self.exchange = exchange
                    server.handler(exchange)
                    return
                }
            }
        } catch {
            refuse(server.refusal(error))
        }
    }
}
