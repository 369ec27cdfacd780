import ClockSync
import CoordinatorCore
import EventLoop
import Host
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
    /// The run as it is known when nothing more will arrive.
    struct Outcome {
        var ending: RunEnding
        var start: LocalInstant?
        /// When the last agent's part ended.
        var ended: LocalInstant
        var agents: [AgentTrack]
        /// Exchanges that the clock fits rest on, by agent.
        var exchanges: [[ClockExchange]]
        /// Readings of each agent's own clocks.
        var readings: [[ClockReading]]
        /// Whether an agent's clock is the coordinator's own: it has the same name, and no exchange
        /// says otherwise.
        var sharesClock: [Bool]
        var merge: Merge
        var ledger: [ClockLedgerRow]
    }

    private static let tick = TimeSpan.milliseconds(100)
    /// How long agents have for their last words after a second interruption.
    private static let lastMoment = TimeSpan.seconds(2)

    private let loop: EventLoop
    private let options: RunOptions
    private let journal: RunJournal
    private let observer: any RunObserver
    private let onDone: (Outcome) -> Void

    private var machine: CoordinatorMachine
    private var listener: MessageListener?
    private let local: LocalAgents
    private let timer: LoopTimer
    private let hurry: LoopTimer
    private var interruptions = 0
    private let ledger: ClockLedger
    private var links: [LinkID: MessageConnection] = [:]
    private var nextLink = 0
    private var clocks: ClockProbes!
    private var liveClocks: LiveClocks?
    /// Empty before the deal.
    private var merge = Merge(agents: [])
    private var start: LocalInstant?
    private var ending: RunEnding?
    private var drained = DrainTally()
    private var turnedAway = TurnedAwayLines()
    private var ended = LocalInstant(ns: 0)
    /// Links whose last bytes are on their way out, and who waits for them.
    private var releasing = 0
    private var whenReleased: (() -> Void)?

    init(
        loop: EventLoop, options: RunOptions, journal: RunJournal, observer: any RunObserver,
        onDone: @escaping (Outcome) -> Void
    ) {
        self.loop = loop
        self.options = options
        self.journal = journal
        self.observer = observer
        self.onDone = onDone
        machine = CoordinatorMachine(
            runID: options.runID, assignments: options.assignments, order: options.dealOrder,
            patience: options.patience)
        local = LocalAgents(loop: loop)
        timer = LoopTimer(loop: loop)
        hurry = LoopTimer(loop: loop)
        ledger = ClockLedger(loop: loop)
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
        ledger.start()
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
            if let wait = machine.wait { observer.waiting(wait, now: now) }
        }
    }

    /// Gives up before anything began: the address was taken, or a local agent could not be
    /// started.
    func abandon(_ done: @escaping () -> Void) {
        observer.ended()
        timer.close()
        hurry.close()
        ledger.stop()
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
        guard hello.runID == options.runID, machine.agents.indices.contains(agent),
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
            case .close(let link): release(link)
            case .admitted(_, let agent): observer.joined(machine.agents[agent].hello)
            case .deal(let assignments): deal(assignments.map { options.assignments[$0] })
            case .away(let agent, let absence, let until): tellAway(agent, absence, until: until)
            case .returned(_, let agent, let absence): tellReturned(agent, absence)
            case .append(let agent, let batch, let records): append(batch, records, of: agent)
            case .conclude(let agent, let end): conclude(agent, end)
            case .syncJournal: syncJournal()
            case .starting(let instant): starting(at: instant)
            case .finish(let ending): finish(ending)
            }
        }
    }

    /// - Parameter assignments: In the order of the agents.
    private func deal(_ assignments: [Assignment]) {
        merge = Merge(dealt: assignments, repeats: options.plan.rounds != nil)
        deal(rest: assignments[...])
    }

    /// An agent a turn of the loop: shards are large, and the others are heard in between.
    private func deal(rest assignments: ArraySlice<Assignment>) {
        guard let assignment = assignments.first, ending == nil else { return }
        let agent = assignments.startIndex
        note(agent, has: assignment)
        if let link = links[machine.agents[agent].link] { assignment.send { link.send($0) } }
        loop.next { [weak self] in self?.deal(rest: assignments.dropFirst()) }
    }

    private func note(_ agent: Int, has assignment: Assignment) {
        let hello = machine.agents[agent].hello
        let clock = JournalNote.Clock(
            bootID: hello.bootID, timeNamespace: hello.timeNamespace,
            isOwn: ThisHost.hasClock(of: hello))
        let requests = assignment.requests.map(\.index)
        for part in JournalNote.agent(agent, name: hello.name, clock: clock, requests: requests) {
            note(part)
        }
    }

    private func tellAway(_ agent: Int, _ absence: AgentAbsence, until: LocalInstant) {
        let left = (Double((until - RawClock.now()).ns) / 1e9).rounded()
        observer.note(
            "agent \(machine.agents[agent].hello.name) is away (\(absence.reason)): it "
                + (start == nil ? "" : "goes on by itself, and ")
                + "is waited for for \(Int(left)) s")
    }

    private func tellReturned(_ agent: Int, _ absence: AgentAbsence) {
        let span = absence.to.map { ($0 - absence.from).ns / 1_000_000_000 } ?? 0
        observer.note(
            "agent \(machine.agents[agent].hello.name) is back after \(span) s"
                + (start == nil ? "" : ", and sends what it kept"))
    }

    private func note(_ note: JournalNote) {
        do {
            journal.note(try note.json)
        } catch {
            preconditionFailure("integers and text are always JSON: \(error)")
        }
    }

    private func append(_ batch: Batch, _ records: LogBatch, of agent: Int) {
        do throws(MergeFault) {
            try merge.add(records, agent: agent)
        } catch {
            return perform(machine.broken(agent: agent, reason: "\(error)", now: RawClock.now()))
        }
        drained.add(records)
        observer.records(records, of: agent)
        journal.append(batch, of: agent, incarnation: machine.agents[agent].hello.incarnation)
    }

    private func syncJournal() {
        journal.sync { [unowned self] error in
            if let error {
                perform(machine.journalFailed("\(error)", now: RawClock.now()))
            } else {
                perform(machine.journalSynced(now: RawClock.now()))
            }
        }
    }

    /// Probes the clock of an agent that said End before it goes.
    private func conclude(_ agent: Int, _ end: AgentEnd) {
        journal.append(end, of: agent, incarnation: machine.agents[agent].hello.incarnation)
        clocks.conclude(agent) { [unowned self] in perform(machine.clockProbed(agent: agent)) }
    }

    private func starting(at instant: LocalInstant) {
        start = instant
        clocks.start()
        watchClocks()
        note(.start(rawNs: instant.ns, offsetsNs: machine.agents.map { $0.clock?.offsetNs ?? 0 }))
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
        ended = machine.agents.compactMap(\.over).max() ?? RawClock.now()
        timer.close()
        hurry.close()
        liveClocks?.stop()
        observer.ended()
        for line in turnedAway.rest() { observer.note(line) }
        if let sentence = drained.sentence { observer.note(sentence) }
        conclude()
    }

    private func conclude() {
        guard let ending else { return }
        clocks.flush()
        // Taken with the journal's last rows: a probe that is answered while these are written is
        // in neither, so that the journal gives the same fits again.
        let logs = (0..<options.agents.count).map { clocks.log(of: $0) }
        journal.sync { [self] error in
            if let error { observer.note("the journal's end is not safe: \(error)") }
            dismiss(ending, logs)
        }
    }

    private func dismiss(_ ending: RunEnding, _ logs: [ExchangeLog]) {
        ledger.stop()
        listener?.close()
        clocks.close()
        if case .failed = ending.kind { local.terminate() }
        let outcome = Outcome(
            ending: ending, start: start, ended: ended, agents: machine.agents,
            exchanges: logs.map(\.exchanges), readings: logs.map(\.readings),
            sharesClock: zip(machine.agents, logs).map { track, log in
                ThisHost.hasClock(of: track.hello) && log.admitsSharedClock
            },
            merge: merge, ledger: ledger.rows)
        local.whenAllExited { [self] in
            local.close()
            for link in links.values { link.close() }
            whenReleased = { [self] in onDone(outcome) }
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
