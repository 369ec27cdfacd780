package import Results
package import Storage

extension RunDirectory {
    /// Writes the files of a run that is in memory.
    @discardableResult
    package borrowing func write(
        _ result: RunResult, tokens: TokensInRequests = .automatic
    ) throws(FileProblem) -> RunSummary {
        try write(
            StoredRequests(result.requests), runID: result.header.runID, tokens: tokens
        ) { requests throws(FileProblem) in
            let figures = try RunFigures(
                in: RunSetting(result.header), overrides: ScoringOverrides(), of: requests)
            return RunSummary(result.header, figures)
        } header: {
            result.header
        }
    }
}
