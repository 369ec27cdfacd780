import ClockSync
import Goodput
import Journal
import PlainText
import RunRecord
import TimeBase
import Timeline
import Wire

extension JournalRun {
    /// The agents, as far as the facts alone tell: all but what their requests say of their clocks.
    package var agents: [RunAgent] {
        record.agents.indices.map(agent).sorted { $0.name.precedesByNumber($1.name) }
    }

    /// The run's header: what ran, on which clocks, and how far it can be used.
    ///
    /// - Parameter tally: The tally of a pass over all records.
    package func header(_ tally: RecordTally) -> RunHeader {
        let damage = damage(tally)
        let findings = record.agents.indices.map {
            clockFindings(of: $0, tally, isDamaged: damage != nil)
        }
        var agents: [RunAgent] = record.agents.indices.map { index in
            var agent = agent(index)
            agent.set(findings[index], bounds: maps[index].bounds)
            agent.set(tally.servers.metrics(of: index))
            return agent
        }
        agents.sort { $0.name.precedesByNumber($1.name) }
        var header = RunHeader(
            opening, epoch: epoch, agents: agents,
            validity: validity(findings, tally, isDamaged: damage != nil),
            scored: LoadPlan.Count(
                planned: tally.scored.planned, notNeeded: tally.scored.notNeeded),
            warmup: LoadPlan.Count(
                planned: tally.warmup.planned, notNeeded: tally.warmup.notNeeded),
            complete: tally.isComplete, lossless: record.isLossless)
        header.journalDamage = damage
        header.clockLedger = record.clocks
        header.simulated = hasEngines ? opening.engine : nil
        header.gaps = gaps(tally)
        header.interrupted = record.interrupted != nil
        header.overSaturated = record.overSaturated.map {
            OverSaturation(
                at: ClusterInstant(ns: ($0.at - timeline.start).ns), waiting: Int($0.waiting))
        }
        header.notes += notes(agents, tally)
        return header
    }

    /// Whether an agent drove an engine of its own: the figures are then simulated.
    private var hasEngines: Bool { record.agents.contains { $0.hello.embeddedEngine } }

    /// Time 0 of the timeline on the coordinator's other clocks, by the nearest of their readings.
    private var epoch: RunEpoch {
        let start = timeline.start.ns
        let nearest = record.clocks.min {
            ($0.rawNs &- start).magnitude < ($1.rawNs &- start).magnitude
        }
        let shift = nearest.map { start &- $0.rawNs } ?? 0
        return RunEpoch(
            raw: start, monotonic: (nearest?.monotonicNs ?? 0) &+ shift,
            realtime: (nearest?.realtimeNs ?? 0) &+ shift, bootID: opening.clock.bootID)
    }

    // MARK: Verdict

    /// The verdict: clocks first, then clients that were the limit, then holes in the records.
    private func validity(
        _ findings: [ClockFindings], _ tally: RecordTally, isDamaged: Bool
    ) -> Validity {
        let end = tally.end.ns
        var intervals: [InvalidInterval] = []
        for (finding, agent) in zip(findings, record.agents) {
            let name = agent.hello.name
            intervals += finding.record.problems.map {
                InvalidInterval(node: name, cause: .clock, from: 0, to: end, reason: $0)
            }
            intervals += agent.audit?.invalid(name: name, until: end) ?? []
        }
        return Validity(
            intervals: intervals, nodes: record.agents.map(\.hello.name), run: 0...max(1, end),
            isPartial: !record.isLossless || !tally.isComplete || record.interrupted != nil
                || record.overSaturated != nil || isDamaged)
    }

    /// The findings on an agent's clock over its scored part, as far as its records go.
    func clockFindings(
        of index: Int, _ tally: RecordTally, isDamaged: Bool
    ) -> ClockFindings {
        let begin = timeline.local(ClusterInstant(ns: 0), of: index)
        let scored = tally.scoredPart[index] ?? begin...begin
        var end = scored.upperBound
        // An agent is not judged for the time after it was lost, nor after the last probe that a
        // damaged journal has.
        if let last = recordsEnd(of: index, tally) {
            end = min(end, timeline.local(last, of: index))
        }
        if isDamaged, let probe = timeline.clocks[index].lastProbe {
            end = min(end, probe)
        }
        return ClockFindings(
            timeline, agent: index, over: scored.lowerBound...max(scored.lowerBound, end),
            reversed: tally.reversed[index])
    }

    /// Where the records of an agent that was lost end; nil for one that was not.
    private func recordsEnd(of index: Int, _ tally: RecordTally) -> ClusterInstant? {
        let agent = record.agents[index]
        guard agent.lost != nil || agent.end == nil else { return nil }
        return tally.newest[index].map { timeline.instant($0, of: index) }
            ?? agent.lost.map { onTimeline($0.from) } ?? ClusterInstant(ns: 0)
    }

    /// The holes, on the run's timeline: an agent that does not come back is missing to the run's
    /// end.
    private func gaps(_ tally: RecordTally) -> [RunGap] {
        let runEnd = record.over.map(onTimeline) ?? tally.end
        let lost = record.agents.indices.compactMap { index -> RunGap? in
            let agent = record.agents[index]
            guard let from = recordsEnd(of: index, tally) else { return nil }
            return RunGap(
                agent: agent.hello.name, from: from.ns, to: max(from, runEnd).ns,
                reason: agent.lost?.reason
                    ?? (record.ended == nil ? Self.diedReason : Self.damagedReason))
        }
        return lost
            + tally.holes.map { hole in
                RunGap(
                    agent: record.agents[hole.agent].hello.name, from: hole.from.ns,
                    to: hole.to.ns, reason: "its records in tokens.log are damaged")
            }
    }
}

extension RunAgent {
    /// Takes in what was found of the agent's clock.
    mutating func set(_ findings: ClockFindings, bounds: ClockBounds?) {
        clock = findings.record
        clockOffset = findings.offsetNs.map(Double.init)
        // Without a fit nothing is known of the truth.
        clockHalfWidth = findings.record.hard?.maximum
        clockBounds = bounds
    }
}
