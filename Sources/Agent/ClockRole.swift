import EventLoop
import Transport
import Wire

/// The clock's thread: answers probes.
actor ClockRole: LoopActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var driver: ClockDriver?
    private var connection: MessageConnection?

    init(loop: EventLoop) { self.loop = loop }

    /// Connects to `address` and introduces itself there. A clock connection that cannot be made
    /// leaves the agent without a bound, which the coordinator tells by name.
    func connect(to address: HostPort, security: Security, hello: ClockHello) {
        let connection = MessageConnection.connect(loop: loop, to: address, security: security)
        self.connection = connection
        connection.onUp = { [unowned self] in
            assumeIsolated { $0.connected(hello) }
        }
        connection.deflates = false
        connection.onMessage = { [unowned self] message, arrival in
            assumeIsolated { $0.driver?.received(message, at: arrival.read) }
        }
    }

    private func connected(_ hello: ClockHello) {
        guard let connection else { return }
        driver = ClockDriver(connection: connection, hello: hello)
    }

    func close(_ done: @escaping @Sendable () -> Void) {
        connection?.close()
        done()
    }
}
