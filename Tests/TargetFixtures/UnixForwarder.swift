package import EventLoop
import Glibc

/// A server on a Unix socket that hands its bytes on to a port of this host.
///
/// Confined to its loop.
package final class UnixForwarder {
    package private(set) var accepted = 0
    package let path: String

    private let loop: EventLoop
    private let backend: UInt16
    private let descriptor: Int32
    private var poller: Poller?
    private var pairs: [Pair] = []

    /// - Parameter acceptsAtOnce: else only after ``beginAccepting()``, and two connections fill
    ///   its queue.
    package init(
        loop: EventLoop, path: String, backend: UInt16, acceptsAtOnce: Bool = true
    ) throws(SystemError) {
        self.loop = loop
        self.path = path
        self.backend = backend
        let own = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = own
        guard let address = SocketAddress(unixPath: path),
            address.withSockaddr({ bind(own, $0, $1) }) == 0,
            listen(own, acceptsAtOnce ? 64 : 1) == 0
        else { throw SystemError(errno: errno, attempted: "listen on \(path)") }
        if acceptsAtOnce { beginAccepting() }
    }

    package func beginAccepting() {
        guard let poller = try? Poller(loop: loop, fd: descriptor) else { return }
        self.poller = poller
        poller.start(readable: true, writable: false) { [unowned self] _ in accept() }
    }

    private func accept() {
        let client = Glibc.accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        accepted += 1
        let pair = Pair(client)
        pairs.append(pair)
        pair.begin(loop, backend: backend)
    }

    package func close() {
        for pair in pairs { pair.close() }
        pairs = []
        poller?.close()
        Glibc.close(descriptor)
        unlink(path)
    }

    /// A client and its connection to the backend. Small answers only: it does not wait for room.
    private final class Pair {
        private let client: Int32
        private var poller: Poller?
        private var server: TCPConnection?
        private var attempt: TCPConnection?
        private var isClosed = false

        init(_ client: Int32) { self.client = client }

        func begin(_ loop: EventLoop, backend: UInt16) {
            attempt = TCPConnection.connect(
                loop: loop, to: SocketAddress(numeric: "127.0.0.1", port: backend)!
            ) { [self] result in
                attempt = nil
                guard case .success(let server) = result else { return close() }
                guard !isClosed else { return server.close() }
                self.server = server
                server.startReading { [self] bytes in
                    _ = send(client, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                } onEnd: { [self] _ in
                    close()
                }
                guard let poller = try? Poller(loop: loop, fd: client) else { return close() }
                self.poller = poller
                poller.start(readable: true, writable: false) { [self] _ in pump() }
            }
        }

        private func pump() {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(client, &bytes, bytes.count)
            if count > 0 {
                server?.write(Array(bytes[..<count]))
            } else if count == 0 || errno != EAGAIN {
                close()
            }
        }

        func close() {
            guard !isClosed else { return }
            isClosed = true
            attempt?.close()
            server?.close()
            poller?.close()
            Glibc.close(client)
        }
    }
}
