import Goodput
package import Results
import RunRecord

/// A stored run: its figures, and the requests that they are made of.
package struct ScoredRun {
    package let summary: RunSummary
    package let requests: any MeasuredRequests
    /// Its folder, by which it was named.
    package let folder: String

    /// Reads and scores the run's folder that `path` names, by itself or by a file of it.
    ///
    /// Times come from where ``Results/StoredScore`` takes them: a rescued run's from its journal.
    ///
    /// - Returns: nil where `path` names no run's folder.
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init?(path: String, overrides: ScoringOverrides) throws(FileProblem) {
        guard let run = StoredScore.runFolder(path) else { return nil }
        try self.init(RunDirectory(reading: run), overrides)
    }

    private init(
        _ folder: borrowing RunDirectory, _ overrides: ScoringOverrides
    ) throws(FileProblem) {
        self.folder = folder.path
        switch try folder.origin(remaps: false) {
        case .files(let result):
            let path = "\(folder.path)/\(RunFileName.requests)"
            summary = try RunSummary(result, overrides: overrides, path: path)
            requests = StoredRequests(result.requests, path: path)
        case .journal(let journal, let header?, let stored):
            summary = try journal.summary(overrides, header: header, requests: stored)
            requests = StoredRequests(
                try journal.requests(header: header, requests: stored), path: journal.path)
        case .journal(let journal, nil, _):
            let run = try JournalRun(journal)
            let measured = JournalRequests(run)
            summary = try run.summary(overrides, of: measured, through: measured)
            requests = measured
        }
    }
}
