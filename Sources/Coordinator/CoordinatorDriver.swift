import ClockSync
import CoordinatorCore
import EventLoop
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
    /// What is known when nothing more will arrive.
    struct Outcome {
        var ending: RunEnding
        var start: LocalInstant?
        /// When the last agent had ended or was lost.
        var ended: LocalInstant
        var agents: [AgentTrack]
        var exchanges: [[ClockExchange]]
        var merge: Merge
        var ledger: [ClockLedgerRow]
    }

    /// Distance of probe trains while agents wait for others.
    private static let waitingInterval = TimeSpan.seconds(1)
    private static let tick = TimeSpan.milliseconds(100)
    /// How long the clocks are probed once more after the last record.
    private static let closingBurst = TimeSpan.seconds(1)

    private let loop: EventLoop
    private let options: RunOptions
    private let journal: RunJournal
    private let observer: any RunObserver
    private let onDone: (Outcome) -> Void

    private var machine: CoordinatorMachine
    private var listener: MessageListener?
    private let local: LocalAgents
    private let timer: LoopTimer
    private var closingTimers: [LoopTimer] = []
    private let ledger: ClockLedger
    private var links: [LinkID: MessageConnection] = [:]
    private var nextLink = 0
    private var clocks: [Int: ClockLink] = [:]
    private var merge: Merge
    private var start: LocalInstant?
    private var ending: RunEnding?
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
            runID: options.runID, assignments: options.assignments, patience: options.patience)
        local = LocalAgents(loop: loop)
        timer = LoopTimer(loop: loop)
        ledger = ClockLedger(loop: loop)
        merge = Merge(agents: Self.agentOfRequest(options))
    }

    private static func agentOfRequest(_ options: RunOptions) -> [Int] {
        var agents = [Int](repeating: 0, count: options.plan.requests.count)
        for (agent, assignment) in options.assignments.enumerated() {
            for request in assignment.requests { agents[Int(request.index)] = agent }
        }
        return agents
    }

    // MARK: Facts

    /// Listens, and starts the local agents.
    func begin() throws {
        let listener = try MessageListener(
            loop: loop, at: options.listen, security: options.security,
            onRefused: { [unowned self] error, peer in
                observer.note("\(peer.map { "\($0)" } ?? "a peer") was turned away: \(error)")
            },
            onConnection: { [unowned self] connection in accepted(connection) })
        self.listener = listener
        observer.listening(on: listener.localAddress)
        ledger.start()
        if case .local(let count, let urls) = options.agents, let token = options.token {
            try local.start(
                count,
                LocalAgents.Launch(
                    executable: options.executable, coordinatorPort: listener.localAddress.port,
                    token: token, spool: options.spoolFolder, urls: urls,
                    grace: "\(options.grace.ns / 1_000_000) ms", fields: options.localFields,
                    arguments: options.localArguments)
            ) { [unowned self] name, exit in localAgentEnded(name, exit) }
        }
        timer.start(after: Self.tick, repeating: Self.tick) { [unowned self] in
            perform(machine.ticked(now: RawClock.now()))
        }
    }

    /// Gives up before anything began: the address was taken, or a local agent could not be started.
    func abandon(_ done: @escaping () -> Void) {
        observer.ended()
        timer.close()
        ledger.stop()
        listener?.close()
        local.terminate()
        local.whenAllExited { [self] in
            local.close()
            done()
        }
    }

    /// A person asked to stop.
    func interrupt() { perform(machine.interrupted(drain: options.drain)) }

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
        case .status(let status):
            if let agent = machine.agent(of: link) { observer.status(status, of: agent) }
            perform(machine.received(message, from: link, now: now))
        default:
            perform(machine.received(message, from: link, now: now))
        }
    }

    private func clockConnected(_ hello: ClockHello, on link: LinkID) {
        let agent = Int(hello.agentIndex)
        guard hello.runID == options.runID, machine.agents.indices.contains(agent),
            clocks[agent] == nil, let connection = links.removeValue(forKey: link)
        else {
            links[link]?.close()
            return
        }
        let clock = ClockLink(connection: connection, loop: loop) { [unowned self] in
            exchanged(agent: agent)
        }
        connection.onMessage = { [unowned clock] message, arrival in
            guard case .probeReply(let reply) = message else { return }
            clock.received(reply, at: arrival.read)
        }
        connection.onClosed = { [unowned clock] _ in clock.close() }
        clocks[agent] = clock
        clock.burst()
    }

    private func exchanged(agent: Int) {
        guard start == nil, let clock = clocks[agent],
            clock.exchanges.count >= ClockLink.exchangesToStart,
            clock.exchanges.count.isMultiple(of: Int(ProbeTrains.members)),
            let last = clock.exchanges.last,
            let fit = try? ClockFit(exchanges: clock.exchanges.suffix(ClockLink.exchangesToStart))
        else { return }
        // Bound: until the others are here too, enough is known by a train now and then.
        if clock.isBursting { clock.settle(interval: Self.waitingInterval) }
        let local = LocalInstant(ns: last.t3)
        let mapped = fit.map(local)
        perform(
            machine.clockBound(
                agent: agent, offsetNs: mapped.coordinatorNs - local.ns,
                uncertaintyNs: mapped.hardHalfWidthNs, now: RawClock.now()))
    }

    private func localAgentEnded(_ name: String, _ exit: ChildExit) {
        guard exit != .exited(status: 0), ending == nil else { return }
        observer.note("agent \(name) \(exit.words)")
        if machine.agents.contains(where: { $0.hello.name == name }) { return }
        perform(machine.neverJoined(name: name, reason: exit.words))
    }

    // MARK: Actions

    private func perform(_ actions: [CoordinatorAction]) {
        for action in actions {
            switch action {
            case .send(let link, let message): links[link]?.send(message)
            case .close(let link): release(link)
            case .admitted(_, let agent): admitted(agent)
            case .append(let agent, let batch, let records): append(batch, records, of: agent)
            case .conclude(let agent, let end): conclude(agent, end)
            case .syncJournal: syncJournal()
            case .starting(let instant): starting(at: instant)
            case .finish(let ending): finish(ending)
            }
        }
    }

    private func admitted(_ agent: Int) {
        let hello = machine.agents[agent].hello
        observer.joined(hello)
        let requests = options.assignments[agent].requests.map(\.index)
        let sharesClock = HostIdentity.hasClock(of: hello)
        for part in JournalNote.agent(
            agent, name: hello.name, sharesClock: sharesClock, requests: requests)
        {
            note(part)
        }
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
        clocks[agent]?.burst()
        let timer = LoopTimer(loop: loop)
        closingTimers.append(timer)
        timer.start(after: Self.closingBurst) { [unowned self] in
            perform(machine.clockProbed(agent: agent))
        }
    }

    private func starting(at instant: LocalInstant) {
        start = instant
        let perSecond = Int64(max(1, min(20, 4_000 / options.agents.count)))
        for clock in clocks.values {
            clock.burst(
                for: Self.closingBurst, then: TimeSpan(ns: 1_000_000_000 / perSecond))
        }
        note(.start(rawNs: instant.ns, offsetsNs: machine.agents.map { $0.clock?.offsetNs ?? 0 }))
        observer.starting(
            at: instant, offsets: machine.agents.map { $0.clock ?? (offsetNs: 0, uncertaintyNs: 0) }
        )
    }

    private func finish(_ ending: RunEnding) {
        guard self.ending == nil else { return }
        self.ending = ending
        ended = RawClock.now()
        timer.close()
        observer.ended()
        conclude()
    }

    private func conclude() {
        guard let ending else { return }
        for (agent, clock) in clocks {
            for part in JournalNote.clock(of: agent, clock.exchanges) { note(part) }
        }
        journal.sync { [self] error in
            if let error { observer.note("the journal's end is not safe: \(error)") }
            dismiss(ending)
        }
    }

    private func dismiss(_ ending: RunEnding) {
        for timer in closingTimers { timer.close() }
        ledger.stop()
        listener?.close()
        for clock in clocks.values { clock.close() }
        if case .failed = ending.kind { local.terminate() }
        let outcome = Outcome(
            ending: ending, start: start, ended: ended, agents: machine.agents,
            exchanges: options.assignments.indices.map { clocks[$0]?.exchanges ?? [] },
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
