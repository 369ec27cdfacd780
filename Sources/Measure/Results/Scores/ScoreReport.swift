package import Goodput
import JSON

/// The figures that `legato score` prints of a set of requests.
package struct ScoreReport: Hashable, Sendable {
    /// The file, as the user gave it.
    package var path: String
    /// After overrides.
    package var parameters: ScoringParameters
    package var scoring: Scoring
    /// The percentiles that are listed of every distribution.
    package var percentiles: PercentileRanks
    /// nil without requests.
    package let analyses: RunAnalyses?

    /// Scores `vector`, its parameters changed by `overrides`.
    ///
    /// - Throws: ``FileProblem`` that names the file, and the request or parameter at fault.
    package init(
        vector: MetricVector, overrides: ScoringOverrides, path: String
    ) throws(FileProblem) {
        self.path = path
        parameters = overrides.applied(to: vector.parameters)
        percentiles = overrides.percentiles ?? .always
        do throws(ScoringError) {
            let reader = try Reader(parameters)
            scoring = try Scoring(vector.requests, for: reader, ranks: percentiles)
            analyses = try RunAnalyses(
                of: vector, for: reader, withSurface: overrides.surface)
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }

    /// One line of JSON, `{"requests": [...], "totals": {...}, "loss": {...}, ...}`, with a line
    /// end.
    package var json: [UInt8] {
        var writer = JSONWriter()
        scoring.write(
            to: &writer, .standard, percentiles,
            beside: analyses?.vectorMembers ?? RunAnalyses.vectorMembersOfNothing)
        writer.endLine()
        return writer.bytes
    }
}
