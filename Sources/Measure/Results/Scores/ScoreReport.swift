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

    /// Scores `vector`, its parameters changed by `overrides`.
    ///
    /// - Throws: ``FileProblem`` that names the file, and the request or parameter at fault.
    package init(
        vector: MetricVector, overrides: ScoringOverrides, path: String
    ) throws(FileProblem) {
        self.path = path
        parameters = overrides.applied(to: vector.parameters)
        percentiles = overrides.percentiles ?? .standard
        do throws(ScoringError) {
            scoring = try Scoring(
                vector.requests, for: Reader(parameters), ranks: percentiles)
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }

    /// One line of JSON, `{"requests": [...], "totals": {...}}`, with a line end.
    package var json: [UInt8] {
        var writer = JSONWriter()
        scoring.write(to: &writer, .standard, percentiles)
        writer.endLine()
        return writer.bytes
    }
}
