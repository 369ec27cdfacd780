import Goodput
import RunRecord

extension JournalRun {
    /// The figures of the run, and its verdict.
    ///
    /// - Parameters:
    ///   - overrides: Changes every class's parameters before anything is scored.
    ///   - requests: The run's own.
    ///   - passes: The same, perhaps on their way through somebody who writes them down.
    /// - Throws: ``FileProblem`` for a journal that can no longer be read, for times that cannot be
    ///   scored, and from `passes`.
    package func summary(
        _ overrides: ScoringOverrides = ScoringOverrides(), of requests: JournalRequests,
        through passes: any MeasuredRequests
    ) throws(FileProblem) -> RunSummary {
        let figures = try RunFigures(
            in: setting, overrides: overrides, of: passes)
        return RunSummary(header(requests.settled), figures)
    }

    /// The figures of the run, and its verdict.
    package func summary(
        _ overrides: ScoringOverrides = ScoringOverrides()
    ) throws(FileProblem) -> RunSummary {
        let requests = JournalRequests(self)
        return try summary(overrides, of: requests, through: requests)
    }

    private var setting: RunSetting {
        RunSetting(
            agents: agents, classes: opening.classes, stages: opening.stages, seed: opening.seed,
            percentiles: opening.percentiles)
    }
}
