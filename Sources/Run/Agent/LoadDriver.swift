import EventLoop
import Host
import PlainText
import ServingClient
import TimeBase
import TokenLog
import Wire
import Workload

/// The token path of an agent: makes requests due, sends them, and logs what comes back.
///
/// Confined to the load loop. A token costs one append to `log`; every ``flushEvery`` the log is
/// handed to the link's thread, where it is encoded, spooled and sent.
final class LoadDriver: StreamSink {
    /// How long a record waits on this thread: half of what a crash may lose.
    static let flushEvery = TimeSpan.milliseconds(50)
    /// Prompts made ahead of their time.
    static let preparedAhead = 64
    /// A prompt is only made when nothing is due for this long.
    static let quietTime = TimeSpan.microseconds(500)

    /// The records and counts that a flush hands on.
    struct Flush: Sendable {
        var records: LogBatch
        /// Requests in flight.
        var running: Int
        /// Every request has its terminal record: this is the last flush, and how the load went.
        var end: ClientAudit?
    }

    let loop: EventLoop
    private let timer: DeadlineTimer
    private let flushTimer: LoopTimer
    private let drainTimer: LoopTimer
    var client: ServingClient?
    var builder: RequestBuilder?
    /// Targets that are being asked before the start.
    var preparations: [TargetPreparation] = []
    private var targets = SessionTargets(models: [], named: [])
    private var schedule: RequestSchedule?
    private var prepared: [Int: PreparedRequest] = [:]
    private var conversations = LiveConversations()
    /// Requests handed to the client that have not left yet, and where they go.
    private var leaving: [UInt32: (due: DueRequest, target: UInt16)] = [:]
    /// How long requests that are being written waited for a connection, by the scenario's own
    /// rule.
    private var waits: [UInt32: TimeSpan] = [:]
    @exclusivity(unchecked) private var log = LogBatch()
    @exclusivity(unchecked) private var audit = LoadAudit()
    /// Whether the callback's own reading is logged with every token record.
    private var keepsRawStamps = false
    private var dispatchQueued = false
    private var prepareQueued = false
    private var isOver = false
    /// How long requests in flight may go on after the last stage.
    private var drain = TimeSpan.zero
    /// When what is in flight is cut, once that is known.
    private var cut: LocalInstant?
    private let onStarted: (Started) -> Void
    private let onFlush: (Flush) -> Void

    init(
        loop: EventLoop, onStarted: @escaping (Started) -> Void, onFlush: @escaping (Flush) -> Void
    ) throws(SystemError) {
        self.loop = loop
        timer = try DeadlineTimer(loop: loop)
        flushTimer = LoopTimer(loop: loop)
        drainTimer = LoopTimer(loop: loop)
        self.onStarted = onStarted
        self.onFlush = onFlush
    }

    // MARK: Life

    /// Takes the shard; the client is connected.
    ///
    /// - Parameter targets: which target each session goes to.
    func hold(
        requests: [PlannedRequest], targets: SessionTargets, stages: [StagePlan],
        rounds: PlanRounds?, drain: TimeSpan, keepsRawStamps: Bool
    ) {
        self.drain = drain
        self.keepsRawStamps = keepsRawStamps
        self.targets = targets
        conversations = LiveConversations(of: requests, rounds: rounds)
        // The start is not known yet; prompts for the first requests are made meanwhile.
        let start = RawClock.now() + .seconds(3_600)
        schedule = RequestSchedule(
            requests: requests, stages: stages, rounds: rounds, start: start)
        prepareSome()
    }

    /// Begins at `start`.
    func arm(start: LocalInstant) {
        schedule?.move(start: start)
        client?.forgetReads()
        timer.arm(at: start) { [unowned self] in
            audit.began(reading)
            onStarted(Started(intended: start, achieved: RawClock.now()))
            dispatch()
        }
        flushTimer.start(after: Self.flushEvery, repeating: Self.flushEvery) { [unowned self] in
            flush()
        }
    }

    /// Makes nothing due any more; ends what is in flight within `drain`.
    func stop(drain: TimeSpan, reason: String) {
        guard !isOver, schedule != nil else { return }
        let error = RequestError(kind: .runEnded, detail: reason)
        endSending(error)
        let (ns, isBeyond) = RawClock.now().ns.addingReportingOverflow(drain.ns)
        let at = LocalInstant(ns: isBeyond ? .max : ns)
        if drain <= .zero {
            cutOff(error)
        } else if cut.map({ at < $0 }) ?? true {
            cut = at
            drainTimer.start(after: drain) { [unowned self] in cutOff(error) }
        }
        endIfDone()
    }

    /// The last stage is over, or will be at an instant that is known: from then on the drain time
    /// counts.
    private func watchDrain() {
        guard cut == nil, let at = schedule?.cut(after: drain) else { return }
        cut = at
        drainTimer.start(after: at - RawClock.now()) { [unowned self] in drained() }
    }

    private func drained() {
        cut = nil
        // Requests that ended meanwhile may have put it off.
        if let at = schedule?.cut(after: drain), at > RawClock.now() { return watchDrain() }
        let error = RequestError(
            kind: .drained, detail: "still in flight \(drain.seconds) s after the last stage")
        endSending(error)
        cutOff(error)
        endIfDone()
    }

    private func cutOff(_ error: RequestError) {
        client?.cancelAll(outcome: .unfinished, kind: error.kind, reason: error.detail)
    }

    private func endSending(_ error: RequestError) {
        timer.disarm()
        let now = RawClock.now()
        var neverSent = error
        if error.kind == .drained {
            neverSent.detail = "no place within \(drain.seconds) s after the last stage: never sent"
        }
        for due in schedule?.takeWaiting(now: now) ?? [] {
            logNeverSent(due, at: now, error: neverSent)
        }
        for ordinal in schedule?.stop() ?? [] {
            let isMissed = error.kind != .drained || schedule?.isReserve(ordinal) == false
            logNotNeeded(ordinal, at: now, error: isMissed ? error : nil)
        }
    }

    /// Ends the driver's handles and its client; `done` comes when all are closed.
    func close(_ done: @escaping () -> Void) {
        isOver = true
        timer.close()
        flushTimer.close()
        drainTimer.close()
        cancelPreparations()
        client?.close()
        // Handles close on later turns; what was posted by then has run.
        loop.next(done)
    }

    /// How the load is doing; the recent figures are those since the last call.
    func takeStatus() -> AgentStatus {
        let running = schedule?.inFlight ?? 0
        let waiting = (schedule?.remaining ?? 0) - running
        let reading = reading
        let recent = audit.takeRecent(reading)
        return AgentStatus(
            at: reading.at, running: UInt32(clamping: running), waiting: UInt32(clamping: waiting),
            loopBusyPermille: recent.busyPermille, latenessP99Ns: recent.latenessP99Ns,
            spoolBytes: 0, cpuNs: reading.cpuNs,
            audit: audit.audit(reading, reads: client?.reads ?? ReadAudit()))
    }

    private var reading: LoadAudit.Reading {
        LoadAudit.Reading(load: loop.load(), cpuNs: ProcessTime.cpuNs, at: RawClock.now())
    }

    // MARK: Sending

    private func dispatch() {
        dispatchQueued = false
        while let due = schedule?.takeDue(now: RawClock.now()) { send(due) }
        guard !isOver else { return }
        if let next = schedule?.nextDue {
            timer.arm(at: next) { [unowned self] in dispatch() }
        }
        watchDrain()
        queuePreparing()
        endIfDone()
    }

    private func queueDispatch() {
        guard !dispatchQueued else { return }
        dispatchQueued = true
        loop.next { [unowned self] in dispatch() }
    }

    private func send(_ due: DueRequest) {
        guard let request = schedule?.request(due.ordinal), let client else { return }
        let body = prepared.removeValue(forKey: due.ordinal) ?? build(request)
        leaving[request.index] = (due, UInt16(body.target))
        client.send(body)
    }

    private func build(_ request: PlannedRequest) -> PreparedRequest {
        guard let builder else {
            preconditionFailure("requests are built after the shard is held")
        }
        var body = builder.prepare(
            request, target: targets.targetIndex(of: request),
            answers: conversations.answers(for: request))
        body.keepsAnswer = conversations.needsAnswer(to: request)
        return body
    }

    // MARK: Prompts ahead of time

    private func queuePreparing() {
        guard !prepareQueued, !isOver else { return }
        prepareQueued = true
        loop.next { [unowned self] in
            prepareQueued = false
            prepareSome()
        }
    }

    /// Makes prompts until the next request is close to due, then yields to the loop.
    private func prepareSome() {
        guard !isOver, let upcoming = schedule?.upcoming(Self.preparedAhead) else { return }
        let begun = RawClock.now()
        for ordinal in upcoming where prepared[ordinal] == nil {
            let now = RawClock.now()
            if let next = schedule?.nextDue, next - now < Self.quietTime { return }
            if now - begun > Self.quietTime { return queuePreparing() }
            guard let request = schedule?.request(ordinal) else { return }
            prepared[ordinal] = build(request)
        }
    }

    // MARK: News of requests

    func requestWaited(_ id: UInt32, _ wait: TimeSpan) { waits[id] = wait }

    func requestSent(_ id: UInt32, at instant: LocalInstant) {
        guard let (due, target) = leaving.removeValue(forKey: id) else { return }
        // A wait for a slot, or for a connection, that the scenario asked for is the workload's.
        let wait = waits.isEmpty ? .zero : waits.removeValue(forKey: id) ?? .zero
        let free = due.free + wait
        audit.sent(lateness: instant - free)
        log.sent.append(
            SentRecord(
                request: id, scheduled: due.scheduled, free: free, sent: instant,
                target: target))
    }

    func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {
        for record in records { audit.counted(record) }
        log.tokens.append(contentsOf: records)
        guard keepsRawStamps else { return }
        for record in records {
            log.delays.append(UInt32(clamping: max(0, (seen - record.stamp).ns)))
        }
    }

    func answered(_ id: UInt32, _ text: String) {
        guard let ordinal = schedule?.ordinal(of: id), let request = schedule?.request(ordinal)
        else { return }
        conversations.answered(request, text)
    }

    func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {
        if !waits.isEmpty { waits[record.request] = nil }
        if let (due, target) = leaving.removeValue(forKey: record.request) {
            // It never left: the connection could not be made.
            log.sent.append(
                SentRecord(
                    request: record.request, scheduled: due.scheduled, free: due.free, sent: nil,
                    target: target))
        }
        log.finishes.append(record)
        audit.finished(record.error)
        guard let ordinal = schedule?.ordinal(of: record.request) else {
            preconditionFailure("the client finished a request that it was not given")
        }
        schedule?.finished(ordinal: ordinal, at: record.at)
        queueDispatch()
    }

    // MARK: The end

    /// A request that waited for its slot until the end.
    private func logNeverSent(_ due: DueRequest, at instant: LocalInstant, error: RequestError) {
        guard let request = schedule?.request(due.ordinal) else { return }
        log.sent.append(
            SentRecord(
                request: request.index, scheduled: due.scheduled, free: due.free, sent: nil,
                target: UInt16(targets.targetIndex(of: request))))
        log.finishes.append(
            FinishRecord(
                request: request.index, at: instant, outcome: .unfinished, error: error))
    }

    private func logNotNeeded(_ ordinal: Int, at instant: LocalInstant, error: RequestError?) {
        guard let request = schedule?.request(ordinal) else { return }
        log.finishes.append(
            FinishRecord(
                request: request.index, at: instant, outcome: .notNeeded, error: error))
    }

    private func endIfDone() {
        guard !isOver, let held = schedule?.inFlight, held == 0, schedule?.nextDue == nil else {
            return
        }
        let now = RawClock.now()
        for ordinal in schedule?.takeNeverDue() ?? [] {
            logNotNeeded(ordinal, at: now, error: nil)
        }
        guard schedule?.remaining == 0 else { return }
        isOver = true
        flushTimer.stop()
        drainTimer.stop()
        flush()
    }

    private func flush() {
        guard !log.isEmpty || isOver else { return }
        let flushed = log
        log = LogBatch()
        log.tokens.reserveCapacity(max(1_024, flushed.tokens.count * 2))
        onFlush(
            Flush(
                records: flushed, running: schedule?.inFlight ?? 0,
                end: isOver ? audit.audit(reading, reads: client?.reads ?? ReadAudit()) : nil))
    }
}
