package import EventLoop
import TLSStream
package import TimeBase
package import Wire

/// A connection that carries ``Message``s between a coordinator and an agent.
///
/// It is *up* once the other side's first bytes inside the protected connection have proved its
/// role; until then nothing is handed on. Confined to its loop. All calls back come on a later turn
/// than the call that caused them; ``onClosed`` comes exactly once, last, and then everything is
/// released.
package final class MessageConnection {
    package let loop: EventLoop
    /// This side's role; the peer has proved the other.
    package let role: Role
    package let security: Security
    /// Under TLS.
    let isProtected: Bool

    /// The connection can be used. A listener's connections are up when they are handed over.
    package var onUp: (() -> Void)?
    // Called on the loop's thread alone; who sets it anew within the call changes the next one.
    @exclusivity(unchecked) package var onMessage: ((Message, Arrival) -> Void)?
    /// The queue has fallen to the low-water mark after ``isAboveHighWater``.
    package var onDrained: (() -> Void)?
    /// The connection is over: with the reason, or nil when this side closed it.
    package var onClosed: ((TransportError?) -> Void)?

    /// Whether long payloads are deflated; off for probes, whose time must not depend on it.
    package var deflates = true
    /// The other side, once there is a connection.
    package internal(set) var remoteAddress: SocketAddress?
    /// Set when more than ``TransportLimits/highWater`` bytes wait; ``onDrained`` follows.
    package private(set) var isAboveHighWater = false

    enum Phase {
        /// Resolving and connecting; exits to handshaking, proving (insecure) or closed.
        case connecting
        /// TLS's own handshake; exits to proving or closed.
        case handshaking
        /// The peer's preface is awaited; exits to up or closed.
        case proving
        /// Messages flow; exits to closed.
        case up
        /// Nothing is handed on any more.
        case closed
    }

    // State that every message passes is unchecked: all of it is confined to the loop's thread, and
    // none is touched by what is called while it changes.
    @exclusivity(unchecked) var phase = Phase.connecting
    let limits: TransportLimits
    let keys: KeySchedule?
    var context: TLSContext?
    let side: TLSSession.Side
    @exclusivity(unchecked) var socket: TCPConnection?
    var attempt: TCPConnection?

    // State of the receiving side.
    @exclusivity(unchecked) var engine: TLSEngine?
    var gate: RecordGate
    var preface: [UInt8] = []
    var expectedProof = KeySchedule.noProof
    @exclusivity(unchecked) var reader = FrameReader()
    var inflater: Inflater?

    private let patience: LoopTimer
    private var deflater: Deflater?
    @exclusivity(unchecked) private var outgoing = FrameWriter()

    init(
        loop: EventLoop, role: Role, security: Security, limits: TransportLimits,
        side: TLSSession.Side, keys: KeySchedule?, context: TLSContext?
    ) {
        self.loop = loop
        self.role = role
        self.security = security
        isProtected = security.isProtected
        self.limits = limits
        self.side = side
        self.keys = keys
        self.context = context
        gate = RecordGate(expecting: side == .connecting ? .serverHello : .clientHello)
        patience = LoopTimer(loop: loop)
        patience.start(after: limits.patience) { [unowned self] in
            fail(.timedOut(phase == .connecting ? "connecting" : "the proof of the peer's role"))
        }
    }

    package var isUp: Bool { phase == .up }
    package var isClosed: Bool { phase == .closed }
    /// Bytes that the kernel has not taken yet.
    package var bytesQueued: Int { socket?.bytesQueued ?? 0 }

    /// Asks the kernel to stamp what arrives from now on (``Arrival/kernel``).
    package func stampReceives() {
        guard phase == .up else { return }
        socket?.stampReceives()
    }

    // MARK: Sending

    /// Sends `message` after those before it. Only once the connection is up; after its end
    /// messages are dropped, as ``onClosed`` says.
    ///
    /// A message that does not fit a frame, and a peer that leaves too much unread, end the
    /// connection.
    ///
    /// - Returns: the instant that a message with ``Message/sendingStampOffset`` was stamped with:
    ///   read when all else was done but the checksum, the encryption and the call of the kernel.
    ///   Nil for other messages, and for what was dropped.
    @discardableResult
    package func send(_ message: Message) -> LocalInstant? {
        loop.preconditionCurrent()
        guard phase != .closed else { return nil }
        precondition(phase == .up, "a message was sent before the connection was up")
        outgoing.begin(message)
        let byteCount = outgoing.payloadByteCount
        guard byteCount <= WireLimits.inflatedPayload else {
            fail(.messageTooLarge(message.kind, byteCount: byteCount))
            return nil
        }
        let stampOffset = message.sendingStampOffset
        if deflates && stampOffset == nil && byteCount >= TransportLimits.deflateThreshold {
            let deflater = deflater ?? Deflater()
            self.deflater = deflater
            outgoing.replacePayload(deflated: deflater.deflate(outgoing.payload))
        }
        guard outgoing.payloadByteCount <= WireLimits.framePayload else {
            fail(.messageTooLarge(message.kind, byteCount: byteCount))
            return nil
        }
        var sent: LocalInstant?
        if let stampOffset {
            let now = RawClock.now()
            outgoing.stamp(now, at: stampOffset)
            sent = now
        }
        outgoing.seal()
        outgoing.bytes.withUnsafeBytes { write($0) }
        outgoing.release()
        return sent
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        guard let socket else { return }
        if isProtected {
            guard let engine else { preconditionFailure("bytes were sent before the handshake") }
            do {
                try engine.write(bytes)
            } catch {
                return fail(error)
            }
            engine.sendOutput { socket.write($0) }
        } else {
            socket.write(bytes)
        }
        let queued = socket.bytesQueued
        if queued > limits.queueLimit {
            fail(.stalled(byteCount: queued))
        } else if queued > limits.highWater && !isAboveHighWater {
            isAboveHighWater = true
            awaitLowWater(socket)
        }
    }

    /// An empty write completes when all before it are done; later ones may have come meanwhile.
    private func awaitLowWater(_ socket: TCPConnection) {
        socket.write([]) { [weak self] error in
            guard let self, error == nil, phase == .up else { return }
            if socket.bytesQueued > limits.lowWater { return awaitLowWater(socket) }
            isAboveHighWater = false
            onDrained?()
        }
    }

    // MARK: Ending

    /// Ends the connection now; what is queued is lost. ``onClosed`` comes with nil. Allowed twice.
    package func close() { end(nil) }

    /// Ends the connection after what is queued has been taken by the other side, as far as it
    /// takes it within ``TransportLimits/patience``. ``onClosed`` comes with nil, at once.
    ///
    /// - Parameter released: comes on a later turn, when the socket is closed: a loop may be shut
    ///   down only then.
    package func finish(_ released: (() -> Void)? = nil) {
        guard phase == .up, let socket else {
            close()
            if let released { loop.next(released) }
            return
        }
        self.socket = nil
        end(nil)
        let timer = LoopTimer(loop: loop)
        let release = {
            guard !socket.isClosed else { return }
            timer.close()
            socket.close(released)
        }
        timer.start(after: limits.patience, release)
        // Closing with unread bytes would reset the connection, and the peer lose our last ones.
        socket.startReading { _ in
        } onEnd: { _ in
            release()
        }
        socket.shutdownWrite()
    }

    func fail(_ error: TransportError) { end(error) }

    private func end(_ reason: TransportError?) {
        loop.preconditionCurrent()
        guard phase != .closed else { return }
        phase = .closed
        patience.close()
        attempt?.close()
        attempt = nil
        socket?.close()
        socket = nil
        // Kept until the last call back; then the cycles through the closures are cut.
        loop.next { [self] in
            onUp = nil
            onMessage = nil
            onDrained = nil
            let onClosed = onClosed
            self.onClosed = nil
            onClosed?(reason)
            engine = nil
            inflater = nil
            deflater = nil
            context = nil
        }
    }

    func becomeUp() {
        phase = .up
        patience.close()
        onUp?()
    }
}
