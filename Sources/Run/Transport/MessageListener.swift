package import EventLoop
import TLSStream
package import Wire

/// Listens for peers and hands over those that have proved their role.
///
/// A peer that has not proved itself is bounded in number, time and memory (``TransportLimits``)
/// and learns nothing: a failure closes without an alert or a word. Confined to its loop.
package final class MessageListener {
    /// Where it listens, with the port that the kernel chose when 0 was asked for.
    package var localAddress: SocketAddress { listener.localAddress }
    package var localPort: UInt16 { listener.localPort }
    /// Peers that have not proved themselves yet.
    package var unprovenCount: Int { unproven.count }

    private let loop: EventLoop
    private let role: Role
    private let security: Security
    private let limits: TransportLimits
    private let keys: KeySchedule?
    private let context: TLSContext?
    private let onConnection: (MessageConnection) -> Void
    private let onRefused: (TransportError, SocketAddress?) -> Void
    private var unproven: [ObjectIdentifier: MessageConnection] = [:]
    private var listener: TCPListener!

    /// - Parameters:
    ///   - onRefused: hears of every peer that was turned away, and why; for a log.
    ///   - onConnection: gets each connection once it is up, and sets its call backs at once.
    /// - Throws: when the address cannot be listened on, or is beyond this host and unprotected.
    package init(
        loop: EventLoop, at address: HostPort, role: Role = .coordinator, security: Security,
        limits: TransportLimits = TransportLimits(),
        onRefused: @escaping (TransportError, SocketAddress?) -> Void = { _, _ in },
        onConnection: @escaping (MessageConnection) -> Void
    ) throws(TransportError) {
        self.loop = loop
        self.role = role
        self.security = security
        self.limits = limits
        keys = security.keys
        context = keys.map { TLSContext(tlsKey: $0.tlsKey) }
        self.onRefused = onRefused
        self.onConnection = onConnection
        do {
            listener = try TCPListener(
                loop: loop, host: address.host, port: address.port,
                onError: { [unowned self] in self.onRefused(.system($0), nil) },
                onConnection: { [unowned self] in accepted($0) })
        } catch {
            throw .system(error)
        }
        // The loop has not turned since: nobody was accepted.
        if let sentence = security.objection(to: listener.localAddress) {
            listener.close()
            throw .insecure(sentence)
        }
    }

    /// Stops listening and drops the peers that have not proved themselves; connections that were
    /// handed over go on. Keep the listener until `done`.
    package func close(_ done: (() -> Void)? = nil) {
        listener.close { [self] in
            // Named, so that the listener outlives its callbacks.
            withExtendedLifetime(self) { done?() }
        }
        for connection in unproven.values { connection.close() }
    }

    private func accepted(_ socket: TCPConnection) {
        guard unproven.count < limits.unproven else {
            socket.close()
            return onRefused(.tooManyUnproven(limits.unproven), socket.remoteAddress)
        }
        let connection = MessageConnection(
            loop: loop, role: role, security: security, limits: limits, side: .accepting,
            keys: keys, context: context)
        let key = ObjectIdentifier(connection)
        unproven[key] = connection
        connection.onUp = { [unowned self, unowned connection] in
            unproven[key] = nil
            connection.onClosed = nil
            connection.onUp = nil
            onConnection(connection)
        }
        connection.onClosed = { [self] reason in
            unproven[key] = nil
            if let reason { onRefused(reason, socket.remoteAddress) }
        }
        connection.begin(on: socket)
    }
}
