package import Results
package import ToolRules

extension PrintedRun {
    /// Reads `path`, and makes the figures of its requests by the rule of `tool`. Requests come
    /// from where a score takes them (``StoredScore``).
    ///
    /// - Parameters:
    ///   - choices: Bounds of good requests, and the percentiles that vLLM lists.
    ///   - remaps: Whether a run's clocks are fitted anew and all stamps mapped again.
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(
        path: String, as tool: Tool, _ choices: ScoringOverrides, remaps: Bool = false
    ) throws(FileProblem) {
        guard let folder = StoredScore.runFolder(path) else {
            guard !remaps else { throw .noClocks(path) }
            let vector = try MetricVector(parsing: try StoredFile.read(path), path: path)
            try self.init(vector: vector, as: tool, choices, path: path)
            return
        }
        switch try RunDirectory(reading: folder).origin(remaps: remaps) {
        case .files(let result):
            let requests = StoredRequests(
                result.requests, path: "\(folder)/\(RunFileName.requests)")
            try self.init(of: requests, result.header, as: tool, choices, path: path)
        case .journal(let journal, let header, let requests):
            self = try journal.printed(
                as: tool, choices, header: header, requests: requests, path: path)
        }
    }
}
