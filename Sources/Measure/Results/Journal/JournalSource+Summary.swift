import Bytes
import Journal
import PlainText

extension JournalSource {
    /// The figures of the run whose journal it is, all times of which are made of its stamps.
    ///
    /// - Parameters:
    ///   - header: The manifest's; nil where there is none.
    ///   - requests: The lines of `requests.jsonl`, which a journal of format 2 needs; nil where
    ///     there are none.
    /// - Throws: ``FileProblem``, as ``JournalRun/init(_:)`` and ``JournalRun/summary(_:)``, and
    ///   where journal and manifest are of different runs.
    package func summary(
        _ overrides: ScoringOverrides, header: RunHeader?, requests: [MeasuredRequest]?
    ) throws(FileProblem) -> RunSummary {
        let result = header.flatMap { header in
            requests.map { RunResult(header: header, requests: $0) }
        }
        let (record, reading) = try record(beside: result)
        if let header, let segment = reading.header {
            try check(segment, against: header)
        }
        guard reading.isFormer else {
            return try JournalRun(self, record, reading).summary(overrides)
        }
        guard let result else { throw JournalRun.formerAlone(path) }
        return try FormerRun(JournalRun(self, record, reading), result).summary(overrides)
    }

    /// Refuses a journal that is of another run than the manifest.
    func check(_ segment: SegmentHeader, against run: RunHeader) throws(FileProblem) {
        let id = segment.runID.description
        guard run.runID == id else {
            throw FileProblem(
                .content, path,
                "is the journal of run \(id), and the manifest is of run \(run.runID.harmless); "
                    + "keep a run's files together")
        }
        // Two boots of the coordinator are two axes, and nothing here joins them.
        guard run.epoch.bootID == segment.clock.bootID else {
            throw FileProblem(
                .content, path,
                "counts from another boot of the coordinator than the manifest: the global "
                    + "timeline is broken, and only latencies within one agent hold")
        }
    }
}
