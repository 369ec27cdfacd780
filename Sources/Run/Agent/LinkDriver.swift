import AgentCore
import Bytes
import EventLoop
import Journal
import ServingClient
import Storage
import TimeBase
import TokenLog
import Transport
import Wire
import Workload

/// The agent's link to its coordinator: encodes and spools what the load recorded, and performs
/// what ``AgentMachine`` decides.
///
/// Confined to the link's loop, away from the token path.
final class LinkDriver {
    /// Orders of the link to the other threads.
    struct Orders: Sendable {
        /// Start the engine where one is asked for, check the targets, hold the shard.
        var prepare: @Sendable (RunConfiguration, RequestShard, RunID) -> Void
        var arm: @Sendable (LocalInstant) -> Void
        var stopLoad: @Sendable (TimeSpan, String) -> Void
        /// The coordinator took this agent in: open the clock connection.
        var openClock: @Sendable (ClockHello) -> Void
        var exit: @Sendable (AgentExit) -> Void
    }

    private static let tick = TimeSpan.milliseconds(250)
    /// Between two attempts to reach the coordinator.
    private static let retry = TimeSpan.milliseconds(250)

    private let loop: EventLoop
    private let options: AgentOptions
    private let hello: Hello
    private let orders: Orders
    private let clock: ClockName
    private let timer: LoopTimer
    private let retryTimer: LoopTimer
    private var lines: AgentLines
    private let spool: Spool
    private var machine: AgentMachine
    private var connection: MessageConnection?
    /// Whether the connection stands; one that is being dialled does not.
    private var isUp = false
    private var deadline: LocalInstant
    /// Between two attempts to come back to a run.
    private var backoff = Backoff()
    private var encoder: TokenLogEncoder
    /// Asks the servers for their metrics; nil where that is not wanted, or the load is over.
    private var scraper: Scraper?
    /// From one question to a server to the next; nil for none.
    private var scrapeInterval: TimeSpan?
    /// The last batch made, and the last one that left or is with the coordinator.
    private var made: UInt64 = 0
    private var left: UInt64 = 0
    /// The last batch that the coordinator has on its disk.
    private var safe: UInt64 = 0
    private var watch: AgentWatch?
    /// How the load went, once it is over; and whether this link has its End.
    private var loadEnd: ClientAudit?
    private var hasSentEnd = false
    private var endReason = ""
    private var runID: RunID?
    private var isClosed = false
    /// Links whose last bytes are on their way out.
    private var finishing = 0
    private var onFinished: (() -> Void)?

    init(
        loop: EventLoop, options: AgentOptions, hello: Hello, spool: Spool, clock: ClockName,
        orders: Orders
    ) {
        self.loop = loop
        self.options = options
        self.hello = hello
        self.spool = spool
        self.clock = clock
        self.orders = orders
        timer = LoopTimer(loop: loop)
        retryTimer = LoopTimer(loop: loop)
        lines = AgentLines(options.tell)
        machine = AgentMachine(hello: hello)
        watch = AgentWatch(options, hello)
        encoder = TokenLogEncoder()
        deadline = RawClock.now() + options.patience
        spool.onBatch = { [unowned self] batch in
            left = max(left, batch.number)
            perform(machine.batchSynced(batch))
            endIfAllLeft()
        }
        spool.onFailure = { [unowned self] reason in perform(machine.spoolFailed(reason)) }
    }

    // MARK: The link

    func begin() {
        lines.dialling(options)
        timer.start(after: Self.tick, repeating: Self.tick) { [unowned self] in
            spool.ticked()
            perform(machine.ticked(now: RawClock.now()))
            watch?.ticked(isConnected: isUp, made: made, safe: safe)
        }
        connect()
    }

    private func connect() {
        let connection = MessageConnection.connect(
            loop: loop, to: options.coordinator, security: options.security)
        self.connection = connection
        var wasUp = false
        connection.onUp = { [unowned self] in
            wasUp = true
            isUp = true
            perform(machine.linkUp())
        }
        connection.onMessage = { [unowned self] message, _ in received(message) }
        connection.onClosed = { [unowned self] error in
            self.connection = nil
            isUp = false
            spool.sessionClosed()
            guard !isClosed else { return }
            let reason = error.map { "\($0)" } ?? "the coordinator closed the connection"
            if wasUp || machine.isAway {
                perform(machine.linkLost(reason, now: RawClock.now()))
            } else {
                unreachable(reason)
            }
        }
    }

    /// Before the first word a coordinator may simply not be there yet: it is waited for.
    private func unreachable(_ reason: String) {
        guard RawClock.now() < deadline else {
            let sentence = "no coordinator at \(options.coordinator): \(reason)"
            perform(machine.linkLost(sentence, now: RawClock.now()))
            return
        }
        lines.unreachable(reason)
        retryTimer.start(after: Self.retry) { [unowned self] in connect() }
    }

    /// Dials again while the run goes on without a link.
    private func dialAgain() {
        guard !isClosed else { return }
        retryTimer.start(after: backoff.next()) { [unowned self] in connect() }
    }

    /// Goes on over a new link after the batch that the coordinator has.
    private func resume(after acknowledged: UInt64) {
        backoff.reset()
        left = acknowledged
        hasSentEnd = false
        spool.resume(after: acknowledged)
        endIfAllLeft()
    }

    private func received(_ message: Message) {
        if case .welcome(let welcome) = message { welcomed(welcome) }
        if case .configure(let configuration) = message { return configured(configuration) }
        if case .batchAck(let ack) = message {
            safe = max(safe, ack.through)
            spool.acknowledged(through: ack.through)
        }
        perform(machine.received(message, now: RawClock.now()))
    }

    /// The agent's own command line goes before the run's configuration.
    private func configured(_ configuration: RunConfiguration) {
        var own = configuration
        if let grace = options.grace { own.graceNs = grace.ns }
        encoder = TokenLogEncoder(resolutionNs: own.stampResolutionNs)
        scrapeInterval = own.scrapeNs.map { TimeSpan(ns: $0) }
        perform(machine.received(.configure(own), now: RawClock.now()))
    }

    private func welcomed(_ welcome: Welcome) {
        guard runID == nil else { return }
        runID = welcome.runID
        lines.welcomed(welcome)
        do throws(StorageError) {
            try spool.begin(
                run: welcome.runID, agentIndex: welcome.agentIndex, clock: clock)
        } catch {
            return perform(machine.spoolFailed("\(error)"))
        }
        orders.openClock(
            ClockHello(
                runID: welcome.runID, agentIndex: welcome.agentIndex,
                incarnation: hello.incarnation))
    }

    // MARK: Facts from the other threads

    /// - Parameter servers: those that were found, of a load that is ready.
    func prepared(_ result: Result<Ready, PreparationFailure>, servers: [FoundServer] = []) {
        switch result {
        case .success(let ready):
            makeScraper(servers)
            perform(machine.prepared(ready))
        case .failure(let failure): perform(machine.couldNotPrepare(failure.reason))
        }
    }

    private func makeScraper(_ servers: [FoundServer]) {
        guard let scrapeInterval, !servers.isEmpty, !isClosed else { return }
        scraper = Scraper(
            loop: loop, servers: servers, access: options.access, interval: scrapeInterval
        ) { [unowned self] in append(LogBatch()) }
    }

    func loadStarted(_ started: Started) {
        lines.started()
        perform(machine.loadStarted(started))
    }

    func measured(_ status: AgentStatus) {
        watch?.measured(status)
        perform(machine.statusMeasured(status))
    }

    func interrupted(by cause: AgentMachine.Interruption) {
        perform(machine.interrupted(by: cause))
    }

    /// Records that the load made since the last flush; they go to the spool.
    func flushed(_ flush: LoadDriver.Flush) {
        append(flush.records)
        guard let end = flush.end else { return }
        scraper?.close()
        scraper = nil
        loadEnd = end
        spool.flush()
        endIfAllLeft()
    }

    /// Spools a batch of what the load made, and what the servers said meanwhile.
    private func append(_ records: LogBatch) {
        var records = records
        records.scrapes = scraper?.take() ?? []
        guard !records.isEmpty else { return }
        watch?.add(records)
        made = spool.append(encoder.encode(records), records: records.count)
    }

    private func endIfAllLeft() {
        guard let audit = loadEnd, left == made, !hasSentEnd, connection != nil else { return }
        hasSentEnd = true
        let hasher = encoder.hasher
        perform(
            machine.loadEnded(
                AgentEnd(
                    batches: made, records: hasher.records, finishes: hasher.finishes,
                    hash: hasher.value, reason: endReason, audit: audit)))
    }

    // MARK: Actions

    private func perform(_ actions: [AgentAction]) {
        for action in actions {
            lines.will(action)
            switch action {
            case .send(let message): connection?.send(message)
            case .prepare(let configuration, let requests, let texts):
                let shard = RequestShard(requests: requests, texts: texts)
                if let runID { orders.prepare(configuration, shard, runID) }
            case .arm(let start):
                orders.arm(start)
                scraper?.begin(at: start)
            case .stopLoad(let drain, let reason):
                endReason = reason
                orders.stopLoad(drain, reason)
            case .closeLink: finishLink()
            case .dial: dialAgain()
            case .resume(let acknowledged): resume(after: acknowledged)
            case .deleteSpool: spool.delete()
            case .exit(let exit): orders.exit(exit)
            }
        }
    }

    /// Closes the link after what was sent has left.
    private func finishLink() {
        guard let connection else { return }
        self.connection = nil
        spool.sessionClosed()
        finishing += 1
        connection.onClosed = nil
        connection.finish { [self] in
            finishing -= 1
            if finishing == 0 { onFinished?() }
        }
    }

    /// Ends the driver's handles; `done` comes when the spool's thread has ended too.
    func close(_ done: @escaping @Sendable () -> Void) {
        isClosed = true
        timer.close()
        retryTimer.close()
        scraper?.close()
        scraper = nil
        connection?.close()
        guard finishing > 0 else { return spool.close(done) }
        onFinished = { [unowned self] in
            onFinished = nil
            spool.close(done)
        }
    }
}

/// The requests that an agent is to send.
struct RequestShard: Sendable {
    var requests: [PlannedRequest]
    /// By index: the texts that requests of given prompts are put together from.
    var texts: [UInt32: [UInt8]]
}

/// Why the load cannot start, in one sentence with a remedy.
package struct PreparationFailure: Error, CustomStringConvertible {
    package var reason: String

    package var description: String { reason }
}
