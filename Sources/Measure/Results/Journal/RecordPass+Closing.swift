import Bytes
import Journal
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire

// The end of the journal: what is still open then.
extension RecordPass {
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
            error: RequestError(kind: .coordinatorDown, detail: JournalRun.diedReason))
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
    func closed(
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
                if due != nil { tally.notYetDue += 1 }
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
