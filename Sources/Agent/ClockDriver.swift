import EventLoop
import TimeBase
import Transport
import Wire

/// Answers the coordinator's clock probes, on a thread of its own so that neither tokens nor files
/// delay a stamp.
///
/// Confined to the clock loop.
final class ClockDriver {
    private let connection: MessageConnection

    /// Introduces itself on `connection`, which is up.
    init(connection: MessageConnection, hello: ClockHello) {
        self.connection = connection
        connection.send(.clockHello(hello))
    }

    /// Answers a probe that arrived at `now`; anything else is not for this connection.
    func received(_ message: Message, at now: LocalInstant) {
        guard case .probe(let probe) = message else { return }
        let row = SystemClocks.read()
        let ledger = LedgerRow(
            rawNs: row.raw.ns, monotonicNs: row.monotonicNs, boottimeNs: row.boottimeNs,
            realtimeNs: row.realtimeNs)
        connection.send(
            .probeReply(
                ProbeReply(
                    train: probe.train, member: probe.member, t1: probe.t1, t2: now.ns,
                    t3: RawClock.now().ns, ledger: ledger)))
    }

    func close() { connection.close() }
}
