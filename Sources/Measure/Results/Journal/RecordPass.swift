import Bytes
import Journal
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire

/// One pass over a journal's batches: requests are put together from their records, mapped to the
/// timeline and handed on.
final class RecordPass {
    private let run: JournalRun
    private(set) var tally: RecordTally
    private var open: OpenRequests
    private var batch = LogBatch()
    /// The number of each agent's last batch: they rise by one.
    private var numbers: [UInt64]
    /// Agents some of whose records are lost: what follows may be of requests that nobody knows.
    private var isHoled: [Bool]
    /// Where each agent's last hole begins, until a record behind it says where it ends.
    private var holeBegins: [ClusterInstant?]
    /// Whether the journal has the whole plan: else there are requests that nobody knows.
    private let knowsPlan: Bool
    private let firstDamage: Int
    private let shaper: RequestShaper

    init(_ run: JournalRun) {
        self.run = run
        let agents = run.record.agents.count
        tally = RecordTally(agents: agents)
        open = OpenRequests(owners: run.record.plan.owners, repeats: run.record.plan.repeats)
        numbers = Array(repeating: 0, count: agents)
        isHoled = Array(repeating: false, count: agents)
        holeBegins = Array(repeating: nil, count: agents)
        knowsPlan = run.record.plan.isWhole
        firstDamage = run.reading.damages.first?.offset ?? .max
        shaper = RequestShaper(run)
    }

    /// The error of a request whose records are not whole.
    static let recordsLost = RequestError(
        kind: .recordsLost, detail: JournalRun.damagedReason)

    typealias Hand = (MeasuredRequest) throws(FileProblem) -> Void

    func take(
        _ entry: JournalEntry, at offset: Int, withTokens: Bool, _ hand: Hand
    ) throws(FileProblem) {
        if offset > firstDamage { tally.foundBehind += 1 }
        guard case .batch(let journalled) = entry else { return }
        let agent = Int(journalled.agentIndex)
        guard numbers.indices.contains(agent), journalled.number > numbers[agent] else { return }
        do throws(DecodeError) {
            if withTokens {
                try TokenLogDecoder.decode(journalled.payload, into: &batch)
            } else {
                try TokenLogDecoder.decodeRequests(journalled.payload, into: &batch)
            }
        } catch {
            return fault("a batch: \(error)", at: offset)
        }
        if journalled.number > numbers[agent] + 1 { try lose(agent, hand) }
        numbers[agent] = journalled.number
        note(agent)
        if isHoled[agent] || !knowsPlan { forgetUnknown(of: agent) }
        do {
            try open.add(batch, agent: agent) { request throws(FileProblem) in
                try finished(request, hand)
            }
        } catch let problem as FileProblem {
            throw problem
        } catch {
            fault("\(error)", at: offset)
        }
    }

    private func fault(_ problem: String, at offset: Int) {
        if tally.fault == nil { tally.fault = (offset, problem) }
    }

    /// Notes the newest stamp of an agent that may have to be closed.
    private func note(_ agent: Int) {
        guard
            run.record.agents[agent].end == nil || isHoled[agent]
                || !run.reading.damages.isEmpty
        else { return }
        let stamps =
            batch.sent.map { max($0.scheduled, $0.sent ?? $0.scheduled) }
            + batch.tokens.map(\.stamp) + batch.finishes.map(\.at)
        guard let first = stamps.min(), let last = stamps.max() else { return }
        tally.seen(last, of: agent)
        if let from = holeBegins[agent] {
            let to = run.maps[agent].instant(first)
            tally.holes.append(RecordTally.Hole(agent: agent, from: from, to: max(from, to)))
            holeBegins[agent] = nil
        }
    }

    // MARK: Requests

    private func finished(_ request: MergedRequest, _ hand: Hand) throws(FileProblem) {
        guard let finish = request.finish, let row = run.record.plan.row(request.id) else { return }
        let isNeeded = finish.outcome != .notNeeded
        if Int(request.id) >= run.record.plan.count {
            tally.due(isScored: row.isScored, isNeeded: isNeeded)
            if row.usesTexts { tally.textsAgain += 1 }
        } else if !isNeeded {
            tally.notNeeded(isScored: row.isScored)
        }
        guard isNeeded, let sent = request.sent else { return }
        if row.isScored { tally.took(sent, finish, of: request.agent) }
        try shaped(request, row, sent, finish, end: finish.at, hand)
    }

    /// - Parameter end: Its end; nil for one that the coordinator ended: its word and no stamp.
    private func shaped(
        _ request: MergedRequest, _ row: PlanRow, _ sent: SentRecord, _ finish: FinishRecord,
        end: LocalInstant?, _ hand: Hand
    ) throws(FileProblem) {
        tally.outputTokens += UInt64(finish.outputTokens)
        tally.reversed[request.agent].add(request, on: run.timeline)
        let measured = shaper.measured(request, row, sent, finish, end: end)
        tally.end = max(tally.end, measured.finish)
        if shaper.isBrokenWhilePinned(measured) { tally.brokenWhilePinned += 1 }
        try hand(measured)
    }

    // MARK: Lost records

    /// A batch of the agent is missing: requests that were open have lost records.
    private func lose(_ agent: Int, _ hand: Hand) throws(FileProblem) {
        isHoled[agent] = true
        let newest = tally.newest[agent]
        holeBegins[agent] =
            newest.map { run.maps[agent].instant($0) } ?? ClusterInstant(ns: 0)
        for request in open.takeOpen(of: agent) {
            tally.notWhole += 1
            try closed(request, at: newest, Self.recordsLost, hand)
        }
    }

    /// Drops what follows a hole of requests whose first records were in it, and records of
    /// requests whose part of the plan is lost.
    private func forgetUnknown(of agent: Int) {
        batch.sent.removeAll { !isWaiting($0.request, of: agent) }
        let begun = Set(batch.sent.lazy.map(\.request))
        let known = { [self] (id: UInt32) in
            open.progress(of: id) == .open || begun.contains(id)
        }
        if !batch.delays.isEmpty {
            batch.delays = zip(batch.tokens, batch.delays).filter { known($0.0.request) }.map(\.1)
        }
        batch.tokens.removeAll { !known($0.request) }
        batch.finishes.removeAll {
            !known($0.request) && !($0.outcome == .notNeeded && isWaiting($0.request, of: agent))
        }
    }

    /// Whether the request is the agent's and has no record yet.
    private func isWaiting(_ id: UInt32, of agent: Int) -> Bool {
        switch open.progress(of: id) {
        case .waiting, nil: run.record.plan.owner(of: id) == agent
        case .open, .finished: false
        }
    }

    // MARK: The end

    /// The journal has ended: what is still open of agents that were lost, or whose last records
    /// are missing, ends where what is known of it does.
    func close(_ hand: Hand) throws(FileProblem) {
        for agent in run.record.agents.indices {
            guard let ending = ending(of: agent) else { continue }
            for request in open.takeOpen(of: agent) {
                if ending.error.kind == .recordsLost { tally.notWhole += 1 }
                try closed(request, at: ending.known, ending.error, hand)
            }
            try closeUnsent(of: agent, ending, hand)
        }
        tally.isComplete = open.isComplete
        for row in run.record.plan.rows { tally.planned(isScored: row.isScored) }
        // A lost part of the plan is known by its number alone.
        if !knowsPlan {
            for owner in run.record.plan.owners where owner == PlanTable.nobody {
                tally.planned(isScored: true)
            }
        }
    }

    /// How far an agent's part is known where its End is missing.
    private struct Ending {
        /// Up to when, on its clock.
        var known: LocalInstant
        /// The end of the run, on its clock.
        var end: LocalInstant
        var error: RequestError
    }

    private func ending(of agent: Int) -> Ending? {
        let track = run.record.agents[agent]
        let newest = tally.newest[agent]
        let begin = run.local(run.timeline.start, of: agent)
        let over = run.record.over.map { run.local($0, of: agent) }
        if let lost = track.lost {
            let known = known(until: run.local(lost.to ?? lost.from, of: agent), of: agent)
            let reason = String(lost.reason.prefix(200))
            return Ending(
                known: known, end: max(known, over ?? known),
                error: RequestError(kind: .agentDown, detail: reason))
        }
        let known = newest ?? begin
        let end = max(known, over ?? known)
        let isMissing = track.end.map { $0.said.batches > numbers[agent] } ?? false
        if isMissing || isHoled[agent] {
            // A hole without a record behind it reaches to the end.
            if isMissing || holeBegins[agent] != nil {
                tally.holes.append(hole(of: agent, from: known, to: end))
            }
            return Ending(known: known, end: end, error: Self.recordsLost)
        }
        guard track.end == nil else { return nil }
        // The coordinator lived to see the agent's end, and damage took its word; or it may have,
        // where damage reaches to the end of the file.
        if run.record.ended != nil || run.reading.reachesEnd {
            tally.unknownEnds.append(hole(of: agent, from: known, to: end))
            return Ending(known: known, end: end, error: Self.recordsLost)
        }
        return Ending(
            known: known, end: end,
            error: RequestError(kind: .runEnded, detail: JournalRun.diedReason))
    }

    private func hole(
        of agent: Int, from: LocalInstant, to: LocalInstant
    ) -> RecordTally.Hole {
        let map = run.maps[agent]
        return RecordTally.Hole(
            agent: agent, from: holeBegins[agent] ?? map.instant(from), to: map.instant(to))
    }

    /// When the agent was there for the last time, on its clock. Where it had come back, and what
    /// it had kept meanwhile was still on its way, that is known up to its newest stamp and no
    /// further.
    private func known(until last: LocalInstant, of agent: Int) -> LocalInstant {
        guard let newest = tally.newest[agent] else { return last }
        let isBehind = run.record.agents[agent].absences.contains { absence in
            absence.to.map { run.local($0, of: agent) > newest } ?? false
        }
        return isBehind ? min(newest, last) : last
    }

    /// A request that was in flight becomes unfinished.
    private func closed(
        _ request: MergedRequest, at instant: LocalInstant?, _ error: RequestError, _ hand: Hand
    ) throws(FileProblem) {
        guard let sent = request.sent, let row = run.record.plan.row(request.id) else { return }
        if Int(request.id) >= run.record.plan.count {
            tally.due(isScored: row.isScored, isNeeded: true)
            if row.usesTexts { tally.textsAgain += 1 }
        }
        let last = max(request.tokens.last?.stamp ?? sent.scheduled, sent.scheduled)
        let finish = FinishRecord(
            request: request.id, at: max(instant ?? last, last), outcome: .unfinished, error: error,
            evidence: request.tokens.isEmpty ? .none : .contentEvents,
            outputTokens: request.tokens.reduce(0) { $0 &+ UInt32($1.count) })
        try shaped(request, row, sent, finish, end: nil, hand)
    }

    /// A request that was never sent is recorded as due but not sent where the plan knows when it
    /// was due and that was before the run's end, and is otherwise not needed.
    private func closeUnsent(
        of agent: Int, _ ending: Ending, _ hand: Hand
    ) throws(FileProblem) {
        let offset = run.timeline.clocks[agent].plainOffsetNs
        for id in run.record.plan.requests(of: agent) where isWaiting(id, of: agent) {
            guard let row = run.record.plan.row(id) else { continue }
            let due = row.scheduledNs.map {
                LocalInstant(ns: run.timeline.start.ns &+ $0 &- offset)
            }
            guard let due, due <= ending.end else {
                // Where records are lost, nobody knows whether it was needed.
                guard ending.error.kind != .recordsLost else { continue }
                open.close(id)
                tally.notNeeded(isScored: row.isScored)
                continue
            }
            open.close(id)
            let sent = SentRecord(request: id, scheduled: due, sent: nil, target: 0)
            let finish = FinishRecord(
                request: id, at: max(ending.known, due), outcome: .unfinished, error: ending.error)
            if ending.error.kind == .recordsLost { tally.notWhole += 1 }
            try shaped(MergedRequest(id: id, agent: agent), row, sent, finish, end: nil, hand)
        }
    }
}
