import Gaming
import Goodput
import Holding
import Loss
import Timeline
import ToolRules

/// The gains by playing, which take as long as all other analyses.
final class GamingPass: ScoredPass {
    /// nil once the figures are taken.
    private var analysis: GamingAnalysis?

    init(_ analysis: consuming GamingAnalysis) { self.analysis = analysis }

    func take(_ scored: ScoredRequest) throws(ScoringError) {
        try analysis?.add(scored.times, classIndex: scored.parts.classIndex)
    }

    /// The figures of all requests, once: what was kept of them goes.
    func figures() -> Gameability {
        guard let analysis = analysis.take() else { preconditionFailure("figures come once") }
        return analysis.figures()
    }
}

/// Everything else, in one pass and in those that some of it asks for.
final class SurveyPass: ScoredPass {
    private(set) var pass: AnalysisPass
    private(set) var sampling: StageSampling
    private(set) var interToken: InterTokenTally
    /// Must see all gaps again, in the first pass; nil where it need not.
    private(set) var scoring: RunScoring?
    private var now = Turn.first

    private enum Turn {
        case first
        case later(StageSampling.Demand, spreadsGaps: Bool)
    }

    init(
        _ pass: consuming AnalysisPass, _ sampling: consuming StageSampling,
        _ interToken: consuming InterTokenTally, _ scoring: consuming RunScoring?
    ) {
        self.interToken = interToken
        self.pass = pass
        self.sampling = sampling
        self.scoring = scoring
    }

    func take(_ scored: ScoredRequest) throws(ScoringError) {
        switch now {
        case .first: try survey(scored)
        case .later(let demand, let spreadsGaps):
            if spreadsGaps { interToken.addGaps(of: scored.times) }
            switch demand {
            case .nothing: break
            case .again: sampling.revisit(scored.times)
            case .requests: sampling.add(scored.times)
            }
        }
    }

    private func survey(_ scored: ScoredRequest) throws(ScoringError) {
        scoring?.addGaps(of: scored.times.tokens)
        try pass.add(
            scored.times, of: scored.parts, promptTokens: scored.request.promptTokens,
            reads: scored.request.reads?.map { ReadDelay(time: $0.time, delay: $0.delay) } ?? [])
        interToken.add(scored.times)
        sampling.add(scored.times)
    }

    /// Ends a pass over all requests.
    ///
    /// - Returns: Whether another one is asked for.
    func endPass() -> Bool {
        var spreadsGaps = false
        if case .first = now { spreadsGaps = interToken.close() }
        let demand = sampling.endPass()
        now = .later(demand, spreadsGaps: spreadsGaps)
        return demand != .nothing || spreadsGaps
    }
}
