import ClockSync
import CoordinatorCore
import EventLoop
import TimeBase
import Transport
import Wire

/// The clock connection to one agent: sends trains of probes and keeps what they bring.
///
/// Confined to the coordinator's loop.
final class ClockLink {
    /// Spacing of trains in a burst: 100 in a second.
    static let burstInterval = TimeSpan.milliseconds(10)
    /// Exchanges that bind a clock well enough to start.
    static let exchangesToStart = 80

    private let connection: MessageConnection
    private let timer: LoopTimer
    private var trains = ProbeTrains()
    private var generator = SystemRandomNumberGenerator()
    private(set) var isBursting = false
    /// When the burst ends, and the distance of trains after it.
    private var burstEnd: LocalInstant?
    private var settled = TimeSpan.seconds(1)
    private var isClosed = false
    private let onExchange: () -> Void

    /// Every exchange so far.
    var exchanges: [ClockExchange] { trains.exchanges }

    init(connection: MessageConnection, loop: EventLoop, onExchange: @escaping () -> Void) {
        self.connection = connection
        self.onExchange = onExchange
        timer = LoopTimer(loop: loop)
        connection.deflates = false
    }

    /// Probes as fast as a burst, until it is told otherwise.
    func burst() {
        isBursting = true
        schedule(after: .zero, every: Self.burstInterval, jitter: false)
    }

    /// Probes as fast as a burst for `length`, then a train every `interval`.
    func burst(for length: TimeSpan, then interval: TimeSpan) {
        burst()
        burstEnd = RawClock.now() + length
        settled = interval
    }

    /// Probes at a run's rate: a train every `interval`, each up to 30 % early or late.
    func settle(interval: TimeSpan) {
        isBursting = false
        burstEnd = nil
        schedule(after: interval, every: interval, jitter: true)
    }

    /// A reply arrived.
    func received(_ reply: ProbeReply, at now: LocalInstant) {
        let before = trains.exchanges.count
        if let next = trains.replied(reply, now: now) { connection.send(.probe(next)) }
        if trains.exchanges.count > before { onExchange() }
    }

    /// The connection is over, or is to be.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        timer.close()
        connection.close()
    }

    private func schedule(after delay: TimeSpan, every interval: TimeSpan, jitter: Bool) {
        guard !isClosed else { return }
        timer.start(after: delay) { [unowned self] in
            let now = RawClock.now()
            connection.send(.probe(trains.trainDue(now: now)))
            if let end = burstEnd, now >= end { return settle(interval: settled) }
            var next = interval
            if jitter {
                next.ns += Int64(
                    Double(interval.ns) * Double.random(in: -0.3...0.3, using: &generator))
            }
            schedule(after: next, every: interval, jitter: jitter)
        }
    }
}
