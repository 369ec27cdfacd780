import EventLoop
import Glibc
import TLSStream
import TimeBase
import TokenLog

/// TLS on a connection: a handshake before it is open, and records around its bytes.
extension ClientConnection {
    // MARK: Opening

    func beginHandshake() {
        phase = .handshaking
        advanceHandshake(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    func handshakeBecame(_ events: PollEvents) {
        if events.contains(.writable) { flushRecords() }
        guard events != .writable else { return }
        let (count, _) = client.loop.receive(descriptor)
        if count > 0 {
            advanceHandshake(client.loop.received(count))
        } else if count == 0 {
            handshakeFailed(.closed)
        } else if count != -Int(EAGAIN) && count != -Int(EINTR) {
            handshakeFailed(
                .system(SystemError(errno: Int32(-count), attempted: "receive from \(address)")))
        }
    }

    private func advanceHandshake(_ bytes: UnsafeRawBufferPointer) {
        guard let channel else { preconditionFailure("a handshake belongs to a secure channel") }
        do throws(HandshakeFault) {
            let isDone = try channel.handshake(bytes)
            flushRecords()
            guard isDone else { return }
            client.agreed(channel, target)
            becameOpen()
        } catch {
            // The alert tells the server's log what was wrong; here the sentence does.
            _ = channel.flush(to: descriptor)
            handshakeFailed(error)
        }
    }

    private func handshakeFailed(_ fault: HandshakeFault) {
        client.couldNotConnect(self, .tls(fault.sentence(client.targets[target])))
    }

    // MARK: Idle

    /// Whether an idle connection has neither ended nor carries an answer that nobody asked for.
    /// Tickets and key updates are taken.
    func isStillOpen(_ channel: SecureChannel) -> Bool {
        // Not a read's buffers, which may be in use: the caller can be inside another answer.
        // Tickets are small, and one plain byte is one too many.
        withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 16) { buffer in
            let sealed = UnsafeMutableRawBufferPointer(rebasing: buffer[16...])
            let plain = UnsafeMutableRawBufferPointer(rebasing: buffer[..<16])
            while !channel.isOver {
                let count = recv(
                    descriptor, sealed.baseAddress, sealed.count, Int32(MSG_DONTWAIT))
                if count < 0, errno == EAGAIN || errno == EWOULDBLOCK { return true }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                let read = UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(sealed)[..<count])
                guard channel.open(read, into: plain).count == 0 else { return false }
                flushRecords()
            }
            return false
        }
    }

    // MARK: Writing

    func writeSealed(_ exchange: Exchange, through channel: SecureChannel) {
        while true {
            let handed = RawClock.now()
            switch channel.flush(to: descriptor) {
            case .blocked: return waitForRoom(true)
            case .failed(let code): return couldNotSend(exchange, code)
            case .done: break
            }
            guard exchange.written < exchange.bytes.count else {
                return sentAll(exchange, at: handed)
            }
            do throws(TLSFault) {
                exchange.written += try channel.seal(exchange.bytes, from: exchange.written)
            } catch {
                return client.broke(self, exchange, .reset, error.sentence(client.targets[target]))
            }
        }
    }

    /// Sends records that are no request's: of the handshake, or of an update of keys. Where that
    /// fails, the next read tells why.
    func flushRecords() {
        guard let channel else { return }
        waitForRoom(channel.flush(to: descriptor) == .blocked)
    }

    // MARK: Reading

    /// Hands on the plain bytes of one read, all under its stamp: the stamp is of the records'
    /// bytes.
    func received(
        _ bytes: UnsafeRawBufferPointer, of exchange: Exchange, through channel: SecureChannel,
        _ stamp: LocalInstant?, at now: LocalInstant
    ) {
        let (count, end) = channel.open(bytes, into: client.opened)
        if channel.hasUnsent, exchange.sent != nil { flushRecords() }
        if count > 0 {
            let plain = UnsafeRawBufferPointer(rebasing: client.opened[..<count])
            client.received(self, exchange, plain, stamp: stamp, at: now)
        }
        guard let end else { return }
        guard self.exchange === exchange else {
            // The answer had ended before, and the connection is free, or nearly so.
            if phase == .idle { client.idleEnded(self) }
            if phase == .lingering { client.restEnded(self, isReusable: false) }
            return
        }
        switch end {
        case .closed: client.ended(self, exchange, at: now, isCut: false)
        case .fault(let fault):
            let isAlert = if case .alert = fault { true } else { false }
            client.broke(
                self, exchange, isAlert ? .reset : .malformed,
                fault.sentence(client.targets[target]))
        }
    }
}

extension ServingClient {
    /// Notes what the first connection to a target agreed on.
    func agreed(_ channel: SecureChannel, _ target: Int) {
        guard agreedTLS[target] == nil else { return }
        agreedTLS[target] = channel.agreement(isVerified: configuration.trust.verifies)
    }
}
