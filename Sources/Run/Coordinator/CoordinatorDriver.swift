import ClockSync
import CoordinatorCore
import EventLoop
import Host
import PlainText
import Results
import RunRecord
import Sampling
import TimeBase
import TokenLog
import Transport
import Wire
import Workload

/// Performs what ``CoordinatorMachine`` decides: sockets, the journal, the clock probes, the local
/// agents.
///
/// Confined to the coordinator's loop.
final class CoordinatorDriver {
    private static let tick = TimeSpan.milliseconds(100)
    /// How long agents have for their last words after a second interruption.
    private static let lastMoment = TimeSpan.seconds(2)

    private let loop: EventLoop
    private let options: RunOptions
    private let journal: RunJournal
    private let observer: any RunObserver
    private let onDone: (RunEnding) -> Void

    private var machine: CoordinatorMachine
    private var listener: MessageListener?
    private let local: LocalAgents
    private let timer: LoopTimer
    private let hurry: LoopTimer
    private var interruptions = 0
    private let ownClocks: OwnClocks
    private var links: [LinkID: MessageConnection] = [:]
    private var nextLink = 0
    private var clocks: ClockProbes!
    private var liveClocks: LiveClocks?
    /// The requests under way, so that no batch is kept that does not fit; empty before the deal.
    private var open = OpenRequests(owners: [], repeats: false)
    private var start: LocalInstant?
    private var ending: RunEnding?
    private var drained = DrainTally()
    /// nil before the deal, and where the run goes on whatever the servers can serve.
    private var saturation: SaturationWatch?
    private var turnedAway = TurnedAwayLines()
    /// Links whose last bytes are on their way out, and who waits for them.
    private var releasing = 0
    private var whenReleased: (() -> Void)?

    init(
        loop: EventLoop, options: RunOptions, journal: RunJournal, observer: any RunObserver,
        onDone: @escaping (RunEnding) -> Void
    ) {
        self.loop = loop
        self.options = options
        self.journal = journal
        self.observer = observer
        self.onDone = onDone
        machine = CoordinatorMachine(
            opening: options.opening, assignments: options.assignments, order: options.dealOrder,
            patience: options.patience)
        local = LocalAgents(loop: loop)
        timer = LoopTimer(loop: loop)
        hurry = LoopTimer(loop: loop)
        ownClocks = OwnClocks(loop: loop)
        clocks = ClockProbes(
            loop: loop, agents: options.agents.count, leadNs: options.patience.leadNs,
            events: ClockProbes.Events(
                bound: { [unowned self] agent, bound in
                    perform(machine.clockBound(agent: agent, bound, now: RawClock.now()))
                },
                contradicted: { [unowned self] agent, error in
                    perform(
                        machine.clockContradicted(
                            agent: agent, reason: "\(error)", now: RawClock.now()))
                },
                journal: { [unowned self] agent, rows in
                    journal.append(
                        probes: rows, of: agent,
                        incarnation: machine.agents[agent].hello.incarnation)
                }))
    }

    // MARK: Facts

    /// Listens, and starts the local agents.
    func begin() throws {
        let listener = try MessageListener(
            loop: loop, at: options.listen, security: options.security,
            onRefused: { [unowned self] error, peer in
                let line = turnedAway.sentence(
                    host: peer?.host, reason: "\(error)", now: RawClock.now())
                if let line { observer.note(line) }
            },
            onConnection: { [unowned self] connection in accepted(connection) })
        self.listener = listener
        observer.listening(on: listener.localAddress)
        ownClocks.start()
        perform(machine.begun())
        if case .local(_, let urls) = options.agents, let names = options.agents.names,
            let token = options.token
        {
            try local.start(
                names,
                LocalAgents.Launch(
                    executable: options.executable, coordinatorPort: listener.localAddress.port,
                    token: token, spool: options.spoolFolder, urls: urls,
                    grace: "\(options.grace.ns / 1_000_000) ms", fields: options.localFields,
                    arguments: options.localArguments)
            ) { [unowned self] name, exit in localAgentEnded(name, exit) }
        }
        timer.start(after: Self.tick, repeating: Self.tick) { [unowned self] in
            let now = RawClock.now()
            perform(machine.ticked(now: now))
            watchSaturation(now: now)
            if let wait = machine.wait { observer.waiting(wait, now: now) }
        }
    }

    /// Gives up before anything began: the address was taken, or a local agent could not be
    /// started.
    func abandon(_ done: @escaping () -> Void) {
        observer.ended()
        timer.close()
        hurry.close()
        ownClocks.stop()
        listener?.close()
        local.terminate()
        local.whenAllExited { [self] in
            local.close()
            done()
        }
    }

    /// A person asked to stop.
    func interrupt() {
        perform(machine.interrupted(drain: options.drain, now: RawClock.now()))
        guard machine.isRunning else { return }
        interruptions += 1
        switch interruptions {
        case 1:
            let span = Int64(options.drain.seconds.rounded(.up))
            observer.note(
                "interrupted: nothing more is sent, and what is in flight has \(span) s; once more "
                    + "ends it at once")
        case 2:
            observer.note("interrupted again: leaving")
            hurry.start(after: Self.lastMoment) { [unowned self] in
                perform(machine.abandoned(now: RawClock.now()))
            }
        default: perform(machine.abandoned(now: RawClock.now()))
        }
    }

    private func watchSaturation(now: LocalInstant) {
        guard let start, machine.isRunning,
            let overload = saturation?.look(at: now, start: start)
        else { return }
        saturation = nil
        observer.note(
            "over-saturated, and ended: \(Figures.count(overload.waiting, "request")) waiting for "
                + "a first token; \(Figures.rate(overload.planned))/s are planned, and the servers "
                + "answer \(Figures.rate(overload.answered))/s")
        perform(machine.overSaturated(waiting: UInt32(clamping: overload.waiting), now: now))
    }

    private func accepted(_ connection: MessageConnection) {
        let link = LinkID(nextLink)
        nextLink += 1
        links[link] = connection
        connection.onMessage = { [unowned self] message, arrival in
            received(message, on: link, at: arrival.read)
        }
        connection.onClosed = { [unowned self] error in
            links[link] = nil
            let reason = error.map { "\($0)" } ?? "the agent closed the connection"
            perform(machine.linkLost(link, reason: reason, now: RawClock.now()))
        }
    }

    private func received(_ message: Message, on link: LinkID, at now: LocalInstant) {
        switch message {
        case .clockHello(let hello):
            clockConnected(hello, on: link)
        case .ready:
            if let agent = machine.agent(of: link) { observer.ready(machine.agents[agent].hello) }
            perform(machine.received(message, from: link, now: now))
        case .status(let status):
            if let agent = machine.agent(of: link) { observer.status(status, of: agent) }
            perform(machine.received(message, from: link, now: now))
        default:
            perform(machine.received(message, from: link, now: now))
        }
    }

    private func clockConnected(_ hello: ClockHello, on link: LinkID) {
        let agent = Int(hello.agentIndex)
        // Another incarnation is another process, and after a reboot another clock.
        guard hello.runID == options.opening.runID, machine.agents.indices.contains(agent),
            machine.agents[agent].hello.incarnation == hello.incarnation, ending == nil,
            let connection = links.removeValue(forKey: link)
        else {
            links[link]?.close()
            return
        }
        clocks.connected(
            agent, connection,
            namesOwnClock: ThisHost.hasClock(of: machine.agents[agent].hello))
    }

    private func localAgentEnded(_ name: String, _ exit: ChildExit) {
        guard exit != .exited(status: 0), ending == nil else { return }
        observer.note("agent \(name) \(exit.words)")
        perform(machine.processEnded(name: name, reason: exit.words, now: RawClock.now()))
    }

    // MARK: Actions

    private func perform(_ actions: [CoordinatorAction]) {
        for action in actions {
            switch action {
            case .send(let link, .refuse(let refusal)):
                observer.note("an agent was turned away: \(refusal.reason)")
                links[link]?.send(.refuse(refusal))
            case .send(let link, let message): links[link]?.send(message)
            case .record(let fact):
                journal.append(fact)
                if case .lost(let agent, _) = fact { observer.health(.lost, of: agent) }
            case .close(let link): release(link)
            case .admitted(_, let agent): observer.joined(machine.agents[agent].hello)
            case .deal(let assignments): deal(assignments.map { options.assignments[$0] })
            case .away(let agent, let absence, let until): tellAway(agent, absence, until: until)
            case .returned(_, let agent, let absence): tellReturned(agent, absence)
            case .append(let agent, let batch, let records): append(batch, records, of: agent)
            case .conclude(let agent):
                observer.health(.done, of: agent)
                conclude(agent)
            case .syncJournal: syncJournal()
            case .starting(let instant): starting(at: instant)
            case .finish(let ending): finish(ending)
            }
        }
    }

    /// - Parameter assignments: In the order of the agents.
    private func deal(_ assignments: [Assignment]) {
        open = OpenRequests(dealt: assignments, repeats: options.plan.rounds != nil)
        if options.endsOverSaturated {
            saturation = SaturationWatch(options.plan, dealt: assignments.map(\.requests))
        }
        deal(rest: assignments[...])
    }

    /// An agent a turn of the loop: shards are large, and the others are heard in between.
    private func deal(rest assignments: ArraySlice<Assignment>) {
        guard let assignment = assignments.first, ending == nil else { return }
        let agent = assignments.startIndex
        let link = links[machine.agents[agent].link]
        assignment.send { message in
            if message.isOfThePlan { journal.append(.told(agent: agent, message)) }
            link?.send(message)
        }
        loop.next { [weak self] in self?.deal(rest: assignments.dropFirst()) }
    }

    private func tellAway(_ agent: Int, _ absence: Absence<LocalInstant>, until: LocalInstant) {
        observer.health(.away, of: agent)
        let left = (Double((until - RawClock.now()).ns) / 1e9).rounded()
        observer.note(
            "agent \(machine.agents[agent].hello.name) is away (\(absence.reason)): it "
                + (start == nil ? "" : "goes on by itself, and ")
                + "is waited for for \(Int(left)) s")
    }

    private func tellReturned(_ agent: Int, _ absence: Absence<LocalInstant>) {
        observer.health(.working, of: agent)
        let span = absence.to.map { ($0 - absence.from).ns / 1_000_000_000 } ?? 0
        observer.note(
            "agent \(machine.agents[agent].hello.name) is back after \(span) s"
                + (start == nil ? "" : ", and sends what it kept"))
    }

    private func append(_ batch: Batch, _ records: LogBatch, of agent: Int) {
        do {
            try open.add(records, agent: agent) { _ in }
        } catch {
            return perform(machine.broken(agent: agent, reason: "\(error)", now: RawClock.now()))
        }
        drained.add(records)
        saturation?.add(records, of: agent)
        observer.records(records, of: agent)
        journal.append(batch, of: agent, incarnation: machine.agents[agent].hello.incarnation)
    }

    private func syncJournal() {
        writeClocks()
        journal.sync { [unowned self] error in
            if let error {
                perform(machine.journalFailed("\(error)", now: RawClock.now()))
            } else {
                perform(machine.journalSynced(now: RawClock.now()))
            }
        }
    }

    /// Writes what the clocks have shown since the last time: it is to be as safe as the batches.
    private func writeClocks() {
        clocks.flush()
        let readings = ownClocks.takeRows()
        if !readings.isEmpty { journal.append(.clocks(readings)) }
    }

    /// Probes the clock of an agent that said End before it goes.
    private func conclude(_ agent: Int) {
        clocks.conclude(agent) { [unowned self] in
            perform(machine.clockProbed(agent: agent, now: RawClock.now()))
        }
    }

    private func starting(at instant: LocalInstant) {
        start = instant
        clocks.start()
        watchClocks()
        observer.starting(
            at: instant,
            offsets: machine.agents.map {
                ($0.clock?.offsetNs ?? 0, $0.clock?.uncertaintyNs ?? 0)
            })
    }

    /// Tells the observer what the clocks do while the run goes on.
    private func watchClocks() {
        let live = LiveClocks(loop: loop, agents: options.agents.count) { [unowned self] agent in
            clocks.recent(agent, LiveClocks.window)
        } changed: { [unowned self] agent, bound in
            observer.clock(of: agent, bound)
        }
        liveClocks = live
        live.start()
    }

    private func finish(_ ending: RunEnding) {
        guard self.ending == nil else { return }
        self.ending = ending
        timer.close()
        hurry.close()
        liveClocks?.stop()
        observer.ended()
        for line in turnedAway.rest() { observer.note(line) }
        if !machine.isOverSaturated, let sentence = drained.sentence { observer.note(sentence) }
        conclude()
    }

    private func conclude() {
        guard let ending else { return }
        ownClocks.stop()
        writeClocks()
        // A probe that is answered while these are written is not in the journal, and nowhere else.
        journal.sync { [self] error in
            if let error { observer.note("the journal's end is not safe: \(error)") }
            dismiss(ending)
        }
    }

    private func dismiss(_ ending: RunEnding) {
        listener?.close()
        clocks.close()
        if case .failed = ending.kind { local.terminate() }
        local.whenAllExited { [self] in
            local.close()
            for link in links.values { link.close() }
            whenReleased = { [self] in onDone(ending) }
            tellReleased()
        }
    }

    /// Closes a link after what was sent on it has left.
    private func release(_ link: LinkID) {
        guard let connection = links.removeValue(forKey: link) else { return }
        releasing += 1
        connection.onClosed = nil
        connection.finish { [self] in
            releasing -= 1
            tellReleased()
        }
    }

    /// The loop may end only when no link is on its way out any more.
    private func tellReleased() {
        guard releasing == 0, let body = whenReleased else { return }
        whenReleased = nil
        loop.next(body)
    }
}

extension ChildExit {
    /// As it reads after the child's name.
    fileprivate var words: String {
        switch self {
        case .exited(let status): "ended with exit code \(status)"
        case .signalled(let signal): "was ended by signal \(signal)"
        }
    }
}

extension Message {
    /// Whether it deals a part of the plan.
    fileprivate var isOfThePlan: Bool {
        switch self {
        case .shardChunk, .shardEnd: true
        default: false
        }
    }
}
