import Goodput

/// What a path holds, scored again: a run's folder or a file of requests.
package enum StoredScore: Sendable {
    case run(RunSummary, folder: String)
    case vector(ScoreReport)

    /// Reads and scores `path`, its parameters changed by `overrides`.
    ///
    /// - Parameters:
    ///   - remaps: Whether the clocks of a run's folder are fitted anew and all stamps mapped again.
    ///   - journal: Opens the journal of a run's folder, asked for to map again, and where
    ///     `requests.jsonl` leaves the token times to it.
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(
        path: String, overrides: ScoringOverrides, remaps: Bool = false,
        journal: @escaping (String) throws(FileProblem) -> any StoredJournal
    ) throws(FileProblem) {
        if let run = Self.runFolder(path) {
            let folder = try RunDirectory(opening: run)
            var opened: (any StoredJournal)?
            func theJournal() throws(FileProblem) -> any StoredJournal {
                if let opened { return opened }
                let made = try journal(run)
                opened = made
                return made
            }
            var result = try folder.result { id throws(FileProblem) in
                try theJournal().tokens(of: id)
            }
            if remaps { try theJournal().remap(&result) }
            self = .run(try folder.summarise(result, overrides: overrides), folder: run)
        } else {
            guard !remaps else {
                throw FileProblem(
                    .content, path,
                    "is no run's folder, so it has no clocks to fit; drop --remap or name a folder")
            }
            let vector = try MetricVector(parsing: try StoredFile.read(path), path: path)
            self = .vector(try ScoreReport(vector: vector, overrides: overrides, path: path))
        }
    }

    /// Whether its figures may be used: those of a file of requests always may.
    package var isValid: Bool {
        switch self {
        case .run(let summary, _): summary.header.validity.verdict == .valid
        case .vector: true
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
    package func lines(style: ConsoleStyle, isVerbose: Bool = false) -> [String] {
        switch self {
        case .run(let summary, let folder):
            ResultTable(
                summary, style: style, directory: folder, isVerbose: isVerbose
            ).lines
        case .vector(let report): report.lines(style: style)
        }
    }
}
