import AnswerStream
import EventLoop
import Glibc
import TimeBase
import TokenLog

/// One connection to a target: connects, writes a request, reads its answer, is used again.
///
/// Confined to the loop. All that happens is told to the client, which decides.
final class ClientConnection {
    enum Phase {
        /// Exits to `idle` or `busy` when open, to `handshaking` when open and TLS is spoken, to
        /// `closed` when refused or given up.
        case connecting
        /// Exits as `connecting`.
        case handshaking
        /// Exits to `busy` with a request, to `closed` when the server closes it.
        case idle
        /// Has an exchange; exits to `idle` after an answer that allows it, to `lingering` after
        /// one whose body has not ended, else to `closed`.
        case busy
        /// Its answer has ended, the body has not; exits to `idle` when that ends in time, else to
        /// `closed`.
        case lingering
        case closed
    }

    let target: Int
    let opened: LocalInstant
    @exclusivity(unchecked) private(set) var exchange: Exchange?
    /// Whether it has carried an answer.
    private(set) var hasServed = false
    /// The exchange whose body still runs, and until when that is waited for.
    var rest: (exchange: Exchange, until: LocalInstant)?
    /// Called once when it is open or could not be opened, and it has no exchange.
    var whenOpen: ((ConnectionError?) -> Void)?
    /// Its position among the client's connections.
    var position = 0

    let descriptor: Int32
    /// Nil where bytes go as they are.
    let channel: SecureChannel?
    let address: SocketAddress
    /// Sound: the client closes every connection before it goes, and a closed one calls nobody.
    unowned(unsafe) let client: ServingClient
    @exclusivity(unchecked) var phase = Phase.connecting
    private let poller: Poller
    /// Whether the poller waits for room to write, too: telling it again costs a system call.
    @exclusivity(unchecked) private var waitsForRoom: Bool
    /// Tries again to connect to a socket whose queue is full.
    private var queueTimer: LoopTimer?

    /// Most reads of one connection in one turn, so that one fast stream starves no other.
    private static let readsPerTurn = 4

    /// How often a Unix socket is asked again that has no room for a connection.
    private static let queueInterval = TimeSpan.milliseconds(1)

    /// Begins to connect.
    ///
    /// - Parameter channel: speaks TLS over the connection.
    init(
        client: ServingClient, loop: EventLoop, target: Int, address: SocketAddress,
        channel: SecureChannel?
    ) throws(SystemError) {
        let kind =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, kind, 0)
        guard descriptor >= 0 else {
            throw SystemError(
                errno: errno, attempted: "connect to \(address)",
                remedy: "raise the limit of open files (ulimit -n)")
        }
        if address.family != AF_UNIX {
            var on: Int32 = 1
            _ = setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on,
                socklen_t(MemoryLayout<Int32>.size))
        }
        // A kernel that refuses leaves the callback stamps, which are marked as such.
        _ = EventLoop.stampReceives(of: descriptor)
        let isQueued: Bool
        do {
            isQueued = try !Self.connect(descriptor, to: address)
            poller = try Poller(loop: loop, fd: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.channel = channel
        self.client = client
        self.target = target
        self.address = address
        opened = RawClock.now()
        waitsForRoom = !isQueued
        // Sound: the poller drops the closure when it is closed, and `end` closes it; the client
        // holds every connection that has not ended.
        poller.start(readable: false, writable: !isQueued) { [unowned(unsafe) self] events in
            became(events)
        }
        if isQueued { queue(loop) }
    }

    /// Connects, or begins to.
    ///
    /// - Returns: false where a Unix socket's queue is full, which the kernel does not wait for.
    private static func connect(
        _ descriptor: Int32, to address: SocketAddress
    ) throws(SystemError) -> Bool {
        let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
        if result == 0 || errno == EINPROGRESS { return true }
        if errno == EAGAIN, address.family == AF_UNIX { return false }
        throw SystemError(errno: errno, attempted: "connect to \(address)")
    }

    private func queue(_ loop: EventLoop) {
        let timer = LoopTimer(loop: loop)
        queueTimer = timer
        timer.start(after: Self.queueInterval, repeating: Self.queueInterval) {
            [unowned(unsafe) self] in
            do throws(SystemError) {
                guard try Self.connect(descriptor, to: address) else { return }
            } catch {
                return client.couldNotConnect(self, .system(error))
            }
            queueTimer?.close()
            queueTimer = nil
            waitsForRoom = true
            poller.update(readable: false, writable: true)
        }
    }

    var isConnecting: Bool { phase == .connecting || phase == .handshaking }
    /// The step that an opening connection is at, as it reads after "cannot".
    var attempted: String {
        phase == .handshaking ? "finish the TLS handshake with" : "connect to"
    }
    var isClosed: Bool { phase == .closed }

    private func became(_ events: PollEvents) {
        switch phase {
        case .connecting: connected()
        case .handshaking: handshakeBecame(events)
        case .idle: idleBecame(events)
        case .busy:
            guard let exchange else { return }
            if waitsForRoom, events.contains(.writable) { hasRoom(exchange) }
            if events != .writable, self.exchange === exchange { read(exchange) }
        case .lingering:
            if waitsForRoom, events.contains(.writable) { flushRecords() }
            if events != .writable { readRest() }
        case .closed: break
        }
    }

    private func connected() {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else {
            client.couldNotConnect(
                self, .system(SystemError(errno: code, attempted: "connect to \(address)")))
            return
        }
        waitForRoom(false)
        guard channel == nil else { return beginHandshake() }
        becameOpen()
    }

    func becameOpen() {
        phase = .idle
        if let exchange {
            phase = .busy
            client.begins(exchange)
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
        case .connecting, .handshaking:
            exchange.begins(at: RawClock.now(), onUsed: false)
            self.exchange = exchange
        case .idle:
            guard isStillOpen else { return false }
            exchange.begins(at: RawClock.now(), onUsed: hasServed)
            self.exchange = exchange
            phase = .busy
            client.begins(exchange)
            write(exchange)
        case .busy, .lingering, .closed:
            preconditionFailure("a request was given to a connection that is not free")
        }
        return true
    }

    /// Whether an idle connection has neither ended nor anything unasked to read.
    private var isStillOpen: Bool {
        if let channel { return isStillOpen(channel) }
        var byte: UInt8 = 0
        let count = recv(
            descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    private func idleBecame(_ events: PollEvents) {
        if waitsForRoom, events.contains(.writable) { flushRecords() }
        // Its end, or bytes that nobody asked for: in both cases it is of no more use.
        if events != .writable, !isStillOpen { client.idleEnded(self) }
    }

    private func hasRoom(_ exchange: Exchange) {
        if exchange.sent == nil { write(exchange) } else { flushRecords() }
    }

    private func write(_ exchange: Exchange) {
        if let channel { return writeSealed(exchange, through: channel) }
        var handed = exchange.begun
        while exchange.written < exchange.bytes.count {
            handed = RawClock.now()
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
                return couldNotSend(exchange, errno)
            }
        }
        sentAll(exchange, at: handed)
    }

    func couldNotSend(_ exchange: Exchange, _ code: Int32) {
        let error = SystemError(errno: code, attempted: "send to \(address)")
        // The server's words before it closed explain more than the closing.
        read(exchange)
        if self.exchange === exchange {
            client.broke(self, exchange, .reset, error.description)
        }
    }

    /// - Parameter now: before the system call that took the last byte. After it would be too late:
    ///   the call wakes a server of the same host up, which may run, and answer, before it returns.
    func sentAll(_ exchange: Exchange, at now: LocalInstant) {
        exchange.sent = now
        exchange.stamps.sent(at: now)
        waitForRoom(false)
        client.sent(exchange, at: now)
    }

    func waitForRoom(_ waits: Bool) {
        guard waits != waitsForRoom else { return }
        waitsForRoom = waits
        poller.update(readable: true, writable: waits)
    }

    private func read(_ exchange: Exchange) {
        // Held once, not at every use.
        let client = client
        for _ in 0..<Self.readsPerTurn {
            let (count, receipt) = client.loop.receive(descriptor)
            let now = receipt.read
            if count > 0 {
                let bytes = client.loop.received(count)
                client.noteRead(of: count)
                if let channel {
                    received(bytes, of: exchange, through: channel, receipt.kernel, at: now)
                } else {
                    client.received(self, exchange, bytes, stamp: receipt.kernel, at: now)
                }
                // The sink may have cancelled it, or it has ended.
                guard self.exchange === exchange, count == EventLoop.readBufferSize else {
                    return
                }
            } else if count == 0 {
                // TLS says goodbye; without that anybody may have cut the connection.
                client.ended(self, exchange, at: now, isCut: channel != nil)
                return
            } else if count == -Int(EAGAIN) {
                return
            } else if count != -Int(EINTR) {
                let error = SystemError(
                    errno: Int32(-count), attempted: "receive from \(address)")
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

    /// Takes the exchange away and waits for the end of its answer's body, until `instant`.
    func linger(_ exchange: Exchange, until instant: LocalInstant) {
        self.exchange = nil
        hasServed = true
        rest = (exchange, instant)
        phase = .lingering
    }

    /// Its body has ended, and allows another request.
    func becomeIdle() {
        rest = nil
        phase = .idle
    }

    /// Reads on behind an answer that has ended: nothing of it is stamped.
    private func readRest() {
        for _ in 0..<Self.readsPerTurn {
            let (received, _) = client.loop.receive(descriptor)
            if received == -Int(EAGAIN) { return }
            if received == -Int(EINTR) { continue }
            guard received > 0 else { return client.restEnded(self, isReusable: false) }
            var input = client.loop.received(received)
            var isOver = false
            if let channel {
                let (count, end) = channel.open(input, into: client.opened)
                if channel.hasUnsent { flushRecords() }
                input = UnsafeRawBufferPointer(rebasing: client.opened[..<count])
                isOver = end != nil
            }
            guard let (exchange, _) = rest else { return }
            if exchange.stream.readRest(&input) || isOver {
                let keepAlive = exchange.stream.result?.keepAlive == true
                return client.restEnded(
                    self, isReusable: keepAlive && input.isEmpty && !isOver)
            }
        }
    }

    /// Closes it without a word; allowed at any time.
    func end() {
        guard phase != .closed else { return }
        channel?.close(descriptor)
        phase = .closed
        exchange = nil
        rest = nil
        queueTimer?.close()
        poller.close()
        close(descriptor)
    }
}
