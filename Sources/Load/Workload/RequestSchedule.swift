import DequeModule
import HeapModule
package import TimeBase

/// The requests that an agent's shard makes due, and when.
///
/// First turns of open stages are due at their planned instants, whatever the server does; with a
/// bound of their stage they then wait, in order, until fewer are in flight. In a closed loop slots
/// begin ``slotSpacing`` apart, and a slot takes its next session at the instant at which it became
/// free, which is when all requests of the session before have ended that are due; a stage that
/// repeats begins its sessions again when it has used them up. A later turn is due its think time
/// after the last of the turns that it waits for has finished, however these ended. Time is an
/// input; nothing is read.
///
/// An ordinal is a request's position in the shard; in a later round of ``PlanRounds`` that many
/// times the shard's size is added.
///
/// The last stage is ``over`` at the end of its time. A last stage that ends with its requests is
/// over when the last of them was handed out, and goes on as long as others of it end: a burst of
/// many is served for longer than it takes to send. Requests in flight then may go on for the drain
/// time, to ``cut(after:)``. Later turns of open stages that become due by then are sent; the
/// others never are.
///
/// - Complexity: O(log n) a request, O(n log n) to set up.
package struct RequestSchedule: ~Copyable {
    /// How far apart an agent's slots take their first sessions. One thread sends one request after
    /// the other: slots that are all due at once would be sent late by their number times what a
    /// send takes, and a workload should not ask for what nobody can do.
    package static let slotSpacing = TimeSpan.microseconds(100)

    private struct Entry: Comparable {
        var due: Int64
        var ordinal: Int

        static func < (a: Entry, b: Entry) -> Bool {
            (a.due, a.ordinal) < (b.due, b.ordinal)
        }
    }

    private enum Phase: UInt8 {
        /// Not known to be due yet.
        case planned
        /// Handed out by ``takeDue(now:)``.
        case taken
        /// Its terminal record exists.
        case ended
    }

    /// Sessions of a closed stage, by the ordinals of their first turns.
    private struct Queue {
        var first: [Int] = []
        /// How many are warm-up, which comes once.
        var warmups = 0
        /// How many have been queued, those of later rounds too.
        var queued = 0
        /// Whether a slot found the stage over: no session of it comes any more.
        var isOver = false
    }

    /// The shard, in order.
    private let requests: [PlannedRequest]
    private let stages: [StagePlan]
    private let rounds: PlanRounds?
    private let ordinals: [UInt32: Int]
    private var start: LocalInstant
    private let graph: TurnGraph
    private var joins = Joins()
    private var running = RunningSessions()
    /// First turns of open stages in order of their due times, and how many have become due.
    private let openOrder: [Int32]
    private var openTaken = 0
    private var closed: [Queue]
    /// Turns and slots that are known to become due.
    private var heap = Heap<Entry>()
    /// Entries that are due and wait for a slot, by stage.
    private var waiting: [Deque<Entry>]
    private var slots: FreeSlots
    private var phases: [Phase]
    /// Requests of later rounds that were handed out and have not ended.
    private var takenAgain: Set<Int> = []
    private var stopped = false
    /// Requests that were not handed out, of stages that end with their last one.
    private var unsentWithoutEnd = 0
    /// The latest end of a stage that has one, and the last beginning or end of a request of the
    /// others: an offset.
    private var lastEnd: Int64

    /// Requests that were handed out and have not finished.
    package private(set) var inFlight = 0
    /// Requests without a terminal record; of later rounds only those that were handed out.
    package private(set) var remaining: Int

    /// The schedule of a shard whose run starts at `start`; `rounds` are those of the whole plan.
    package init(
        requests: [PlannedRequest], stages: [StagePlan], rounds: PlanRounds? = nil,
        start: LocalInstant
    ) {
        self.requests = requests
        self.stages = stages
        self.rounds = rounds
        self.start = start
        ordinals = Dictionary(
            requests.enumerated().map { ($1.index, $0) }, uniquingKeysWith: { first, _ in first })
        graph = TurnGraph(of: requests)
        var open: [Int32] = []
        var closed = stages.map { _ in Queue() }
        for (ordinal, request) in requests.enumerated() where request.beginsSession {
            if request.scheduledNs != nil {
                open.append(Int32(ordinal))
            } else if request.turn == 0 {
                closed[Int(request.stage)].first.append(ordinal)
            }
        }
        for index in closed.indices {
            // The warm-up's sessions are the queue's head; a stage of its own is warm-up
            // throughout.
            let warmups = closed[index].first.prefix { requests[$0].phase == .warmup }.count
            closed[index].warmups = warmups < closed[index].first.count ? warmups : 0
        }
        open.sort {
            (requests[Int($0)].scheduledNs ?? 0, $0) < (requests[Int($1)].scheduledNs ?? 0, $1)
        }
        openOrder = open
        self.closed = closed
        waiting = stages.map { _ in Deque() }
        slots = FreeSlots(most: stages.compactMap(\.maxInFlight).max())
        phases = Array(repeating: .planned, count: requests.count)
        remaining = requests.count
        lastEnd = stages.compactMap(\.endNs).max() ?? 0
        unsentWithoutEnd = requests.count { stages[Int($0.stage)].endNs == nil }
        for (index, stage) in stages.enumerated() {
            guard case .closed(let concurrency) = stage.kind else { continue }
            for slot in 0..<Int(concurrency) {
                queueNextSession(
                    of: index, at: stage.beginNs + Int64(slot) * Self.slotSpacing.ns)
            }
        }
    }

    /// Moves the start of the run, before anything has been handed out.
    package mutating func move(start: LocalInstant) {
        precondition(remaining == requests.count && inFlight == 0, "the run has begun")
        self.start = start
    }

    /// The request with an ordinal that was given.
    package func request(_ ordinal: Int) -> PlannedRequest {
        let (round, planned) = ordinal.quotientAndRemainder(dividingBy: requests.count)
        guard round > 0, let rounds else { return requests[planned] }
        return rounds.request(requests[planned], round: UInt32(round))
    }

    /// The ordinal of the request `id`; nil where it is not of this shard.
    package func ordinal(of id: UInt32) -> Int? {
        guard let (index, round) = rounds?.position(of: id) else { return ordinals[id] }
        return ordinals[index].map { $0 + Int(round) * requests.count }
    }

    /// When the next request that is already known becomes due, or became due that can go now; nil
    /// when nothing is known.
    package var nextDue: LocalInstant? {
        guard !stopped else { return nil }
        let open = openTaken < openOrder.count ? openDue(openTaken) : Int64.max
        let queued = heap.min?.due ?? Int64.max
        var earliest = min(open, queued)
        if let stage = stageWithSlot, let first = waiting[stage].first {
            earliest = min(earliest, first.due)
        }
        return earliest == Int64.max ? nil : start + TimeSpan(ns: earliest)
    }

    /// When the last stage is over, as far as is known; nil while requests without another end are
    /// not due yet. Once known it only moves on with requests that end.
    package var over: LocalInstant? {
        unsentWithoutEnd == 0 ? start + TimeSpan(ns: lastEnd) : nil
    }

    /// When the requests still in flight are to be cut, `drain` after the last stage; nil while
    /// that is not known, and for a drain without end.
    package func cut(after drain: TimeSpan) -> LocalInstant? {
        guard let over else { return nil }
        let (ns, overflow) = over.ns.addingReportingOverflow(max(0, drain.ns))
        return overflow ? nil : LocalInstant(ns: ns)
    }

    /// The next request that is due at or before `now` and has its slot, nil when there is none;
    /// in order of due time, those that have waited first.
    package mutating func takeDue(now: LocalInstant) -> DueRequest? {
        guard !stopped else { return nil }
        if let stage = stageWithSlot, let entry = waiting[stage].popFirst() {
            return hand(entry, freeNs: max(entry.due, freeSince(stage)), now: now)
        }
        while let entry = takeKnown(now: now) {
            let stage = Int(requests[entry.ordinal % requests.count].stage)
            if stages[stage].maxInFlight == nil {
                return hand(entry, freeNs: entry.due, now: now)
            }
            if hasSlot(stage) {
                return hand(entry, freeNs: max(entry.due, freeSince(stage)), now: now)
            }
            waiting[stage].append(entry)
        }
        return nil
    }

    /// The earliest request that is known to be due at or before `now`.
    private mutating func takeKnown(now: LocalInstant) -> Entry? {
        let limit = (now - start).ns
        let open = openTaken < openOrder.count ? openDue(openTaken) : Int64.max
        guard let queued = heap.min, queued.due < open else {
            guard open <= limit, openTaken < openOrder.count else { return nil }
            openTaken += 1
            return Entry(due: open, ordinal: Int(openOrder[openTaken - 1]))
        }
        return queued.due <= limit ? heap.popMin() : nil
    }

    private mutating func hand(_ entry: Entry, freeNs: Int64, now: LocalInstant) -> DueRequest {
        if entry.ordinal < phases.count {
            phases[entry.ordinal] = .taken
        } else {
            takenAgain.insert(entry.ordinal)
            remaining += 1
        }
        inFlight += 1
        if stages[Int(requests[entry.ordinal % requests.count].stage)].endNs == nil {
            unsentWithoutEnd -= 1
            lastEnd = max(lastEnd, (now - start).ns)
        }
        return DueRequest(
            ordinal: entry.ordinal, scheduled: start + TimeSpan(ns: entry.due),
            free: start + TimeSpan(ns: freeNs))
    }

    /// The request's stream ended at `instant`: the turns that waited for it alone, or for it last,
    /// are scheduled, or its slot's next session where its own has ended.
    package mutating func finished(ordinal: Int, at instant: LocalInstant) {
        if ordinal < phases.count {
            precondition(phases[ordinal] == .taken, "only a request that was due can finish")
            phases[ordinal] = .ended
        } else {
            let wasTaken = takenAgain.remove(ordinal) != nil
            precondition(wasTaken, "only a request that was due can finish")
        }
        inFlight -= 1
        remaining -= 1
        let offset = (instant - start).ns
        slots.freed(at: offset)
        let planned = ordinal % requests.count
        let stage = Int(requests[planned].stage)
        if stages[stage].endNs == nil { lastEnd = max(lastEnd, offset) }
        var queued = 0
        for index in 0..<graph.followerCount(of: planned) {
            let next = graph.follower(index, of: planned)
            let again = next + ordinal - planned
            guard
                let ready = joins.ended(
                    at: offset, of: again, count: graph.parentCount(of: next))
            else { continue }
            if queue(again, stage: stage, at: ready + requests[next].thinkNs) { queued += 1 }
        }
        guard case .closed = stages[stage].kind else { return }
        if !running.goesOn(session(of: ordinal), with: queued) {
            queueNextSession(of: stage, at: offset)
        }
    }

    /// Up to `limit` ordinals that are likely to be due next, for making their prompts ahead of
    /// time.
    ///
    /// - Complexity: O(limit * closed stages + known later turns + those that wait).
    package func upcoming(_ limit: Int) -> [Int] {
        guard !stopped else { return [] }
        var ordinals = waiting.flatMap { $0.prefix(limit).map(\.ordinal) }
        ordinals += heap.unordered.map(\.ordinal)
        ordinals += openOrder[openTaken...].prefix(limit).map { Int($0) }
        for (stage, queue) in closed.enumerated() where !queue.isOver {
            ordinals += (0..<limit).compactMap { session(queue.queued + $0, of: stage) }
        }
        return Array(ordinals.prefix(limit))
    }

    /// Ordinals that will never be due, because their stage has ended, in order; each is given
    /// once.
    ///
    /// Meaningful when nothing is in flight, waits, or is known to be due any more.
    package mutating func takeNeverDue() -> [Int] {
        guard heap.isEmpty, openTaken == openOrder.count, inFlight == 0,
            waiting.allSatisfy(\.isEmpty)
        else { return [] }
        return takePlanned()
    }

    /// Requests that are due and wait for their slot at `now`, in order: they will not be sent,
    /// and their terminal records are to be made.
    package mutating func takeWaiting(now: LocalInstant) -> [DueRequest] {
        // Entries that have become due by now wait for the same reason.
        while let entry = takeKnown(now: now) {
            waiting[Int(requests[entry.ordinal % requests.count].stage)].append(entry)
        }
        var taken: [DueRequest] = []
        for stage in waiting.indices where stages[stage].maxInFlight != nil {
            while let entry = waiting[stage].popFirst() {
                if entry.ordinal < phases.count {
                    phases[entry.ordinal] = .ended
                    remaining -= 1
                }
                taken.append(
                    DueRequest(
                        ordinal: entry.ordinal, scheduled: start + TimeSpan(ns: entry.due),
                        free: now))
            }
        }
        return taken
    }

    /// Nothing becomes due any more; gives the ordinals that were not handed out, in order, once.
    package mutating func stop() -> [Int] {
        stopped = true
        heap = Heap()
        openTaken = openOrder.count
        for stage in waiting.indices { waiting[stage] = Deque() }
        return takePlanned()
    }

    /// Whether a request belongs to a closed loop that time ends: it is held in reserve, and missed
    /// by nobody where it is never due.
    package func isReserve(_ ordinal: Int) -> Bool {
        let stage = stages[Int(requests[ordinal].stage)]
        guard case .closed = stage.kind else { return false }
        return stage.endNs != nil
    }

    private mutating func takePlanned() -> [Int] {
        var left: [Int] = []
        for ordinal in phases.indices where phases[ordinal] == .planned {
            phases[ordinal] = .ended
            left.append(ordinal)
            if stages[Int(requests[ordinal].stage)].endNs == nil { unsentWithoutEnd -= 1 }
        }
        remaining -= left.count
        return left
    }

    private func openDue(_ position: Int) -> Int64 {
        requests[Int(openOrder[position])].scheduledNs ?? 0
    }

    // MARK: Closed loops

    /// The ordinal of session number `position` of a closed stage's queue, from 0; nil beyond its
    /// end.
    private func session(_ position: Int, of stage: Int) -> Int? {
        let queue = closed[stage]
        if position < queue.first.count { return queue.first[position] }
        guard stages[stage].repeats, let rounds else { return nil }
        let again = queue.first.count - queue.warmups
        guard again > 0 else { return nil }
        let (round, planned) = (position - queue.first.count).quotientAndRemainder(
            dividingBy: again)
        guard rounds.holds(round: round + 1) else { return nil }
        return queue.first[queue.warmups + planned] + (round + 1) * requests.count
    }

    private mutating func queueNextSession(of stage: Int, at offset: Int64) {
        guard let ordinal = session(closed[stage].queued, of: stage) else { return }
        guard queue(ordinal, stage: stage, at: offset) else {
            closed[stage].isOver = true
            return
        }
        closed[stage].queued += 1
        let planned = ordinal % requests.count
        let others = graph.beginnings(with: planned)
        guard !others.isEmpty else { return }
        running.began(session(of: ordinal), with: 1 + others.count)
        for other in others {
            _ = queue(Int(other) + ordinal - planned, stage: stage, at: offset)
        }
    }

    /// The session of a request, in its round.
    private func session(of ordinal: Int) -> UInt32 {
        let (round, planned) = ordinal.quotientAndRemainder(dividingBy: requests.count)
        let again = UInt32(truncatingIfNeeded: round) &* (rounds?.sessions ?? 0)
        return requests[planned].session &+ again
    }

    /// Makes `ordinal` due at `offset`; false when its closed stage has ended by then.
    private mutating func queue(_ ordinal: Int, stage: Int, at offset: Int64) -> Bool {
        if stopped { return false }
        if case .closed = stages[stage].kind, let end = stages[stage].endNs, offset >= end {
            return false
        }
        heap.insert(Entry(due: offset, ordinal: ordinal))
        return true
    }

    // MARK: Open loops with a bound

    private func hasSlot(_ stage: Int) -> Bool {
        stages[stage].maxInFlight.map { inFlight < Int($0) } ?? true
    }

    /// A stage of which a request waits that can go now.
    private var stageWithSlot: Int? {
        guard slots.areBounded else { return nil }
        return waiting.indices.first { !waiting[$0].isEmpty && hasSlot($0) }
    }

    private func freeSince(_ stage: Int) -> Int64 {
        guard let most = stages[stage].maxInFlight else { return .min }
        return slots.freeSince(Int(most) - inFlight)
    }
}
