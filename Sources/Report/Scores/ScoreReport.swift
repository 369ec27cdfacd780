package import Goodput
import JSON

/// What `legato score` prints of a set of requests.
package struct ScoreReport: Hashable, Sendable {
    /// The file, as the user gave it.
    package var path: String
    /// After overrides.
    package var parameters: ScoringParameters
    package var scoring: Scoring

    /// Scores `vector`, its parameters changed by `overrides`.
    ///
    /// - Throws: ``FileProblem`` that names the file, and the request or parameter at fault.
    package init(
        vector: MetricVector, overrides: ScoringOverrides, path: String
    ) throws(FileProblem) {
        self.path = path
        parameters = overrides.applied(to: vector.parameters)
        do throws(ScoringError) {
            scoring = try Scoring(vector.requests, for: Reader(parameters))
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }

    /// One line of JSON, `{"requests": [...], "totals": {...}}`, with a line end.
    package var json: [UInt8] {
        var writer = JSONWriter()
        scoring.write(to: &writer)
        writer.endLine()
        return writer.bytes
    }
}
