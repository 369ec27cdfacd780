import Page
import Results
import Storage

/// A run's page, made from its folder.
struct RunPage {
    let folder: String
    let summary: RunSummary
    let bytes: [UInt8]

    /// - Throws: ``FileProblem``, also where `path` is no run's.
    init(
        _ path: String, overrides: ScoringOverrides = ScoringOverrides()
    ) throws(FileProblem) {
        var overrides = overrides
        overrides.surface = true
        let run = try StoredRun(path: path)
        folder = run.folder
        summary = try run.summary(overrides)
        bytes = try ReportPage(
            summary, of: run.requests, folder: folder, version: Release.version
        ).html(PageBytes.deflated)
    }
}
