import Goodput
import RunRecord
import TimeBase
import TokenLog
import ToolRules

/// All figures of a run that need its requests. The passes over them are made here and nowhere
/// else: one without tokens, for T; one with tokens, for the totals and for who did not stream
/// after all; one for the analyses, which need to know that, and for the exact percentiles of over
/// 16 million gaps; and above some 4 million events up to three for the medians of the steady
/// state.
///
/// Memory: no request is kept, and of each some 140 bytes, whatever its length; besides up to 128
/// MiB of gaps, none of a run with over 64 million tokens, and a histogram of them for every agent
/// with every class; and what the analyses keep, a third of a byte a token.
package struct RunFigures: Sendable {
    /// The parameters of each class, after overrides.
    let classParameters: [RunClass]
    let readers: [Reader]
    let percentiles: PercentileRanks
    /// Its name is the header's.
    let run: PartSummary
    let agents: [PartSummary]
    let classes: [PartSummary]
    let robust: RunTotals
    /// nil without scored requests.
    let analyses: RunAnalyses?
    let lengths: LengthSummary
    let answers: AnswerSummary
    let errorGroups: [ErrorGroup]
    let cap: CapSummary?
    let models: [String]
    let balance: LoadBalance
    let warmups: LoadBalance
    /// The first completed request that was to bring tokens and brought none.
    let firstSilent: RunFinding.Example?
    /// When the last scored request finished; nil without any.
    let lastFinish: Int64?
    /// One an agent.
    let sends: [EarlySends]
    let moved: [MovedFigure]
    /// Each agent's part, and each scored request: the interval of the clocks is made from them
    /// when their bounds are known.
    let spans: AgentSpans
    let digests: [RequestDigest]
    /// The groups of requests, by ``RequestDigest/cell``.
    let groups: [RunScoring.Group]

    /// Computes the figures of `requests`.
    ///
    /// - Parameters:
    ///   - setting: The run's; `overrides` may list other percentiles.
    ///   - overrides: Changes every class's parameters before anything is scored.
    /// - Throws: ``FileProblem``: those of the passes, and one of ``MeasuredRequests/path`` for
    ///   parameters out of range or times that cannot be.
    /// - Precondition: Every request names an agent and a class of the run.
    package init(
        in setting: RunSetting, overrides: ScoringOverrides, of requests: some MeasuredRequests
    ) throws(FileProblem) {
        func problem(_ error: ScoringError) -> FileProblem {
            FileProblem(.content, requests.path, "\(error)")
        }
        let (agents, classes) = (setting.agents, setting.classes)
        let ranks = overrides.percentiles ?? setting.percentiles
        var joins = LateJoins()
        for agent in agents { if let audit = agent.audit { joins.add(audit.lateJoins) } }
        let parameters = classes.map {
            RunClass(name: $0.name, parameters: overrides.applied(to: $0.parameters))
        }
        var survey = RunSurvey(setting.stages)
        try requests.forEach(withTokens: false) { (request) throws(FileProblem) in
            survey.add(request)
        }
        var readers: [Reader] = []
        var tally: RunTally
        let interval: ServingInterval?
        let spans: StageSpans
        do throws(ScoringError) {
            for each in parameters { readers.append(try Reader(each.parameters)) }
            let robust = try Reader(.robust)
            interval = try survey.interval()
            let scoring = interval.map { interval in
                RunScoring(
                    over: interval, agents: agents.count, readers: readers, beside: robust,
                    ranks: ranks,
                    tolerance: joins.gaps.total > 0 ? MovedFigures.tolerance : nil,
                    expecting: (survey.requests, survey.tokens),
                    cells: classes.count * agents.reduce(0) { $0 + 1 + $1.targets.count })
            }
            tally = RunTally(
                agents: agents, classes: classes, requests: survey.requests, scoring: scoring)
            spans = try survey.takeSpans()
        } catch {
            throw problem(error)
        }
        try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
            do throws(ScoringError) {
                try tally.add(request)
            } catch {
                throw problem(error)
            }
        }
        let needsGaps = tally.close(agents)
        var passed: (analyses: RunAnalyses, interToken: InterTokenTally)?
        if let interval {
            passed = try RunAnalyses.passing(
                over: requests, interval, spans, tally: &tally, needsGaps: needsGaps, readers,
                seed: setting.seed, withSurface: overrides.surface)
        }
        self.init(
            tally, names: (agents.map(\.name), classes.map(\.name)), parameters, readers, ranks,
            joins, passed)
    }

    private init(
        _ tally: consuming RunTally, names: (agents: [String], classes: [String]),
        _ parameters: [RunClass], _ readers: [Reader], _ ranks: PercentileRanks,
        _ joins: LateJoins, _ passed: (analyses: RunAnalyses, interToken: InterTokenTally)?
    ) {
        classParameters = parameters
        self.readers = readers
        percentiles = ranks
        let scores = tally.scoring.take()?.figures()
        let digests = scores?.digests ?? []
        let groups = scores?.groups ?? []
        let sent = tally.lateness
        func parts(
            _ names: [String], _ tallies: [PartTally], _ totals: [RunTotals]?,
            _ index: (RunScoring.Group) -> Int
        ) -> [PartSummary] {
            let partOfCell = groups.map(index)
            var lateness = [[Int64]](repeating: [], count: names.count)
            for (digest, late) in zip(digests, sent) where late > .min {
                lateness[partOfCell[digest.cell]].append(late)
            }
            return names.indices.map { part in
                tallies[part].summary(
                    name: names[part], totals?[part] ?? RunTotals(), lateness[part], ranks)
            }
        }
        let run = parts([""], [tally.run], scores.map { [$0.whole] }) { _ in 0 }[0]
        self.run = run
        agents = parts(names.agents, tally.agents, scores?.agents) { $0.agent }
        classes = parts(names.classes, tally.classes, scores?.classes) { $0.classIndex }
        robust = scores?.beside ?? RunTotals()
        var analyses = passed?.analyses
        analyses?.interToken = passed?.interToken.figures(beside: run.totals)
        self.analyses = analyses
        lengths = tally.lengths
        answers = tally.answers
        errorGroups = tally.errors.groups
        cap = CapSummary(tally.waits)
        models = tally.models
        balance = tally.balance
        warmups = tally.warmups
        firstSilent = tally.firstSilent
        lastFinish = tally.lastFinish
        sends = tally.sends
        spans = tally.spans
        self.digests = digests
        self.groups = groups
        let lateness = run.lateness?.max ?? 0
        let backing = PercentileBacking(
            run.totals, lateness: run.lateness, analyses?.samples)
        moved =
            scores.map {
                MovedFigures(joins).all($0, largestLateness: lateness, ranks: ranks)
                    .compactMap { $0.shown(by: backing) }
            } ?? []
    }

    /// Whether the chosen parameters of some class can reward dropping a request.
    var rewardsDropping: Bool { readers.contains { $0.rewardsDropping } }
}
