package import ClockSync
import CoordinatorCore
package import EventLoop
package import RunRecord
package import TimeBase
package import Transport
import Wire

/// The clock connection to one agent, over all its reconnections: sends trains of probes and hands
/// on what they bring.
///
/// Confined to the coordinator's loop.
package final class ClockLink {
    /// How often trains are due.
    package struct Pace: Hashable, Sendable {
        package var interval: TimeSpan
        /// Each distance is up to 30 % shorter or longer, so that nothing periodic hides.
        package var isJittered: Bool

        package init(interval: TimeSpan, isJittered: Bool) {
            self.interval = interval
            self.isJittered = isJittered
        }

        /// As fast as 100 trains a second, where `agents` share the coordinator: together they are
        /// sent at most 10,000 trains a second.
        package static func burst(agents: Int) -> Pace {
            Pace(
                interval: TimeSpan(ns: max(10_000_000, Int64(agents) * 100_000)), isJittered: false)
        }

        /// A run's: at most 20 trains a second each, and 4,000 together.
        package static func run(agents: Int) -> Pace {
            let perSecond = min(20, 4_000 / Double(max(1, agents)))
            return Pace(
                interval: TimeSpan(ns: Int64(1_000_000_000 / perSecond)), isJittered: true)
        }

        /// While an agent waits for others: enough to notice a dead connection.
        package static let waiting = Pace(interval: .seconds(2), isJittered: true)
    }

    /// How long the bursts at the start and at an agent's end last, at most.
    package static let longestBurst = TimeSpan.seconds(1)
    /// How long the end waits for an answer: until the agent knows that a connection is dead, which
    /// takes it up to 12 s, and has made another one.
    private static let closingPatience = TimeSpan.seconds(15)

    private let loop: EventLoop
    private let timer: LoopTimer
    private let closingTimer: LoopTimer
    // Unchecked: confined, and `trains` calls nobody while it changes.
    @exclusivity(unchecked) private var connection: MessageConnection?
    @exclusivity(unchecked) private var trains = ProbeTrains()
    private var pace = Pace.waiting
    /// Until when another pace holds, and which one then.
    private var later: (at: LocalInstant, pace: Pace)?
    private var generator = SystemRandomNumberGenerator()
    private var isClosed = false
    /// The closure that waits for the burst at the end, and whether that has begun to be answered.
    private var whenConcluded: (() -> Void)?
    private var closingBurst = longestBurst
    private var isConcluding = false
    private let onRow: (ProbeRow) -> Void
    private let onContradiction: (ClockError) -> Void

    /// - Parameters:
    ///   - onRow: gets each answered probe.
    ///   - onContradiction: hears that the agent's stamps cannot be; the link is closed by then.
    package init(
        loop: EventLoop, onRow: @escaping (ProbeRow) -> Void,
        onContradiction: @escaping (ClockError) -> Void
    ) {
        self.onRow = onRow
        self.onContradiction = onContradiction
        self.loop = loop
        timer = LoopTimer(loop: loop)
        closingTimer = LoopTimer(loop: loop)
    }

    package var isConnected: Bool { connection != nil }

    /// Goes on with `connection`, which is up; an older one, if any, is given up for it.
    package func attach(_ connection: MessageConnection) {
        guard !isClosed else { return connection.close() }
        let old = self.connection
        self.connection = connection
        if let old { drop(old) }
        trains.connectionLost()
        connection.deflates = false
        connection.stampReceives()
        // A connection that was dropped calls no more.
        connection.onMessage = { [unowned self] message, arrival in
            if case .probeReply(let reply) = message { received(reply, arrival) }
        }
        connection.onClosed = { [unowned self, unowned connection] _ in
            if connection === self.connection { detached() }
        }
        schedule(after: .zero)
    }

    private func detached() {
        connection = nil
        trains.connectionLost()
        timer.stop()
    }

    /// Closes a connection that is not this link's any more.
    private func drop(_ connection: MessageConnection) {
        connection.onMessage = nil
        connection.onClosed = nil
        connection.close()
    }

    // MARK: When

    /// Probes at `pace` from now on.
    package func probe(at pace: Pace) {
        later = nil
        self.pace = pace
        if connection != nil { schedule(after: .zero) }
    }

    /// Probes at `pace` for `length`, and then at another one.
    package func probe(at pace: Pace, for length: TimeSpan, then next: Pace) {
        probe(at: pace)
        later = (RawClock.now() + length, next)
    }

    /// Probes at `pace` for `length` from the first answer on: `done` comes then, or when there was
    /// no answer in time.
    package func conclude(
        at pace: Pace, for length: TimeSpan = longestBurst, _ done: @escaping () -> Void
    ) {
        guard !isClosed, whenConcluded == nil else { return loop.next(done) }
        whenConcluded = done
        closingBurst = length
        probe(at: pace)
        closingTimer.start(after: Self.closingPatience) { [unowned self] in concluded() }
    }

    private func beginConclusion() {
        isConcluding = true
        closingTimer.start(after: closingBurst) { [unowned self] in concluded() }
    }

    private func concluded() {
        let done = whenConcluded
        whenConcluded = nil
        done?()
    }

    private func schedule(after delay: TimeSpan) {
        guard !isClosed else { return }
        timer.start(after: delay) { [unowned self] in due() }
    }

    private func due() {
        guard let connection else { return }
        let now = RawClock.now()
        if trains.isSilent(now: now) {
            // The peer notices, too, and makes another one.
            detached()
            return drop(connection)
        }
        if let probe = trains.trainDue(now: now) { send(probe) }
        if let later, now >= later.at {
            pace = later.pace
            self.later = nil
        }
        var next = pace.interval
        if pace.isJittered {
            next.ns += Int64(
                Double(next.ns) * Double.random(in: -0.3...0.3, using: &generator))
        }
        schedule(after: next)
    }

    private func send(_ probe: Probe) {
        if let t1 = connection?.send(.probe(probe)) { trains.sent(at: t1) }
    }

    // MARK: Replies

    private func received(_ reply: ProbeReply, _ arrival: Arrival) {
        do throws(ClockError) {
            guard
                let row = try trains.replied(reply, at: arrival.read, kernel: arrival.kernel)
            else { return }
            if let next = trains.nextProbe(now: arrival.read) { send(next) }
            if whenConcluded != nil, !isConcluding { beginConclusion() }
            onRow(row)
        } catch {
            close()
            onContradiction(error)
        }
    }

    /// Ends the link; allowed twice. Nobody who waits for its conclusion hears of it any more.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        timer.close()
        closingTimer.close()
        if let connection { drop(connection) }
        connection = nil
    }
}
