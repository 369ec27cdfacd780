package import Goodput

/// What a path holds, scored again: a run's folder or a file of requests.
package enum StoredScore: Sendable {
    case run(RunSummary, folder: String)
    case vector(ScoreReport)

    /// The token events of a request, by its id.
    package typealias Tokens = (UInt32) -> [TokenEvent]

    /// Reads and scores `path`, its parameters changed by `overrides`.
    ///
    /// - Parameter journal: Opens the journal of a run's folder, asked for where `requests.jsonl`
    ///   leaves the token times to it.
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(
        path: String, overrides: ScoringOverrides,
        journal: @escaping (String) throws(FileProblem) -> Tokens
    ) throws(FileProblem) {
        if let run = Self.runFolder(path) {
            let folder = try RunDirectory(opening: run)
            var tokens: Tokens?
            let result = try folder.result { id throws(FileProblem) in
                if let tokens { return tokens(id) }
                let opened = try journal(run)
                tokens = opened
                return opened(id)
            }
            self = .run(try folder.summarise(result, overrides: overrides), folder: run)
        } else {
            let vector = try MetricVector(parsing: try StoredFile.read(path), path: path)
            self = .vector(try ScoreReport(vector: vector, overrides: overrides, path: path))
        }
    }

    /// The run's folder that `path` names, by itself or by its journal.
    private static func runFolder(_ path: String) -> String? {
        if StoredFile.isFolder(path) { return path }
        guard path == "tokens.log" || path.hasSuffix("/tokens.log") else { return nil }
        let folder = path.dropLast("tokens.log".count)
        return folder.isEmpty ? "." : String(folder.dropLast())
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
