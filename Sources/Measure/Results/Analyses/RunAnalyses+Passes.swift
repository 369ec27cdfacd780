import Gaming
import Goodput
import Sampling
import ToolRules

extension RunAnalyses {
    /// Passes over the scored requests until all is known: once for what needs one pass, and up to
    /// three times more for medians of runs with over ``Sampling/RunSampling/mostKept`` events.
    ///
    /// - Parameters:
    ///   - interval: T.
    ///   - tally: All requests', closed.
    ///   - needsGaps: Whether the tally must see all gaps again: it does so on the way.
    ///   - readers: One a class.
    ///   - seed: The run's.
    ///   - withSurface: Whether the surface is asked for.
    /// - Returns: The analyses but for ``interToken``, and its tally of the same requests.
    static func passing(
        over requests: some MeasuredRequests, _ interval: ServingInterval, _ spans: StageSpans,
        tally: inout RunTally, needsGaps: Bool, _ readers: [Reader], seed: UInt64,
        withSurface: Bool
    ) throws(FileProblem) -> (analyses: RunAnalyses, interToken: InterTokenTally) {
        let streamed = tally.streamed
        guard let source = tally.scoring.map(DigestedRequests.init) else {
            preconditionFailure("a run with scored requests scores them")
        }
        // Moved, so that no pass makes a copy of all gaps.
        let scoring = needsGaps ? tally.scoring.take() : nil
        let scored = ScoredRequests(requests, of: tally, streamed: streamed)
        let servers = tally.serverNames
        let (tokens, events, agents) = (tally.tokens, tally.events, tally.agents.count)
        let (gaming, survey) = try requests.checking { () throws(ScoringError) in
            (
                GamingPass(
                    try GamingAnalysis(over: interval, readers: readers, tokens: tokens)),
                SurveyPass(
                    AnalysisPass(
                        over: interval, agents: agents, servers: servers.count,
                        readers: readers, seed: seed, withSurface: withSurface),
                    StageSampling(spans, of: source, events: events),
                    InterTokenTally(expecting: events), scoring)
            )
        }
        try scored.make(gaming, survey)
        // Taken now: the later passes need the memory of what was kept for them.
        let gameability = gaming.figures()
        while survey.endPass() { try scored.make(survey) }
        if needsGaps { tally.scoring = survey.scoring }
        var analyses = survey.pass.figures(servers: servers, gameability)
        survey.sampling.settle(&analyses)
        return (analyses, survey.interToken)
    }
}
