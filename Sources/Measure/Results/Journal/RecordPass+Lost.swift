import Bytes
import Journal
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire

// Records that the journal has lost.
extension RecordPass {
    /// Notes the newest stamp of an agent that may have to be closed.
    func note(_ agent: Int) {
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

    /// A batch of the agent is missing: requests that were open have lost records.
    func lose(_ agent: Int, _ hand: Hand) throws(FileProblem) {
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
    func forgetUnknown(of agent: Int) {
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
    func isWaiting(_ id: UInt32, of agent: Int) -> Bool {
        switch open.progress(of: id) {
        case .waiting, nil: run.record.plan.owner(of: id) == agent
        case .open, .finished: false
        }
    }
}
