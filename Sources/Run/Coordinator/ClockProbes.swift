import ClockSync
import CoordinatorCore
import EventLoop
import RunRecord
import TimeBase
import Transport
import Wire

/// The clocks of all agents: probes them, writes what they answer to the journal, and tells when
/// one is known well enough to start.
///
/// Confined to the coordinator's loop.
final class ClockProbes {
    /// Events that the clocks make known.
    struct Events {
        /// The clock of an agent is known to so much; may come again before the start.
        var bound: (Int, ClockBound) -> Void
        /// An agent's answers cannot be.
        var contradicted: (Int, ClockError) -> Void
        /// Rows for the journal, encoded.
        var journal: (Int, [UInt8]) -> Void
    }

    private final class Agent {
        let link: ClockLink
        /// Whether it names the coordinator's own clock.
        let namesOwnClock: Bool
        var log: ExchangeLog
        /// Answered, and not in the journal yet.
        var unwritten: [ProbeRow] = []
        var firstAnswer: LocalInstant?
        var lastFit: LocalInstant?

        init(link: ClockLink, namesOwnClock: Bool, log: ExchangeLog) {
            self.link = link
            self.namesOwnClock = namesOwnClock
            self.log = log
        }
    }

    /// Rows that are written together.
    private static let rowsPerEntry = 256
    /// A clock of the same name is bound by so many exchanges, others by a second of them at least.
    private static let exchangesToBind = 80
    private static let timeToBind = TimeSpan.seconds(1)
    /// The fewest exchanges that bind a clock: four trains.
    private static let leastExchanges = 16
    /// How often a bound is renewed while others are waited for, and how far back it looks.
    private static let renewal = TimeSpan.seconds(5)
    private static let window = TimeSpan.seconds(60)

    private let loop: EventLoop
    private let count: Int
    private let burst: TimeSpan
    private let events: Events
    private var agents: [Int: Agent] = [:]
    private var pace: (first: ClockLink.Pace, then: ClockLink.Pace)
    private var hasStarted = false

    /// - Parameter leadNs: The time ahead of the start; bursts at either end take half of it.
    init(loop: EventLoop, agents count: Int, leadNs: Int64, events: Events) {
        self.loop = loop
        self.count = count
        burst = min(ClockLink.longestBurst, TimeSpan(ns: leadNs / 2))
        self.events = events
        pace = (.burst(agents: count), .waiting)
    }

    // MARK: A run's course

    /// The clock connection of agent `agentIndex` is up, for the first time or again.
    func connected(_ agentIndex: Int, _ connection: MessageConnection, namesOwnClock: Bool) {
        if let agent = agents[agentIndex] { return agent.link.attach(connection) }
        let link = ClockLink(loop: loop) { [unowned self] row in
            answered(agentIndex, row)
        } onContradiction: { [unowned self] error in
            events.contradicted(agentIndex, error)
        }
        agents[agentIndex] = Agent(
            link: link, namesOwnClock: namesOwnClock, log: ExchangeLog(agents: count))
        link.attach(connection)
        link.probe(at: .burst(agents: count))
    }

    /// The run starts: bursts, then its own rate.
    func start() {
        hasStarted = true
        for agent in agents.values {
            agent.link.probe(
                at: .burst(agents: count), for: burst, then: .run(agents: count))
        }
    }

    /// An agent's part has ended: one more burst, so that all its stamps lie between probes.
    func conclude(_ agentIndex: Int, _ done: @escaping () -> Void) {
        guard let link = agents[agentIndex]?.link else { return loop.next(done) }
        link.conclude(at: .burst(agents: count), for: burst) { [unowned self] in
            // The others may still be at work: the end of this one is known well enough.
            agents[agentIndex]?.link.probe(at: .waiting)
            done()
        }
    }

    /// Hands what is left to the journal.
    func flush() {
        for agentIndex in agents.keys.sorted() { write(agentIndex) }
    }

    func close() {
        for agent in agents.values { agent.link.close() }
    }

    // MARK: Known facts

    /// The exchanges that the fit of agent `agentIndex` rests on.
    func log(of agentIndex: Int) -> ExchangeLog {
        agents[agentIndex]?.log ?? ExchangeLog(agents: count)
    }

    /// The exchanges with agent `agentIndex` of the last `span`.
    func recent(_ agentIndex: Int, _ span: TimeSpan) -> [ClockExchange] {
        agents[agentIndex]?.log.recent(span) ?? []
    }

    private func answered(_ agentIndex: Int, _ row: ProbeRow) {
        guard let agent = agents[agentIndex] else { return }
        agent.log.append(row)
        agent.unwritten.append(row)
        if agent.unwritten.count >= Self.rowsPerEntry { write(agentIndex) }
        if !hasStarted, row.exchange.member + 1 == ProbeTrains.members {
            bindIfKnown(agentIndex, agent, row)
        }
    }

    private func write(_ agentIndex: Int) {
        guard let agent = agents[agentIndex], !agent.unwritten.isEmpty else { return }
        let bytes = ProbeRowCodec.encode(agent.unwritten)
        agent.unwritten.removeAll(keepingCapacity: true)
        events.journal(agentIndex, bytes)
    }

    /// Bound, and until the others are here too a train now and then keeps it so.
    private func bindIfKnown(_ agentIndex: Int, _ agent: Agent, _ row: ProbeRow) {
        let now = LocalInstant(ns: row.exchange.t4)
        let first = agent.firstAnswer ?? now
        agent.firstAnswer = first
        if let last = agent.lastFit, now - last < Self.renewal { return }
        let isShared = agent.namesOwnClock && agent.log.admitsSharedClock
        guard agent.log.count >= Self.leastExchanges,
            now - first >= Self.timeToBind
                || isShared && agent.log.count >= Self.exchangesToBind
        else { return }
        let recent = agent.log.recent(Self.window)
        // Impossible exchanges were turned away before; the last row is among these.
        guard let fit = try? ClockFit(exchanges: recent) else { return }
        if agent.lastFit == nil { agent.link.probe(at: .waiting) }
        agent.lastFit = now
        let fitted = ClockBound(fit, at: row.exchange)
        let bound =
            isShared
            ? ClockBound(offsetNs: 0, uncertaintyNs: fitted.uncertaintyNs, at: now) : fitted
        events.bound(agentIndex, bound)
    }
}
