import Page
import Results
import Storage

/// A run's page, made from its folder.
struct RunPage {
    let scored: ScoredRun
    let bytes: [UInt8]

    /// nil where `path` is no run's.
    init?(
        _ path: String, overrides: ScoringOverrides = ScoringOverrides()
    ) throws(FileProblem) {
        var overrides = overrides
        overrides.surface = true
        guard let scored = try ScoredRun(path: path, overrides: overrides) else { return nil }
        self.scored = scored
        bytes = try ReportPage(scored.summary, of: scored.requests, folder: scored.folder)
            .html(PageBytes.deflated)
    }
}
