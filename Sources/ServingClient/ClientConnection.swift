import EventLoop
import Glibc
import TimeBase
import TokenLog

/// One TCP connection to a target: connects, writes a request, reads its answer, is used again.
///
/// Confined to the loop. All that happens is told to the client, which decides.
final class ClientConnection {
    private enum Phase {
        /// Exits to `idle` or `busy` when open, to `closed` when refused or given up.
        case connecting
        /// Exits to `busy` with a request, to `closed` when the server closes it.
        case idle
        /// Has an exchange; exits to `idle` after an answer that allows it, else to `closed`.
        case busy
        case closed
    }

    let target: Int
    let opened: LocalInstant
    private(set) var exchange: Exchange?
    /// Whether it has carried an answer.
    private(set) var hasServed = false
    /// Called once when it is open or could not be opened, and it has no exchange.
    var whenOpen: ((SystemError?) -> Void)?
    /// Its place among the client's connections.
    var place = 0

    private let descriptor: Int32
    private let poller: Poller
    private let address: SocketAddress
    /// Sound: the client closes every connection before it goes, and a closed one calls nobody.
    private unowned(unsafe) let client: ServingClient
    private var phase = Phase.connecting
    /// Whether the poller waits for room to write, too: telling it again costs a system call.
    private var waitsForRoom = true

    /// Most reads of one connection in one turn, so that one fast stream starves no other.
    private static let readsPerTurn = 4

    /// Begins to connect.
    init(
        client: ServingClient, loop: EventLoop, target: Int, address: SocketAddress
    ) throws(SystemError) {
        let attempted = "connect to \(address)"
        let kind =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else {
            throw SystemError(
                errno: errno, attempted: attempted,
                remedy: "raise the limit of open files (ulimit -n)")
        }
        var on: Int32 = 1
        _ = setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on,
            socklen_t(MemoryLayout<Int32>.size))
        KernelStamps.ask(descriptor)
        let result = address.withSockaddr { connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let code = errno
            close(descriptor)
            throw SystemError(errno: code, attempted: attempted)
        }
        do {
            poller = try Poller(loop: loop, fd: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.client = client
        self.target = target
        self.address = address
        opened = RawClock.now()
        // Sound: the poller drops the closure when it is closed, and `end` closes it; the client
        // holds every connection that has not ended.
        poller.start(readable: false, writable: true) { [unowned(unsafe) self] events in
            became(events)
        }
    }

    var isConnecting: Bool { phase == .connecting }
    var isClosed: Bool { phase == .closed }

    private func became(_ events: PollEvents) {
        switch phase {
        case .connecting: connected()
        case .idle: idleBecameReadable()
        case .busy:
            guard let exchange else { return }
            if waitsForRoom, events.contains(.writable), exchange.sent == nil { write(exchange) }
            if events != .writable, self.exchange === exchange { read(exchange) }
        case .closed: break
        }
    }

    private func connected() {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else {
            client.couldNotConnect(
                self, SystemError(errno: code, attempted: "connect to \(address)"))
            return
        }
        phase = .idle
        waitForRoom(false)
        if let exchange {
            phase = .busy
            write(exchange)
        } else {
            client.opened(self)
        }
    }

    /// Gives it an exchange: written at once, or as soon as it is open.
    ///
    /// - Returns: false when the server has closed the idle connection; nothing was sent, and the
    ///   exchange belongs on another connection.
    func begin(_ exchange: Exchange) -> Bool {
        precondition(self.exchange == nil, "a connection carries one request at a time")
        switch phase {
        case .connecting:
            self.exchange = exchange
        case .idle:
            guard isStillOpen else { return false }
            self.exchange = exchange
            phase = .busy
            write(exchange)
        case .busy, .closed:
            preconditionFailure("a request was given to a connection that is not free")
        }
        return true
    }

    /// Whether an idle connection has neither ended nor anything unasked to read.
    private var isStillOpen: Bool {
        var byte: UInt8 = 0
        let count = recv(
            descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    private func idleBecameReadable() {
        // Its end, or bytes that nobody asked for: in both cases it is of no more use.
        if !isStillOpen { client.idleEnded(self) }
    }

    private func write(_ exchange: Exchange) {
        while exchange.written < exchange.bytes.count {
            let count = exchange.bytes.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress! + exchange.written,
                    bytes.count - exchange.written,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                exchange.written += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                waitForRoom(true)
                return
            } else if errno != EINTR {
                let error = SystemError(errno: errno, attempted: "send to \(address)")
                // What the server said before it closed explains more than the closing.
                read(exchange)
                if self.exchange === exchange {
                    client.broke(self, exchange, .reset, error.description)
                }
                return
            }
        }
        let now = RawClock.now()
        exchange.sent = now
        exchange.stamps.sent(at: now)
        waitForRoom(false)
        client.sent(exchange, at: now)
    }

    private func waitForRoom(_ waits: Bool) {
        guard waits != waitsForRoom else { return }
        waitsForRoom = waits
        poller.update(readable: true, writable: waits)
    }

    private func read(_ exchange: Exchange) {
        for _ in 0..<Self.readsPerTurn {
            let read = client.stamps.receive(descriptor)
            let now = RawClock.now()
            if read.count > 0 {
                client.received(self, exchange, read, at: now)
                // The sink may have cancelled it, or it has ended.
                guard self.exchange === exchange, read.count == KernelStamps.readBytes else {
                    return
                }
            } else if read.count == 0 {
                client.ended(self, exchange, at: now)
                return
            } else if read.count == -Int(EAGAIN) {
                return
            } else if read.count != -Int(EINTR) {
                let error = SystemError(
                    errno: Int32(-read.count), attempted: "receive from \(address)")
                client.broke(self, exchange, .reset, error.description)
                return
            }
        }
    }

    /// Takes the exchange away; the connection is idle when `reusable`, else closed.
    func release(reusable: Bool) {
        exchange = nil
        hasServed = true
        guard reusable, phase == .busy else {
            end()
            return
        }
        phase = .idle
    }

    /// Closes it without a word; allowed at any time.
    func end() {
        guard phase != .closed else { return }
        phase = .closed
        exchange = nil
        poller.close()
        close(descriptor)
    }
}
