import HeapModule
package import TimeBase
package import Workload

/// A request that has become due.
package struct DueRequest: Equatable, Sendable {
    /// Position in the shard.
    package var ordinal: Int
    /// When the workload means it to be sent.
    package var scheduled: LocalInstant

    package init(ordinal: Int, scheduled: LocalInstant) {
        self.ordinal = ordinal
        self.scheduled = scheduled
    }
}

/// What an agent's shard makes due, and when.
///
/// First turns of open stages are due at their planned instants, whatever the server does. In a
/// closed loop slots begin ``slotSpacing`` apart, and a slot takes its next session at the instant at
/// which it became free. A later turn is due its think time after the turn before has finished. Time
/// is an input; nothing is read.
///
/// The last stage is ``over`` at the end of its time. One that ends with its requests is over when
/// the last of them was handed out, and goes on as long as others of it end: a burst of many is
/// served for longer than it takes to send. What is in flight then may go on for the drain time, to
/// ``cut(after:)``. Later turns of open stages that become due by then are sent; the others never
/// are.
///
/// - Complexity: O(log n) a request, O(n log n) to set up.
package struct RequestSchedule: ~Copyable {
    /// How far apart an agent's slots take their first sessions. One thread sends one request after
    /// the other: slots that are all due at once would be sent late by their number times what a send
    /// takes, and a workload should not ask for what nobody can do.
    package static let slotSpacing = TimeSpan.microseconds(100)

    private struct Entry: Comparable {
        var due: Int64
        var ordinal: Int32

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

    package let requests: [PlannedRequest]
    private let stages: [StagePlan]
    private var start: LocalInstant
    /// The next turn of the same session, -1 for none.
    private let nextTurn: [Int32]
    /// First turns of open stages in order of their due times, and how many have been handed out.
    private let openOrder: [Int32]
    private var openTaken = 0
    /// First turns of each closed stage in order, and how many have been queued.
    private let closedOrder: [[Int32]]
    private var closedQueued: [Int]
    private var heap = Heap<Entry>()
    private var phases: [Phase]
    private var stopped = false
    /// Requests that were not handed out, of stages that end with their last one.
    private var unsentWithoutEnd = 0
    /// The latest end of a stage that has one, and the last beginning or end of a request of the
    /// others: an offset.
    private var lastEnd: Int64

    /// Requests that were handed out and have not finished.
    package private(set) var inFlight = 0
    /// Requests without a terminal record.
    package private(set) var remaining: Int

    /// The schedule of a shard whose run starts at `start`.
    package init(requests: [PlannedRequest], stages: [StagePlan], start: LocalInstant) {
        self.requests = requests
        self.stages = stages
        self.start = start
        nextTurn = Self.chainTurns(of: requests)
        var open: [Int32] = []
        var closed: [[Int32]] = stages.map { _ in [] }
        for (ordinal, request) in requests.enumerated() where request.turn == 0 {
            if request.scheduledNs != nil {
                open.append(Int32(ordinal))
            } else {
                closed[Int(request.stage)].append(Int32(ordinal))
            }
        }
        open.sort {
            (requests[Int($0)].scheduledNs ?? 0, $0) < (requests[Int($1)].scheduledNs ?? 0, $1)
        }
        openOrder = open
        closedOrder = closed
        closedQueued = stages.map { _ in 0 }
        phases = Array(repeating: .planned, count: requests.count)
        remaining = requests.count
        lastEnd = stages.compactMap(\.endNs).max() ?? 0
        unsentWithoutEnd = requests.count { stages[Int($0.stage)].endNs == nil }
        for (index, stage) in stages.enumerated() {
            guard case .closed(let concurrency) = stage.kind else { continue }
            for slot in 0..<min(Int(concurrency), closed[index].count) {
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

    /// When the next request that is already known becomes due; nil when nothing is known.
    package var nextDue: LocalInstant? {
        guard !stopped else { return nil }
        let open = openTaken < openOrder.count ? openDue(openTaken) : Int64.max
        let queued = heap.min?.due ?? Int64.max
        let earliest = min(open, queued)
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

    /// The next request due at or before `now`, nil when there is none; in order of due time.
    package mutating func takeDue(now: LocalInstant) -> DueRequest? {
        guard let due = nextDue, due <= now else { return nil }
        let offset = (due - start).ns
        let ordinal: Int
        if openTaken < openOrder.count, openDue(openTaken) == offset {
            ordinal = Int(openOrder[openTaken])
            openTaken += 1
        } else {
            guard let entry = heap.popMin() else { return nil }
            ordinal = Int(entry.ordinal)
        }
        phases[ordinal] = .taken
        inFlight += 1
        if stages[Int(requests[ordinal].stage)].endNs == nil {
            unsentWithoutEnd -= 1
            lastEnd = max(lastEnd, (now - start).ns)
        }
        return DueRequest(ordinal: ordinal, scheduled: due)
    }

    /// The request's stream ended at `instant`: its session's next turn, or its slot's next session,
    /// is scheduled.
    package mutating func finished(ordinal: Int, at instant: LocalInstant) {
        precondition(phases[ordinal] == .taken, "only a request that was due can finish")
        phases[ordinal] = .ended
        inFlight -= 1
        remaining -= 1
        let offset = (instant - start).ns
        let next = nextTurn[ordinal]
        let stage = Int(requests[ordinal].stage)
        if stages[stage].endNs == nil { lastEnd = max(lastEnd, offset) }
        if next >= 0, queue(next, stage: stage, at: offset + requests[Int(next)].thinkNs) {
            return
        }
        if case .closed = stages[stage].kind { queueNextSession(of: stage, at: offset) }
    }

    /// Up to `limit` ordinals that are likely to be due next, for making their prompts ahead of time.
    ///
    /// - Complexity: O(limit + closed stages + known later turns).
    package func upcoming(_ limit: Int) -> [Int] {
        guard !stopped else { return [] }
        var ordinals = heap.unordered.map { Int($0.ordinal) }
        ordinals += openOrder[openTaken...].prefix(limit).map { Int($0) }
        for (stage, order) in closedOrder.enumerated() {
            ordinals += order[closedQueued[stage]...].prefix(limit).map { Int($0) }
        }
        return Array(ordinals.prefix(limit))
    }

    /// Ordinals that will never be due, because their stage has ended, in order; each is given once.
    ///
    /// Meaningful when nothing is in flight or known to be due any more.
    package mutating func takeNeverDue() -> [Int] {
        guard heap.isEmpty, openTaken == openOrder.count, inFlight == 0 else { return [] }
        return takePlanned()
    }

    /// Nothing becomes due any more; gives the ordinals that were not handed out, in order, once.
    package mutating func stop() -> [Int] {
        stopped = true
        heap = Heap()
        openTaken = openOrder.count
        return takePlanned()
    }

    /// Whether a request belongs to a closed loop that time ends: it is held in reserve, and missed by
    /// nobody where it is never due.
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

    private mutating func queueNextSession(of stage: Int, at offset: Int64) {
        let position = closedQueued[stage]
        guard position < closedOrder[stage].count else { return }
        if queue(closedOrder[stage][position], stage: stage, at: offset) {
            closedQueued[stage] += 1
        }
    }

    /// Makes `ordinal` due at `offset`; false when its closed stage has ended by then.
    private mutating func queue(_ ordinal: Int32, stage: Int, at offset: Int64) -> Bool {
        if stopped { return false }
        if case .closed = stages[stage].kind, let end = stages[stage].endNs, offset >= end {
            return false
        }
        heap.insert(Entry(due: offset, ordinal: ordinal))
        return true
    }

    private static func chainTurns(of requests: [PlannedRequest]) -> [Int32] {
        var chain = [Int32](repeating: -1, count: requests.count)
        let order = requests.indices.sorted { a, b in
            (requests[a].session, requests[a].turn) < (requests[b].session, requests[b].turn)
        }
        for (a, b) in zip(order, order.dropFirst()) where requests[a].session == requests[b].session
        {
            chain[a] = Int32(b)
        }
        return chain
    }
}
