import EventLoop
import Transport
import Wire

/// The clock's thread: answers probes.
actor ClockRole: LoopActor {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var responder: ClockResponder?

    init(loop: EventLoop) { self.loop = loop }

    /// Dials `address` and introduces itself there. A clock connection that cannot be made leaves
    /// the agent without a bound, which the coordinator tells by name.
    func connect(to address: HostPort, security: Security, hello: ClockHello) {
        guard responder == nil else { return }
        responder = ClockResponder(
            loop: loop, address: address, security: security, hello: hello)
    }

    func close(_ done: @escaping @Sendable () -> Void) {
        responder?.close()
        done()
    }
}
