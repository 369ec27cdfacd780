import Goodput
import TimeBase
import TokenLog
import Workload

/// The judgement of a run's load by its requests: a function of header and requests alone, so that
/// scoring a run's folder again comes to the same verdict.
struct RunJudgement {
    private(set) var findings: [RunFinding] = []
    let balance: LoadBalance
    /// Agents whose clients were late over their whole part.
    private var lateAgents: [String] = []

    private let header: RunHeader
    private let scored: [MeasuredRequest]
    private var allowed: Double { header.load?.mostFailed ?? LoadPlan.mostFailedByDefault }

    /// - Parameters:
    ///   - scored: The requests that count; all other parameters but `warmups` are of them.
    ///   - ranks: The percentiles that are listed.
    init(
        _ header: RunHeader, _ scored: [MeasuredRequest],
        warmups: some Sequence<MeasuredRequest>, totals: RunTotals, lateness: Percentiles?,
        lengths: LengthSummary, ranks: PercentileRanks
    ) {
        self.header = header
        self.scored = scored
        balance = LoadBalance(scored)
        judgeLoad(totals)
        judgeLengths(lengths)
        judgeWarmUp(LoadBalance(warmups))
        judgeSends(totals, lateness)
        judgeFigures(totals, lateness, ranks)
    }

    /// The verdict with these findings, never better than the one that was stored.
    var validity: Validity {
        let run = 0...max(1, scored.map(\.finish.ns).max() ?? 1)
        let late = lateAgents.map {
            InvalidInterval(
                node: $0, cause: .client, from: 0, to: run.upperBound, reason: "")
        }
        let whole = Validity(
            intervals: header.validity.intervals + late, nodes: header.agents.map(\.name),
            run: run, isPartial: header.isPartial)
        let verdicts = findings.map(\.weight) + [header.validity.verdict, whole.verdict]
        return Validity(
            verdict: verdicts.max() ?? .valid, intervals: header.validity.intervals)
    }

    private mutating func judgeLoad(_ totals: RunTotals) {
        if let plan = header.load?.scored {
            let accounted = balance.due + plan.notNeeded
            if accounted != plan.planned {
                findings.append(
                    .unaccounted(
                        planned: plan.planned, accounted: accounted, isKnown: !header.complete))
            }
        }
        guard balance.due > 0 else {
            // A person may stop a run before its first request.
            if !header.interrupted { findings.append(.nothingDue) }
            return
        }
        if exceeds(balance.notServed, of: balance.due) {
            findings.append(.notServed(balance, allowed: allowed))
        }
        if totals.tokens == 0, !header.interrupted {
            findings.append(.noToken(requests: balance.due))
        } else if balance.silent > 0,
            let first = scored.first(where: {
                $0.outcome == .completed && $0.askedOutput > 0 && $0.tokenCount == 0
            })
        {
            let place = RunFinding.Place(id: first.id, agent: first.agent)
            findings.append(.silent(requests: balance.silent, first: place))
        }
        // A run that a person cut off is known as such, and partial already.
        if !header.interrupted, exceeds(balance.cutByEnd, of: balance.due) {
            findings.append(
                .cutByEnd(requests: balance.cutByEnd, due: balance.due, allowed: allowed))
        }
    }

    private func exceeds(_ count: Int, of whole: Int) -> Bool {
        Double(count) > allowed * Double(whole)
    }

    private mutating func judgeLengths(_ lengths: LengthSummary) {
        let pinned = header.load?.pinsOutput ?? false
        for (kind, fit) in [
            (RunFinding.LengthKind.prompts, lengths.input), (.answers, lengths.output),
        ] where (fit.meanError ?? 0).magnitude > LengthSummary.remarkableMeanError {
            findings.append(.lengths(kind, fit, arePinned: pinned && kind == .answers))
        }
    }

    private mutating func judgeWarmUp(_ warmup: LoadBalance) {
        guard warmup.due > 0, exceeds(warmup.notServed, of: warmup.due) else { return }
        findings.append(.warmUp(notServed: warmup.notServed, due: warmup.due))
    }

    /// Each agent by itself, then all together: few requests on each of many agents are many.
    private mutating func judgeSends(_ totals: RunTotals, _ lateness: Percentiles?) {
        var sends: [String: [(scheduled: Int64, sent: Int64)]] = [:]
        for request in scored {
            guard let sent = request.sent else { continue }
            // A wait that the scenario asked for is no lateness of the client's.
            sends[request.agent, default: []].append(
                (request.scheduled.ns + request.waited, sent.ns))
        }
        var isJudged = false
        for agent in header.agents {
            if agent.audit?.limits.isEmpty == false { isJudged = true }
            guard let own = sends[agent.name], own.count < ClientAudit.fewestSends,
                agent.audit?.limits.isEmpty != false
            else { continue }
            let stalls = SendStalls([own], totals)
            guard stalls.isClientLate else { continue }
            isJudged = true
            lateAgents.append(agent.name)
            findings.append(.lateSends(stalls, agent: agent.name))
        }
        guard !isJudged, let lateness, header.agents.count > 1 else { return }
        if lateness.count >= ClientAudit.fewestSends {
            if lateness.p99 > Double(ClientAudit.largestLatenessNs) {
                findings.append(.lateAtP99(lateness.p99))
            }
            return
        }
        let stalls = SendStalls(Array(sends.values), totals)
        if stalls.isClientLate { findings.append(.lateSends(stalls, agent: nil)) }
    }

    private mutating func judgeFigures(
        _ totals: RunTotals, _ lateness: Percentiles?, _ ranks: PercentileRanks
    ) {
        var joins = LateJoins()
        for agent in header.agents { if let audit = agent.audit { joins.add(audit.lateJoins) } }
        findings += MovedFigures(joins).all(
            totals, requests: scored, largestLateness: lateness?.max ?? 0, ranks: ranks
        ).map(RunFinding.movedFigure)
    }
}
