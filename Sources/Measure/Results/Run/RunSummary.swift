package import Goodput
package import RunRecord
import TimeBase
package import TokenLog

/// A part of a run: all of it, what one agent sent, or one class.
package struct PartSummary: Hashable, Sendable {
    package var name: String
    /// Over the run's T, so that the parts' rates add up to the whole's.
    package var totals: RunTotals
    /// How late the client sent in ns, waits for a slot aside, over the requests that were sent.
    package var lateness: Percentiles?
    /// Failed, abandoned and unfinished requests by the class of their error.
    package var errors: [ErrorClass: Int]
    /// Requests with tokens by the least trusted source of their stamps.
    package var stamps: [StampSource: Int]
}

/// The figures of a run: a function of its header and its requests alone, so that scoring a run
/// directory again gives the same bytes.
package struct RunSummary: Hashable, Sendable {
    package var header: RunHeader
    /// The parameters of each class, after overrides.
    package var classParameters: [RunClass]
    package var run: PartSummary
    /// Where the scored requests of the plan went.
    package var balance: LoadBalance
    /// Why requests did not complete, the most frequent reason first.
    package var errorGroups: [ErrorGroup]
    /// The same requests under ``Preset/robust``, whatever was chosen.
    package var robust: RunTotals
    /// One an agent, in the header's order.
    package var agents: [PartSummary]
    /// One a class, in the header's order.
    package var classes: [PartSummary]
    /// The interval of the rates that the clocks leave open; nil where an agent has no bound, or
    /// without requests.
    package var clock: ClockInterval?
    /// How far the figures can be trusted, where the rest went, and who would have gained by what;
    /// nil without scored requests.
    package var analyses: RunAnalyses?
    /// The models that its requests named, in order, without repetition.
    package var models: [String]
    /// Lengths that came against those that were asked for.
    package var lengths: LengthSummary
    /// The effect of a bound on the requests in flight; nil where no request waited.
    package var cap: CapSummary?
    /// How its answers ended, and what was odd about them.
    package var answers: AnswerSummary
    /// Warm-up requests, which are in no figure.
    package var warmups: Int
    /// Whether the chosen parameters of some class can reward dropping a request.
    package var rewardsDropping: Bool
    /// The percentiles that are listed of every distribution.
    package var percentiles: PercentileRanks
    package var journalDamage: JournalDamage? { header.journalDamage }

    /// The summary of a run with these figures, which were made for its agents and classes. No pass
    /// over its requests: the header may be finished after they were made.
    ///
    /// - Complexity: O(requests), for what the clocks leave open.
    package init(_ header: RunHeader, _ figures: RunFigures) {
        self.header = header
        percentiles = figures.percentiles
        classParameters = figures.classParameters
        rewardsDropping = figures.rewardsDropping
        run = figures.run
        run.name = header.name
        agents = figures.agents
        classes = figures.classes
        robust = figures.robust
        analyses = figures.analyses
        lengths = figures.lengths
        cap = figures.cap
        models = figures.models
        answers = figures.answers
        errorGroups = figures.errorGroups
        balance = figures.balance
        warmups = figures.warmups.due
        let judgement = RunJudgement(header, figures)
        self.header.findings = judgement.findings
        self.header.validity = judgement.validity
        let bounds = header.agents.compactMap(\.bounds)
        if bounds.count == header.agents.count { clock = ClockInterval(figures, bounds) }
    }

    /// Computes the figures of `result`.
    ///
    /// - Parameters:
    ///   - overrides: Changes every class's parameters before anything is scored.
    ///   - path: The file that a request which cannot be scored is a problem of.
    /// - Throws: ``FileProblem`` for parameters out of range or times that cannot be.
    /// - Precondition: Every request names an agent and a class of the header, and its tokens are
    ///   at hand (``RunDirectory`` sees to both).
    package init(
        _ result: RunResult, overrides: ScoringOverrides = ScoringOverrides(),
        path: String = RunFileName.requests
    ) throws(FileProblem) {
        let figures = try RunFigures(
            in: RunSetting(result.header), overrides: overrides,
            of: StoredRequests(result.requests, path: path))
        self.init(result.header, figures)
    }
}
