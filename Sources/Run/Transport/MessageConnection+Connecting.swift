package import EventLoop
import TLSStream
package import Wire

extension MessageConnection {
    /// Begins a connection to `address`; the caller sets the call backs before it returns to the
    /// loop.
    ///
    /// A name's addresses are tried in order. Everything up to ``onUp`` must be done within
    /// ``TransportLimits/patience``.
    package static func connect(
        loop: EventLoop, to address: HostPort, role: Role = .agent, security: Security,
        limits: TransportLimits = TransportLimits()
    ) -> MessageConnection {
        loop.preconditionCurrent()
        let keys = security.keys
        let connection = MessageConnection(
            loop: loop, role: role, security: security, limits: limits, side: .connecting,
            keys: keys, context: keys.map { TLSContext(tlsKey: $0.tlsKey) })
        Resolver.resolve(loop: loop, host: address.host, port: address.port) { answer in
            guard connection.phase == .connecting else { return }
            switch answer {
            case .success(let addresses): connection.tryNext(of: addresses[...], after: nil)
            case .failure(let error): connection.fail(.system(error))
            }
        }
        return connection
    }

    private func tryNext(of addresses: ArraySlice<SocketAddress>, after failure: TransportError?) {
        guard let address = addresses.first else {
            return fail(failure ?? .closedDuringHandshake)
        }
        let rest = addresses.dropFirst()
        if let sentence = security.objection(to: address) {
            return tryNext(of: rest, after: .insecure(sentence))
        }
        attempt = TCPConnection.connect(loop: loop, to: address) { [self] result in
            attempt = nil
            switch result {
            case .success(let socket):
                guard phase == .connecting else { return socket.close() }
                begin(on: socket)
            case .failure(let error):
                guard phase == .connecting else { return }
                tryNext(of: rest, after: .system(error))
            }
        }
    }

    /// Starts the protocol on an open connection.
    func begin(on socket: TCPConnection) {
        self.socket = socket
        remoteAddress = socket.remoteAddress
        socket.startReading { [self] bytes in
            received(bytes, from: socket)
        } onEnd: { [self] error in
            ended(error)
        }
        guard isProtected else {
            phase = .proving
            Preface.encoded(role, proof: KeySchedule.noProof).withUnsafeBytes { write($0) }
            return
        }
        phase = .handshaking
        if side == .connecting {
            do {
                try advanceHandshake()
            } catch {
                fail(error)
            }
        }
    }
}

extension Security {
    var isProtected: Bool {
        switch self {
        case .psk: true
        case .insecure: false
        }
    }

    /// Nil without a token.
    var keys: KeySchedule? {
        switch self {
        case .psk(let token): KeySchedule(token)
        case .insecure: nil
        }
    }
}
