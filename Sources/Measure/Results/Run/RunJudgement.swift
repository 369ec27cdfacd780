import Goodput
import Sampling
import TimeBase
import TokenLog
import Workload

/// The judgement of a run's load by its requests: a function of header and requests alone, so that
/// scoring a run's folder again comes to the same verdict.
struct RunJudgement {
    private(set) var findings: [RunFinding] = []
    /// Agents whose clients were late over their whole part.
    private var lateAgents: [String] = []

    private let header: RunHeader
    private let figures: RunFigures
    private var balance: LoadBalance { figures.balance }
    private var totals: RunTotals { figures.run.totals }
    private var allowed: Double { header.load?.mostFailed ?? LoadPlan.mostFailedByDefault }

    init(_ header: RunHeader, _ figures: RunFigures) {
        self.header = header
        self.figures = figures
        judgeLoad()
        judgeLengths(figures.lengths)
        judgeWarmUp(figures.warmups)
        judgeSends(figures.run.lateness)
        judgeSteadiness()
        findings += figures.moved.map(RunFinding.movedFigure)
    }

    /// The verdict with these findings, never better than the one that was stored.
    var validity: Validity {
        let run = 0...max(1, figures.lastFinish ?? 1)
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

    private mutating func judgeLoad() {
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
            if !header.isCut { findings.append(.nothingDue) }
            return
        }
        if exceeds(balance.notServed, of: balance.due) {
            findings.append(.notServed(balance, allowed: allowed))
        }
        if totals.tokens == 0, !header.isCut {
            findings.append(.noToken(requests: balance.due))
        } else if let first = figures.firstSilent {
            findings.append(.silent(requests: balance.silent, first: first))
        }
        // A run that a person cut off is known as such, and partial already.
        if !header.isCut, exceeds(balance.cutByEnd, of: balance.due) {
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

    private mutating func judgeSteadiness() {
        guard header.load?.requiresSteady == true, let analyses = figures.analyses else { return }
        guard let samples = analyses.samples else {
            findings.append(.notSteady(nil))
            return
        }
        let parts = analyses.stages.isEmpty ? [samples] : analyses.stages
        if let part = parts.first(where: { !$0.steady.isSteady }) {
            findings.append(.notSteady(part.steady))
        }
    }

    /// Each agent by itself, then all together: few requests on each of many agents are many.
    private mutating func judgeSends(_ lateness: Percentiles?) {
        var isJudged = false
        for (agent, own) in zip(header.agents, figures.sends) {
            if agent.audit?.limits.isEmpty == false { isJudged = true }
            guard own.count > 0, own.count < ClientAudit.fewestSends,
                agent.audit?.limits.isEmpty != false
            else { continue }
            let stalls = SendStalls([own.sends], totals)
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
        let stalls = SendStalls(figures.sends.map(\.sends), totals)
        if stalls.isClientLate { findings.append(.lateSends(stalls, agent: nil)) }
    }
}
