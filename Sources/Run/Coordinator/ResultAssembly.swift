import ClockSync
import CoordinatorCore
import EventLoop
import Goodput
import Host
import JSON
import PlainText
import Results
import TimeBase
import TokenLog
import Wire
import Workload

/// Makes the run's result out of what arrived: every agent's stamps on the coordinator's timeline,
/// and the verdict.
struct ResultAssembly {
    /// The manifest's note on a run that a person stopped.
    static let interruptedNote =
        "the run was interrupted; what was measured until then counts"

    let outcome: CoordinatorDriver.Outcome
    let plan: WorkloadPlan
    private let timeline: RunTimeline
    private(set) var merge: Merge
    /// Requests without a terminal record of their agent's.
    private var closed: [Int: Closed] = [:]
    /// The newest stamp of each agent that was lost, on its clock.
    private var newest: [Int: LocalInstant] = [:]

    init(outcome: CoordinatorDriver.Outcome, plan: WorkloadPlan, start: LocalInstant) {
        self.outcome = outcome
        self.plan = plan
        timeline = RunTimeline(start: start, clocks: Self.clocks(of: outcome))
        merge = outcome.merge
        closeLostAgents()
    }

    /// The times that the coordinator gave a request when it ended it: its word and no stamp.
    private enum Closed {
        /// Its end.
        case unfinished
        /// All of its times.
        case neverSent
    }

    private static func clocks(of outcome: CoordinatorDriver.Outcome) -> [RunTimeline.Clock] {
        outcome.agents.enumerated().map { agent, track in
            RunTimeline.Clock(
                exchanges: outcome.exchanges[agent], readings: outcome.readings[agent],
                offsetNs: track.clock?.offsetNs ?? 0,
                names: [
                    RunTimeline.ClockID(
                        bootID: track.hello.bootID, timeNamespace: track.hello.timeNamespace)
                ], isShared: outcome.sharesClock[agent])
        }
    }

    /// Requests of an agent that was lost end where what is known of it ends.
    private mutating func closeLostAgents() {
        let start = start
        let plan = plan
        for gap in outcome.ending.gaps {
            newest[gap.agent] = merge.newestStamp(of: gap.agent)
        }
        for (index, request) in merge.requests.enumerated() where request.finish == nil {
            closed[index] = request.sent == nil ? .neverSent : .unfinished
        }
        for gap in outcome.ending.gaps {
            let offset = offsetNs(of: gap.agent)
            let end = knownUntil(gap)
            merge.close(
                agent: gap.agent, at: end, end: max(end, local(outcome.ended, of: gap.agent)),
                error: RequestError(kind: .agentDown, detail: String(gap.reason.prefix(200)))
            ) { index in
                plan.request(UInt32(index)).scheduledNs.map {
                    LocalInstant(ns: start.ns &+ $0 &- offset)
                }
            }
        }
    }

    /// When the agent was there for the last time, on its clock. Where it had come back, and what
    /// it had kept meanwhile was still on its way, that is known up to its newest stamp and no
    /// further.
    private func knownUntil(_ gap: CoordinatorCore.RunGap) -> LocalInstant {
        let last = local(gap.to ?? start, of: gap.agent)
        guard let newest = newest[gap.agent] else { return last }
        let isBehind = outcome.agents[gap.agent].absences.contains { absence in
            absence.to.map { local($0, of: gap.agent) > newest } ?? false
        }
        return isBehind ? min(newest, last) : last
    }

    private func local(_ instant: LocalInstant, of agent: Int) -> LocalInstant {
        timeline.local(ClusterInstant(ns: (instant - start).ns), of: agent)
    }

    private var start: LocalInstant { timeline.start }

    private func offsetNs(of agent: Int) -> Int64 { timeline.clocks[agent].offsetNs }

    /// Everything that was measured, in the order of the plan, and how far the truth may lie from
    /// it, by agent.
    func requests(targets: [[AgentTarget]]) -> ([MeasuredRequest], bounds: [ClockBounds]) {
        var measured: [MeasuredRequest] = []
        measured.reserveCapacity(plan.requests.count)
        var bounds = outcome.agents.map { _ in ClockBounds(low: 0, high: 0) }
        for (index, merged) in merge.requests.enumerated() {
            guard let finish = merged.finish, finish.outcome != .notNeeded, let sent = merged.sent
            else { continue }
            let times = times(
                of: merged, sent, finish, closed[index], bounds: &bounds[merged.agent])
            measured.append(
                self.measured(
                    plan.request(merged.id), merged, sent, finish, times,
                    target: targets[merged.agent]))
        }
        if merge.requests.count > plan.requests.count { measured.sort { $0.id < $1.id } }
        return (measured, bounds)
    }

    /// The bounds are those of stamps alone.
    private func times(
        of merged: MergedRequest, _ sent: SentRecord, _ finish: FinishRecord, _ closed: Closed?,
        bounds: inout ClockBounds
    ) -> MappedTimes {
        guard let closed else {
            return timeline.times(of: merged, sent, finish: finish.at, bounds: &bounds)
        }
        var ignored = bounds
        var times =
            closed == .neverSent
            ? timeline.times(of: merged, sent, finish: nil, bounds: &ignored)
            : timeline.times(of: merged, sent, finish: nil, bounds: &bounds)
        times.finish = max(times.finish, timeline.instant(finish.at, of: merged.agent))
        return times
    }

    private func measured(
        _ request: PlannedRequest, _ merged: MergedRequest, _ sent: SentRecord,
        _ finish: FinishRecord, _ times: MappedTimes, target: [AgentTarget]
    ) -> MeasuredRequest {
        let place = Int(sent.target)
        let asked = target.indices.contains(place) ? target[place] : AgentTarget()
        return MeasuredRequest(
            id: request.index, agent: outcome.agents[merged.agent].hello.name,
            target: asked.url, model: model(of: request, at: asked),
            className: plan.classNames[Int(request.classIndex)],
            phase: request.phase, session: request.session, turn: request.turn,
            scheduled: times.scheduled, waited: times.waited, sent: times.sent,
            tokens: times.events,
            reads: times.reads, finish: times.finish, firstAnswer: times.firstAnswer,
            outcome: finish.outcome, error: finish.error,
            stampSource: merged.tokens.map(\.source).max { $0.rawValue < $1.rawValue },
            askedInput: request.usesTexts ? nil : request.inputTokens,
            promptTokens: finish.promptTokens, askedOutput: request.outputTokens,
            outputTokens: finish.outputTokens, notes: finish.notes)
    }

    // MARK: Known facts of the run

    /// Findings on each agent's clock, by agent.
    func findings() -> [ClockFindings] {
        outcome.agents.indices.map { agent in
            timeline.findings(
                of: agent,
                over: timeline.window(
                    of: agent, requests: merge.requests,
                    isScored: {
                        plan.request(merge.requests[$0].id).phase == .scored && closed[$0] == nil
                    },
                    until: recordsEnd(of: agent)),
                requests: merge.requests)
        }
    }

    /// The agents as the manifest lists them.
    func agents(
        targets: [[AgentTarget]], findings: [ClockFindings], bounds: [ClockBounds]
    ) -> [RunAgent] {
        outcome.agents.enumerated().map { place, track in
            var agent = RunAgent(
                name: track.hello.name, targets: targets[place].map(\.url),
                servers: servers(of: track),
                host: track.hello.host.json,
                startError: startError(of: place), audit: track.audit)
            agent.set(findings[place], bounds: bounds[place])
            agent.start = track.started.map { timeline.start(of: place, $0) }
            agent.tls = (track.ready?.targets ?? []).compactMap { target in
                target.tls.map {
                    TargetTLS(
                        url: target.url, version: $0.version, cipher: $0.cipher,
                        isVerified: $0.isVerified)
                }
            }
            agent.headerNames = track.ready?.headerNames ?? []
            agent.away = track.absences.map {
                AgentAway(
                    from: ($0.from - start).ns, to: $0.to.map { ($0 - start).ns }, reason: $0.reason
                )
            }
            return agent
        }
        .sorted { $0.name.precedesByNumber($1.name) }
    }

    /// The profiles of the agent's targets; a profile that is no JSON is only the target's URL.
    private func servers(of track: AgentTrack) -> [JSONValue] {
        (track.ready?.targets ?? []).map { target in
            (try? JSONValue(parsing: target.profileJSON)) ?? ["url": .string(target.url)]
        }
    }

    /// Wishes of the run that some target does not grant: a sentence each, whichever agents it
    /// names.
    func remarks() -> [String] {
        var order: [String] = []
        var urls: [String: [String]] = [:]
        for track in outcome.agents {
            for target in track.ready?.targets ?? [] {
                for remark in target.remarks {
                    if urls[remark] == nil { order.append(remark) }
                    let name =
                        track.hello.embeddedEngine
                        ? "\(track.hello.name)'s engine" : "\(target.url) (\(track.hello.name))"
                    // Two models of one server are two targets of one name.
                    if urls[remark]?.last != name { urls[remark, default: []].append(name) }
                }
            }
        }
        return order.map { remark in
            let names = urls[remark] ?? []
            let more = names.count > 3 ? " and \(names.count - 3) more" : ""
            let verb = names.count == 1 ? remark : "each " + remark
            return names.prefix(3).joined(separator: ", ") + more + " " + verb
        }
    }

    /// Achieved minus named start, on the coordinator's timeline.
    private func startError(of agent: Int) -> Int64? {
        outcome.agents[agent].started.map { timeline.instant($0.achieved, of: agent).ns }
    }

    /// Where the records of an agent that was lost end; nil for one that was not.
    private func recordsEnd(of agent: Int) -> ClusterInstant? {
        guard let gap = outcome.ending.gaps.first(where: { $0.agent == agent }) else { return nil }
        return newest[agent].map { timeline.instant($0, of: agent) }
            ?? ClusterInstant(ns: gap.from.map { ($0 - start).ns } ?? 0)
    }

    /// The verdict: clocks first, then clients that were the limit, then holes in the records.
    func validity(findings: [ClockFindings], until end: ClusterInstant) -> Validity {
        var intervals: [InvalidInterval] = []
        for (finding, track) in zip(findings, outcome.agents) {
            let name = track.hello.name
            intervals += finding.record.problems.map {
                InvalidInterval(node: name, cause: .clock, from: 0, to: end.ns, reason: $0)
            }
            intervals += track.audit?.invalid(name: name, until: end.ns) ?? []
        }
        return Validity(
            intervals: intervals, nodes: outcome.agents.map(\.hello.name),
            run: 0...max(1, end.ns),
            isPartial: !outcome.ending.lossless || !isComplete || outcome.ending.interrupted)
    }

    /// Whether every planned request has its terminal record.
    var isComplete: Bool { merge.isComplete }
    /// Whether an agent drove an engine of its own: the figures are then simulated.
    var hasEngines: Bool { outcome.agents.contains { $0.hello.embeddedEngine } }
    var isLossless: Bool { outcome.ending.lossless }
    var wasInterrupted: Bool { outcome.ending.interrupted }

    /// A server that an agent drives.
    struct AgentTarget {
        var url = ""
        /// The model that it is asked for.
        var model = ""
    }

    /// The targets that each agent drives, as it said when it was ready.
    func agentTargets() -> [[AgentTarget]] {
        outcome.agents.map { track in
            track.ready?.targets.map { AgentTarget(url: $0.url, model: $0.model) }
                ?? track.hello.targets.map { AgentTarget(url: $0.url, model: $0.model) }
        }
    }

    /// The coordinator's clocks over the run.
    func ledgerRows() -> [Results.LedgerRow] {
        outcome.ledger.map {
            Results.LedgerRow(
                raw: $0.raw.ns, monotonic: $0.monotonicNs, boottime: $0.boottimeNs,
                realtime: $0.realtimeNs)
        }
    }

    /// Hosts on which a stamp is a system call, a sentence each.
    func clockCostNotes() -> [String] {
        func note(_ name: String, _ ns: Int64, _ source: String) -> String {
            "\(name) reads CLOCK_MONOTONIC_RAW by a system call (\(ns) ns a reading, clock source "
                + "\(source)): every stamp costs it that; let its kernel use the processor's own "
                + "counter (tsc, or kvm-clock in a virtual machine)."
        }
        let agents = outcome.agents.map(\.hello).filter(\.host.readsClockBySystemCall).map {
            note($0.name, Int64($0.host.clockReadingNs), $0.host.clockSource)
        }
        let own = ThisHost.facts
        return agents
            + (own.readsClockBySystemCall
                ? [note("the coordinator", Int64(own.clockReadingNs), own.clockSource)] : [])
    }

    /// Hosts whose CLOCK_REALTIME was set or slewed during the run, a sentence each.
    func realtimeNotes() -> [String] {
        func note(
            _ readings: [ClockReading], of name: String, at place: (Int64) -> ClusterInstant
        ) -> String? {
            let end = ClusterInstant(ns: (outcome.ended - start).ns)
            let changes = RealtimeChange.all(in: readings).filter {
                (ClusterInstant(ns: 0)...max(ClusterInstant(ns: 0), end)).contains(place($0.at))
            }
            return RealtimeChange.sentence(changes, of: name) { Figures.span(place($0).ns) }
        }
        let agents = timeline.clocks.enumerated().compactMap { agent, clock in
            // An agent that has the coordinator's clocks says nothing of its own.
            clock.isShared
                ? nil
                : note(clock.readings, of: outcome.agents[agent].hello.name) {
                    timeline.instant(LocalInstant(ns: $0), of: agent)
                }
        }
        let own = outcome.ledger.map {
            ClockReading(
                rawNs: $0.raw.ns, monotonicNs: $0.monotonicNs, boottimeNs: $0.boottimeNs,
                realtimeNs: $0.realtimeNs)
        }
        let ours = note(own, of: "the coordinator") { ClusterInstant(ns: $0 &- start.ns) }
        return agents + (ours.map { [$0] } ?? [])
    }

    /// The holes, on the run's timeline: an agent that does not come back is missing to the run's
    /// end.
    func gaps() -> [Results.RunGap] {
        outcome.ending.gaps.map { gap in
            let from = recordsEnd(of: gap.agent)?.ns ?? 0
            let to = outcome.ended - start
            return Results.RunGap(
                agent: outcome.agents[gap.agent].hello.name, from: from, to: max(from, to.ns),
                reason: gap.reason)
        }
    }

    /// Time 0 of the timeline on the coordinator's other clocks, by the nearest row of the ledger.
    func epoch(bootID: String) -> RunEpoch {
        let nearest = outcome.ledger.min {
            ($0.raw - start).ns.magnitude < ($1.raw - start).ns.magnitude
        }
        let shift = nearest.map { (start - $0.raw).ns } ?? 0
        return RunEpoch(
            raw: start.ns, monotonic: (nearest?.monotonicNs ?? 0) + shift,
            realtime: (nearest?.realtimeNs ?? 0) + shift, bootID: bootID)
    }
}

extension HostFacts {
    /// As the manifest shows a host.
    var json: JSONValue {
        .object([
            "hostname": .string(hostname), "kernel": .string(kernel),
            "clock_source": .string(clockSource),
            "clock_reading_ns": .integer(Int64(clockReadingNs)), "cores": .integer(Int64(cores)),
            "memory_bytes": .integer(Int64(clamping: memoryBytes)),
            "gpus": .array(gpus.map(JSONValue.string)),
        ])
    }
}
