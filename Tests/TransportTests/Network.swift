import EventLoop
import LoopRuns
import Randomness
import Testing
import TimeBase
import Wire

@testable import Transport

/// The sockets, timers and processes that a test makes on its loop, closed together at the end: a
/// handle left open is a failure.
final class Network {
    let loop: EventLoop
    private let finish: (String) -> Void
    private var listener: MessageListener?
    private var rawListener: TCPListener?
    private var connections: [MessageConnection] = []
    private var sockets: [TCPConnection] = []
    private var timers: [LoopTimer] = []
    private var children: [ChildProcess] = []
    private var heard: [String] = []
    private var awaited = 0
    private var whenChildrenEnded: (() -> Void)?

    private init(loop: EventLoop, finish: @escaping (String) -> Void) {
        self.loop = loop
        self.finish = finish
    }

    /// Runs `body` on a fresh loop until as many lines were heard as it awaits; returns them sorted
    /// and joined, because the two sides of a connection are not ordered.
    static func run(
        _ body: @escaping @Sendable (Network) throws -> Void
    ) async throws -> String {
        let loop = try EventLoop(name: "network")
        let result: Result<String, any Error> = await loop.runUntilDone { done in
            let network = Network(loop: loop) { done(.success($0)) }
            do {
                try body(network)
            } catch {
                done(.failure(error))
            }
        }
        return try result.get()
    }

    /// How many lines end the test; fewer within 30 s end it too.
    func awaitLines(_ count: Int) {
        awaited = count
        after(.seconds(30)) { [self] in
            awaited = heard.count + 1
            hear("nothing more was heard")
        }
    }

    func hear(_ line: String) {
        heard.append(line)
        guard heard.count == awaited else { return }
        // The closing of what is closed now is not part of it.
        awaited = 0
        let text = heard.sorted().joined(separator: "\n")
        for connection in connections { connection.close() }
        for socket in sockets { socket.close() }
        for timer in timers { timer.close() }
        rawListener?.close()
        for child in children { child.kill(9) }
        // The closures hold this object, and this object the connections: cut that circle.
        let release = {
            self.connections = []
            self.sockets = []
            self.timers = []
            self.listener = nil
            self.rawListener = nil
            self.finish(text)
        }
        whenChildrenEnded = {
            guard let listener = self.listener else { return self.loop.next(release) }
            listener.close(release)
        }
        endIfChildless()
    }

    private func endIfChildless() {
        guard children.isEmpty, let body = whenChildrenEnded else { return }
        whenChildrenEnded = nil
        body()
    }

    /// A program whose standard output goes to `onOutput`; killed at the end of the test.
    func spawn(
        _ executable: String, _ arguments: [String], inheritedDescriptors: [Int32] = [],
        onOutput: @escaping (String) -> Void
    ) throws {
        var child: ChildProcess?
        child = try ChildProcess.spawn(
            loop: loop, executable: executable, arguments: arguments,
            inheritedDescriptors: inheritedDescriptors,
            standardOutput: .piped { onOutput(String(decoding: $0, as: UTF8.self)) },
            standardError: .discarded
        ) { [self] _ in
            child?.close()
            children.removeAll { $0 === child }
            endIfChildless()
        }
        children += [child].compactMap { $0 }
    }

    /// A coordinator's listener; says "refused: reason" of peers that it turns away.
    func listen(
        security: Security, role: Role = .coordinator, limits: TransportLimits = TransportLimits(),
        onConnection: @escaping (MessageConnection) -> Void = { _ in }
    ) throws -> HostPort {
        let listener = try MessageListener(
            loop: loop, at: HostPort(host: "127.0.0.1", port: 0), role: role, security: security,
            limits: limits
        ) { [self] error, _ in
            hear("refused: \(error)")
        } onConnection: { [self] connection in
            connections.append(connection)
            onConnection(connection)
        }
        self.listener = listener
        return HostPort(host: "127.0.0.1", port: listener.localPort)
    }

    /// An agent's connection.
    func connect(
        to address: HostPort, security: Security, role: Role = .agent,
        limits: TransportLimits = TransportLimits()
    ) -> MessageConnection {
        let connection = MessageConnection.connect(
            loop: loop, to: address, role: role, security: security, limits: limits)
        connections.append(connection)
        connection.onClosed = { [self] in hear("closed: \($0?.description ?? "by us")") }
        return connection
    }

    /// A server that speaks bytes.
    func listenRaw(_ onConnection: @escaping (TCPConnection) -> Void) throws -> HostPort {
        let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) {
            [self] socket in
            sockets.append(socket)
            onConnection(socket)
        }
        rawListener = listener
        return HostPort(host: "127.0.0.1", port: listener.localPort)
    }

    /// A client that speaks bytes.
    func connectRaw(to address: HostPort, _ body: @escaping (TCPConnection) -> Void) {
        TCPConnection.connect(
            loop: loop, to: SocketAddress(numeric: address.host, port: address.port)!
        ) { [self] result in
            guard case .success(let socket) = result else { return hear("\(result)") }
            sockets.append(socket)
            body(socket)
        }
    }

    /// A proxy that hands on what `change` makes of the bytes from the client; nil cuts both sides.
    func proxy(
        to address: HostPort, change: @escaping ([UInt8]) -> [UInt8]?
    ) throws -> HostPort {
        try listenRaw { [self] client in
            connectRaw(to: address) { server in
                client.startReading { bytes in
                    if let changed = change(Array(bytes)) { return server.write(changed) }
                    server.shutdownWrite()
                    client.stopReading()
                } onEnd: { _ in
                    server.close()
                }
                server.startReading {
                    client.write($0)
                } onEnd: { _ in
                    client.close()
                }
            }
        }
    }

    /// Runs `body` later; only where the passing of time is what is tested.
    func after(_ span: TimeSpan, _ body: @escaping () -> Void) {
        let timer = LoopTimer(loop: loop)
        timers.append(timer)
        timer.start(after: span, body)
    }
}

extension Security {
    static let tested = Security.psk(SharedToken(bytes: [UInt8](repeating: 1, count: 32)))
    static let another = Security.psk(SharedToken(bytes: [UInt8](repeating: 2, count: 32)))
    static let local = Security.insecure(beyondLoopback: false)
}

/// A batch whose payload is made from its number.
func batch(_ number: UInt64, count: Int) -> Message {
    var generator = SplitMix64(seed: number)
    // Eight bytes a draw: some of it compresses, and a debug build makes a megabyte in no time.
    // An array with room for none would be the empty one of all threads, and be written to.
    let payload =
        count == 0
        ? []
        : [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            var word: UInt64 = 0
            for index in 0..<count {
                if index % 8 == 0 { word = generator.next() & 0x3f3f_3f3f_3f3f_3f3f }
                buffer[index] = UInt8(truncatingIfNeeded: word >> UInt64(index % 8 * 8))
            }
            used = count
        }
    return .batch(Batch(number: number, records: 1, payload: payload))
}
