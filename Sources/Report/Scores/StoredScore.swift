/// What a path holds, scored again: a run's folder or a file of requests.
package enum StoredScore: Sendable {
    case run(RunSummary, folder: String)
    case vector(ScoreReport)

    /// Reads and scores `path`, its parameters changed by `overrides`.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(path: String, overrides: ScoringOverrides) throws(FileProblem) {
        if StoredFile.isFolder(path) {
            let folder = try RunDirectory(opening: path)
            self = .run(
                try folder.summarise(try folder.result(), overrides: overrides), folder: path)
        } else {
            let vector = try MetricVector(parsing: try StoredFile.read(path), path: path)
            self = .vector(try ScoreReport(vector: vector, overrides: overrides, path: path))
        }
    }

    /// JSON with a line end: a run's as `summary.json` has it.
    package var json: String {
        switch self {
        case .run(let summary, _): summary.json
        case .vector(let report): String(decoding: report.json, as: UTF8.self)
        }
    }

    /// For people, without line ends.
    package func lines(style: ConsoleStyle) -> [String] {
        switch self {
        case .run(let summary, let folder):
            ResultTable(summary, style: style, directory: folder).lines
        case .vector(let report): report.lines(style: style)
        }
    }
}
