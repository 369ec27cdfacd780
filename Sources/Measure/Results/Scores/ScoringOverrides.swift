package import Goodput

/// Changes that a command line makes to parameters that stand elsewhere; nil leaves a field alone.
package struct ScoringOverrides: Hashable, Sendable {
    /// Replaces all parameters but the objectives, before the others apply.
    package var preset: Preset?
    package var readingSpeed: Double?
    package var anchor: Anchor?
    /// ns.
    package var ttftBudget: Int64?
    package var alpha: Double?
    package var penalty: Penalty?
    package var incomplete: IncompletePolicy?
    package var reads: ReadPart?
    /// Objectives that are set replace those of the same kind.
    package var objectives = Objectives()
    /// The percentiles that are listed.
    package var percentiles: PercentileRanks?
    /// Whether smooth goodput is worked out for every reader, too.
    package var surface = false

    package init() {}

    /// Whether nothing is changed.
    package var isEmpty: Bool { self == ScoringOverrides() }

    /// `parameters` with the changes made.
    package func applied(to parameters: ScoringParameters) -> ScoringParameters {
        var result = preset?.parameters ?? parameters
        result.objectives = parameters.objectives
        result.readingSpeed = readingSpeed ?? result.readingSpeed
        result.anchor = anchor ?? result.anchor
        result.ttftBudget = ttftBudget ?? result.ttftBudget
        result.alpha = alpha ?? result.alpha
        result.penalty = penalty ?? result.penalty
        result.incomplete = incomplete ?? result.incomplete
        result.reads = reads ?? result.reads
        result.objectives.ttft = objectives.ttft ?? result.objectives.ttft
        result.objectives.tpot = objectives.tpot ?? result.objectives.tpot
        result.objectives.tbt = objectives.tbt ?? result.objectives.tbt
        result.objectives.e2e = objectives.e2e ?? result.objectives.e2e
        return result
    }
}
