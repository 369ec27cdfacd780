package import EventLoop
import TLSStream

/// A server that speaks TLS and hands the plain bytes on to a port of this host, as a gateway does.
///
/// Confined to its loop.
package final class TLSForwarder {
    /// How it treats its clients.
    package enum Manner: Hashable, Sendable {
        case orderly
        /// Its records leave byte by byte, each on a turn of its own.
        case dripping
        /// It changes its keys before every write, and asks for new ones.
        case updatingKeys
        /// It ends connections without a close_notify.
        case cutting
    }

    /// Facts that it knows of a client.
    package struct Client: Hashable, Sendable {
        package var name: String?
        package var version: String
        package var hasProtocol: Bool
    }

    /// Clients whose handshake was completed.
    package private(set) var clients: [Client] = []
    package private(set) var accepted = 0
    package var port: UInt16 { listener.localPort }

    private let loop: EventLoop
    private let context: TestServerContext
    private let backend: UInt16
    private let manner: Manner
    private var listener: TCPListener!
    private var pairs: [Pair] = []

    package init(
        loop: EventLoop, host: String = "127.0.0.1", certificate: TestCertificate,
        speaksTLS12: Bool = false, manner: Manner = .orderly,
        demand: TestServerContext.Demand = .none, backend: UInt16
    ) throws {
        self.loop = loop
        self.backend = backend
        self.manner = manner
        context = TestServerContext(
            certificate, speaksTLS12: speaksTLS12, demand: demand)
        listener = try TCPListener(loop: loop, host: host, port: 0) { [unowned self] socket in
            accepted += 1
            let pair = Pair(socket, context.makeSession(), manner, backend: backend) {
                [unowned self] client in
                clients.append(client)
            }
            pairs.append(pair)
            pair.begin()
        }
    }

    package func close(_ done: (() -> Void)? = nil) {
        for pair in pairs { pair.close() }
        listener.close { [self] in
            pairs = []
            done?()
        }
    }

    /// A client and its connection to the backend.
    private final class Pair {
        private let client: TCPConnection
        private let session: TLSSession
        private let manner: Manner
        private let backend: UInt16
        private let onEstablished: (Client) -> Void
        private var server: TCPConnection?
        private var attempt: TCPConnection?
        private var early: [UInt8] = []
        private var drip: [UInt8] = []
        private var isEnding = false
        private let plain = UnsafeMutableRawBufferPointer.allocate(
            byteCount: TLSSession.recordBytes, alignment: 16)

        init(
            _ client: TCPConnection, _ session: TLSSession, _ manner: Manner, backend: UInt16,
            onEstablished: @escaping (Client) -> Void
        ) {
            self.client = client
            self.session = session
            self.manner = manner
            self.backend = backend
            self.onEstablished = onEstablished
        }

        deinit { plain.deallocate() }

        func begin() {
            client.startReading { [self] in
                fromClient($0)
            } onEnd: { [self] _ in
                close()
            }
        }

        /// Connects to the backend, once the client is known.
        private func connect() {
            attempt = TCPConnection.connect(
                loop: client.loop, to: SocketAddress(numeric: "127.0.0.1", port: backend)!
            ) { [self] result in
                attempt = nil
                guard case .success(let server) = result, !client.isClosed else {
                    if case .success(let server) = result { server.close() }
                    return close()
                }
                self.server = server
                server.startReading { [self] in
                    toClient($0)
                } onEnd: { [self] _ in
                    end()
                }
                server.write(early)
                early = []
            }
        }

        private func fromClient(_ bytes: UnsafeRawBufferPointer) {
            session.add(bytes)
            do {
                if !session.isEstablished {
                    guard try session.advanceHandshake() else { return flush() }
                    onEstablished(
                        Client(
                            name: session.askedName, version: session.version,
                            hasProtocol: session.hasProtocol))
                    connect()
                }
                while true {
                    switch try session.read(into: plain) {
                    case .bytes(let count):
                        let found = Array(plain[..<count])
                        if let server { server.write(found) } else { early += found }
                    case .needsInput: return flush()
                    case .ended: return close()
                    }
                }
            } catch {
                flush()
                close()
            }
        }

        private func toClient(_ bytes: UnsafeRawBufferPointer) {
            guard session.isEstablished, !client.isClosed else { return }
            if manner == .updatingKeys { session.updateKeys() }
            // The session takes what it is given: a failure is the test's own.
            try! session.write(Array(bytes)[...])
            flush()
        }

        private func flush() {
            let records = session.takeOutput()
            guard !records.isEmpty, !client.isClosed else { return }
            guard manner == .dripping else { return client.write(records) }
            let isRunning = !drip.isEmpty
            drip += records
            if !isRunning { dripOn() }
        }

        private func dripOn() {
            guard !client.isClosed, let byte = drip.first else {
                if isEnding { client.shutdownWrite() }
                return
            }
            client.write([byte])
            client.loop.next { [self] in
                drip.removeFirst()
                dripOn()
            }
        }

        /// The backend has nothing more to say.
        private func end() {
            server?.close()
            guard !client.isClosed else { return }
            guard manner != .cutting else { return client.close() }
            session.close()
            isEnding = true
            flush()
            if manner != .dripping { client.shutdownWrite() }
        }

        func close() {
            client.close()
            server?.close()
            attempt?.close()
        }
    }
}
