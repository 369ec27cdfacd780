package import Results
package import ToolRules

extension PrintedRun {
    /// The figures of all runs of `path`: several where it is another tool's file that holds
    /// several.
    ///
    /// - Throws: ``FileProblem``, as ``init(path:as:_:remaps:)``.
    package static func all(
        path: String, as tool: Tool, _ choices: ScoringOverrides, remaps: Bool = false
    ) throws(FileProblem) -> [PrintedRun] {
        guard StoredScore.runFolder(path) == nil else {
            return [try PrintedRun(path: path, as: tool, choices, remaps: remaps)]
        }
        guard !remaps else { throw .noClocks(path) }
        var runs: [PrintedRun] = []
        for (name, vector) in try MetricVector.stored(at: path) {
            runs.append(try PrintedRun(vector: vector, as: tool, choices, path: name))
        }
        return runs
    }

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
            let runs = try Self.all(path: path, as: tool, choices, remaps: remaps)
            guard runs.count == 1 else {
                throw FileProblem(
                    .content, path,
                    "holds \(runs.count) runs; name one, such as \(path)#\(runs.count)")
            }
            self = runs[0]
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
