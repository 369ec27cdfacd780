import ClockSync
import CoordinatorCore
import EventLoop
import Foundation
import Goodput
import JSON
import Report
import TimeBase
import TokenLog
import Wire
import Workload

/// Makes the run's result out of what arrived: every agent's stamps on the coordinator's timeline,
/// and the verdict.
struct ResultAssembly {
    /// Half-width of the guaranteed interval above which a run is not valid (see the clock article).
    static let largestHalfWidthNs: Int64 = 1_000_000

    private let outcome: CoordinatorDriver.Outcome
    private let plan: WorkloadPlan
    private let timeline: RunTimeline
    private let fitProblems: [String?]
    private var merge: Merge

    init(outcome: CoordinatorDriver.Outcome, plan: WorkloadPlan, start: LocalInstant) {
        self.outcome = outcome
        self.plan = plan
        var fits: [ClockFit?] = []
        var problems: [String?] = []
        for exchanges in outcome.exchanges {
            do throws(ClockError) {
                let fit = try ClockFit(exchanges: exchanges)
                fits.append(fit)
                problems.append(fit.reasons.first)
            } catch {
                fits.append(nil)
                problems.append("\(error)")
            }
        }
        timeline = RunTimeline(
            start: start, fits: fits,
            offsetsNs: outcome.agents.map { $0.clock?.offsetNs ?? 0 },
            sharesClock: outcome.sharesClock)
        fitProblems = problems
        merge = outcome.merge
        closeLostAgents()
    }

    /// Requests of an agent that went away end when it was last heard of.
    private mutating func closeLostAgents() {
        let start = start
        let plan = plan
        for gap in outcome.ending.gaps {
            let offset = offsetNs(of: gap.agent)
            let end = LocalInstant(ns: (gap.to ?? start).ns &- offset)
            merge.close(
                agent: gap.agent, at: end,
                end: max(end, LocalInstant(ns: outcome.ended.ns &- offset)),
                error: RequestError(kind: .agentDown, detail: String(gap.reason.prefix(200)))
            ) { index in
                plan.requests[index].scheduledNs.map {
                    LocalInstant(ns: start.ns &+ $0 &- offset)
                }
            }
        }
    }

    private var start: LocalInstant { timeline.start }
    private var fits: [ClockFit?] { timeline.fits }

    private func offsetNs(of agent: Int) -> Int64 { timeline.offsetsNs[agent] }

    /// Everything that was measured, in the order of the plan.
    func requests(targets: [[AgentTarget]]) -> [MeasuredRequest] {
        var measured: [MeasuredRequest] = []
        measured.reserveCapacity(plan.requests.count)
        for (request, merged) in zip(plan.requests, merge.requests) {
            guard let finish = merged.finish, finish.outcome != .notNeeded, let sent = merged.sent
            else { continue }
            measured.append(
                self.measured(
                    request, merged, sent, finish, target: targets[merged.agent]))
        }
        return measured
    }

    private func measured(
        _ request: PlannedRequest, _ merged: MergedRequest, _ sent: SentRecord,
        _ finish: FinishRecord, target: [AgentTarget]
    ) -> MeasuredRequest {
        let agent = merged.agent
        let place = Int(sent.target)
        let asked = target.indices.contains(place) ? target[place] : AgentTarget()
        let scheduled = instant(sent.scheduled, of: agent)
        let events = timeline.events(of: merged, notBefore: scheduled)
        let last = events.last.map { ClusterInstant(ns: $0.time) } ?? scheduled
        let tokens = merged.tokens
        // Reasoning first: then the answer's own first token is a figure of its own.
        let firstAnswer =
            tokens.first?.kind == .reasoning
            ? tokens.first { $0.kind != .reasoning }
                .map { max(scheduled, instant($0.stamp, of: agent)) } : nil
        return MeasuredRequest(
            id: request.index, agent: outcome.agents[agent].hello.name,
            target: asked.url, model: asked.model,
            className: plan.classNames[Int(request.classIndex)],
            phase: request.phase, session: request.session, turn: request.turn,
            scheduled: scheduled, sent: sent.sent.map { max(scheduled, instant($0, of: agent)) },
            tokens: events, reads: timeline.reads(of: merged, notBefore: scheduled),
            finish: max(last, instant(finish.at, of: agent)),
            firstAnswer: firstAnswer, outcome: finish.outcome, error: finish.error,
            stampSource: tokens.map(\.source).max { $0.rawValue < $1.rawValue },
            askedInput: request.usesTexts ? nil : request.inputTokens,
            promptTokens: finish.promptTokens, askedOutput: request.outputTokens,
            outputTokens: finish.outputTokens)
    }

    private func instant(_ local: LocalInstant, of agent: Int) -> ClusterInstant {
        timeline.instant(local, of: agent)
    }

    // MARK: What is known of the run

    /// The agents as the manifest lists them.
    func agents(targets: [[AgentTarget]], until end: ClusterInstant) -> [RunAgent] {
        outcome.agents.enumerated().map { place, track in
            var agent = RunAgent(
                name: track.hello.name, targets: targets[place].map(\.url),
                servers: servers(of: track),
                host: track.hello.host.json,
                clock: clockJSON(of: place, until: end),
                clockOffset: track.clock.map { Double($0.offsetNs) },
                clockHalfWidth: halfWidth(of: place, until: end),
                startError: startError(of: place), audit: track.audit)
            agent.tls = (track.ready?.targets ?? []).compactMap { target in
                target.tls.map {
                    TargetTLS(
                        url: target.url, version: $0.version, cipher: $0.cipher,
                        isVerified: $0.isVerified)
                }
            }
            agent.headerNames = track.ready?.headerNames ?? []
            return agent
        }
        .sorted { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
    }

    /// What the agent found at its targets; what is no JSON of it is left out.
    private func servers(of track: AgentTrack) -> [JSONValue] {
        (track.ready?.targets ?? []).map { target in
            (try? JSONValue(parsing: target.profileJSON)) ?? ["url": .string(target.url)]
        }
    }

    /// What the run wanted and some target does not give: a sentence each, whichever agents it names.
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
                    urls[remark, default: []].append(name)
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
        outcome.agents[agent].started.map { instant($0.achieved, of: agent).ns }
    }

    /// The largest guaranteed half-width over the time that the agent was there, ns.
    private func halfWidth(of agent: Int, until end: ClusterInstant) -> Int64? {
        guard let fit = fits[agent] else { return nil }
        let offset = offsetNs(of: agent)
        let end = presence(of: agent, until: end)
        let samples: Int64 = 256
        return (0...samples).map { step in
            let ns = start.ns &+ end.ns / samples * step &- offset
            return fit.map(LocalInstant(ns: ns)).hardHalfWidthNs
        }.max()
    }

    /// When the agent's records end: it is not judged for the time after it was lost.
    private func presence(of agent: Int, until end: ClusterInstant) -> ClusterInstant {
        guard let gap = outcome.ending.gaps.first(where: { $0.agent == agent }) else { return end }
        return min(end, ClusterInstant(ns: gap.from.map { ($0 - start).ns } ?? 0))
    }

    private func clockJSON(of agent: Int, until end: ClusterInstant) -> JSONValue {
        guard let fit = fits[agent] else {
            return .object(["valid": .bool(false), "reason": .string(fitProblems[agent] ?? "")])
        }
        return .object([
            "valid": .bool(fit.isValid),
            "reasons": .array(fit.reasons.map(JSONValue.string)),
            "exchanges": .integer(Int64(fit.exchanges)),
            "min_rtt_ns": .integer(fit.minRTTNs),
            "skew_ppm": fit.skewPPM.map(JSONValue.real) ?? .null,
            "boot_id": .string(outcome.agents[agent].hello.bootID),
            "time_namespace": .string(outcome.agents[agent].hello.timeNamespace),
            "shared": .bool(timeline.sharesClock[agent]),
        ])
    }

    /// The verdict: clocks first, then clients that were the limit, then holes in the records.
    func validity(requests: [MeasuredRequest], until end: ClusterInstant) -> Validity {
        var intervals: [InvalidInterval] = []
        for (place, track) in outcome.agents.enumerated() {
            let width = halfWidth(of: place, until: end)
            let wide = width.map { $0 > Self.largestHalfWidthNs } ?? false
            let clock =
                fitProblems[place]
                ?? (wide
                    ? "its clock is only known to +-\((width ?? 0) / 1_000) us; put coordinator and "
                        + "agent on a quieter or shorter path" : nil)
            let client = track.audit?.limits ?? []
            for reason in (clock.map { [$0] } ?? []) + client {
                intervals.append(
                    InvalidInterval(node: track.hello.name, from: 0, to: end.ns, reason: reason))
            }
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

    /// What each agent drives, as it said when it was ready.
    func agentTargets() -> [[AgentTarget]] {
        outcome.agents.map { track in
            track.ready?.targets.map { AgentTarget(url: $0.url, model: $0.model) }
                ?? track.hello.targets.map { AgentTarget(url: $0.url, model: $0.model) }
        }
    }

    /// The coordinator's clocks over the run.
    func ledgerRows() -> [Report.LedgerRow] {
        outcome.ledger.map {
            Report.LedgerRow(
                raw: $0.raw.ns, monotonic: $0.monotonicNs, boottime: $0.boottimeNs,
                realtime: $0.realtimeNs)
        }
    }

    /// The holes, on the run's timeline.
    func gaps() -> [Report.RunGap] {
        outcome.ending.gaps.map { gap in
            Report.RunGap(
                agent: outcome.agents[gap.agent].hello.name,
                from: gap.from.map { ($0 - start).ns } ?? 0,
                to: gap.to.map { ($0 - start).ns } ?? 0, reason: gap.reason)
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
            "clock_source": .string(clockSource), "cores": .integer(Int64(cores)),
            "memory_bytes": .integer(Int64(clamping: memoryBytes)),
            "gpus": .array(gpus.map(JSONValue.string)),
        ])
    }
}
