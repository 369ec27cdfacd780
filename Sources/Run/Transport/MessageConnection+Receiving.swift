import Bytes
import EventLoop
import TimeBase
import TokenLog
import Wire

extension MessageConnection {
    /// Everything that comes from the network passes here.
    func received(_ bytes: UnsafeRawBufferPointer, from socket: TCPConnection) {
        let arrival =
            socket.lastReceipt.map { Arrival(read: $0.read, kernel: $0.kernel) }
            ?? Arrival(read: RawClock.now())
        do {
            guard isProtected else { return try receivedPlain(bytes, arrival) }
            if phase == .up {
                engine?.add(bytes)
            } else {
                try receivedUnproven(bytes, arrival)
            }
            while phase == .up, let plain = try engine?.read() {
                try receivedPlain(plain, arrival)
            }
        } catch {
            fail(error)
        }
    }

    /// Shows OpenSSL one acceptable record after the other until the peer has proved itself, and
    /// the rest, if any, after that.
    private func receivedUnproven(
        _ bytes: UnsafeRawBufferPointer, _ arrival: Arrival
    ) throws(TransportError) {
        var rest = Array(bytes)[...]
        while phase == .handshaking || phase == .proving {
            guard let record = try gate.takeRecord(from: &rest) else { return }
            record.withUnsafeBytes { tls().add($0) }
            if phase == .handshaking { try advanceHandshake() }
            while phase == .proving, let plain = try tls().read() {
                try receivedPlain(plain, arrival)
            }
        }
        if phase == .up { rest.withUnsafeBytes { engine?.add($0) } }
    }

    /// The engine, made when the first acceptable record is complete: a peer that sends rubbish
    /// costs no OpenSSL memory.
    private func tls() -> TLSEngine {
        if let engine { return engine }
        guard let context else { preconditionFailure("a protected connection has a TLS context") }
        let engine = TLSEngine(context: context, side: side)
        self.engine = engine
        return engine
    }

    /// Goes on with the handshake; at its end, sends this side's proof and awaits the other's.
    func advanceHandshake() throws(TransportError) {
        let engine = tls()
        if try engine.advanceHandshake(), let keys {
            let exporter = engine.exporter()
            expectedProof = keys.proof(of: role.other, exporter: exporter)
            phase = .proving
            try engine.write(Preface.encoded(role, proof: keys.proof(of: role, exporter: exporter)))
        }
        // Not reached after an error: a failure sends no alert.
        engine.sendOutput { socket?.write($0) }
    }

    /// Bytes as the peer's transport wrote them: its preface, then frames.
    private func receivedPlain(
        _ bytes: UnsafeRawBufferPointer, _ arrival: Arrival
    ) throws(TransportError) {
        var rest = bytes
        if phase == .proving {
            let part = rest.prefix(Preface.byteCount - preface.count)
            preface += part
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            if !isProtected { try Preface.checkBeginning(preface) }
            guard preface.count == Preface.byteCount else { return }
            try Preface.check(preface, from: role.other, expected: expectedProof)
            becomeUp()
        }
        guard phase == .up else { return }
        reader.append(rest)
        while phase == .up, let frame = try nextFrame() {
            let message = try message(of: frame)
            onMessage?(message, arrival)
        }
    }

    private func nextFrame() throws(TransportError) -> Frame? {
        do { return try reader.next() } catch {
            // Whatever the other version makes of it, its frame says which version this side has.
            if case .otherVersion = error.problem { send(.goodbye(error.description)) }
            throw .decoding(error)
        }
    }

    private func message(of frame: Frame) throws(TransportError) -> Message {
        guard frame.isCompressed else {
            do { return try Message(frame, from: role.other) } catch { throw .decoding(error) }
        }
        let inflater = inflater ?? Inflater()
        self.inflater = inflater
        let payload: [UInt8]
        do {
            payload = try inflater.inflate(frame.payload, statedLength: frame.inflatedLength)
        } catch { throw .inflation(error) }
        do {
            return try Message(kind: frame.kind, payload: payload, from: role.other)
        } catch { throw .decoding(error) }
    }

    /// The peer's direction is over.
    func ended(_ error: SystemError?) {
        switch phase {
        case .connecting, .closed: break
        case .handshaking, .proving:
            // A peer that closes with our bytes unread resets the connection.
            let isRefusal = error?.isConnectionReset ?? true
            fail(isRefusal ? .closedDuringHandshake : .system(error!))
        case .up:
            fail(error.map { .system($0) } ?? .peerClosed(midFrame: reader.heldByteCount > 0))
        }
    }
}

extension Role {
    /// The role of the peer.
    var other: Role {
        switch self {
        case .agent: .coordinator
        case .coordinator: .agent
        }
    }
}
