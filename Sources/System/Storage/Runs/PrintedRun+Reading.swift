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
        let run = try RunDirectory(reading: folder).run(remaps: remaps)
        try self.init(of: run, as: tool, choices, path: path)
    }
}
