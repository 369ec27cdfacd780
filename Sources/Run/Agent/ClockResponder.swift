package import EventLoop
import TimeBase
package import Transport
package import Wire

/// The agent's end of the clock connection: answers probes within the wake-up that reads them, and
/// makes the connection again when it breaks.
///
/// It lives on a loop of its own, so that neither tokens nor files delay a stamp. Confined to that
/// loop.
package final class ClockResponder {
    /// A coordinator that sends no probe for this long is behind a dead connection.
    private static let silence = TimeSpan.seconds(10)
    private static let check = TimeSpan.seconds(2)

    private let loop: EventLoop
    private let address: HostPort
    private let security: Security
    private let hello: ClockHello
    private let retryTimer: LoopTimer
    private let checkTimer: LoopTimer
    private var connection: MessageConnection?
    /// Between two attempts to connect.
    private var backoff = Backoff()
    private var isClosed = false
    private var lastProbe = LocalInstant(ns: 0)
    /// When the last answer was sent: the next probe cannot have arrived before.
    private var lastAnswer = LocalInstant(ns: .min)

    /// Dials `address` from now on, and introduces itself there by `hello`.
    package init(loop: EventLoop, address: HostPort, security: Security, hello: ClockHello) {
        self.loop = loop
        self.address = address
        self.security = security
        self.hello = hello
        retryTimer = LoopTimer(loop: loop)
        checkTimer = LoopTimer(loop: loop)
        checkTimer.start(after: Self.check, repeating: Self.check) { [unowned self] in
            guard let connection, connection.isUp,
                RawClock.now() - lastProbe > Self.silence
            else { return }
            connection.close()
        }
        connect()
    }

    /// Ends it; allowed twice.
    package func close() {
        isClosed = true
        retryTimer.close()
        checkTimer.close()
        // Nothing calls back any more: this object may go before the connection.
        connection?.onUp = nil
        connection?.onMessage = nil
        connection?.onClosed = nil
        connection?.close()
        connection = nil
    }

    // MARK: The connection

    private func connect() {
        let connection = MessageConnection.connect(loop: loop, to: address, security: security)
        self.connection = connection
        connection.deflates = false
        connection.onUp = { [unowned self, unowned connection] in
            backoff.reset()
            lastProbe = RawClock.now()
            lastAnswer = LocalInstant(ns: .min)
            connection.stampReceives()
            connection.send(.clockHello(hello))
        }
        // A connection that has ended calls no more, and there is no other one before.
        connection.onMessage = { [unowned self] message, arrival in
            if case .probe(let probe) = message { answer(probe, arrival) }
        }
        connection.onClosed = { [unowned self] _ in
            self.connection = nil
            tryAgain()
        }
    }

    private func tryAgain() {
        guard !isClosed else { return }
        retryTimer.start(after: backoff.next()) { [unowned self] in connect() }
    }

    // MARK: Probes

    private func answer(_ probe: Probe, _ arrival: Arrival) {
        let reading = SystemClocks.read().reading
        lastProbe = arrival.read
        let stamp = arrival.kernel.flatMap { stamp in
            stamp >= lastAnswer && stamp <= arrival.read ? stamp.ns : nil
        }
        // t3 is put in last of all.
        let sent = connection?.send(
            .probeReply(
                ProbeReply(
                    train: probe.train, member: probe.member, t1: probe.t1, t2: arrival.read.ns,
                    k2: stamp, t3: arrival.read.ns, ledger: reading)))
        if let sent { lastAnswer = sent }
    }
}
