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
    /// - Throws: ``FileProblem``, as ``JournalRun/init(_:beside:)`` and ``JournalRun/summary(_:)``,
    ///   and where journal and manifest are of different runs.
    package func summary(
        _ overrides: ScoringOverrides, header: RunHeader?, requests: [MeasuredRequest]?
    ) throws(FileProblem) -> RunSummary {
        switch try run(header: header, requests: requests) {
        case .present(let run): return try run.summary(overrides)
        case .former(let run): return try run.summary(overrides)
        }
    }

    /// The run whose journal it is, scored, with its requests: each pass over them reads the
    /// journal anew.
    ///
    /// - Parameter summary: The figures, where they are known.
    /// - Throws: ``FileProblem``, as ``summary(_:header:requests:)``.
    package func measured(
        header: RunHeader?, requests: [MeasuredRequest]?, summary: RunSummary? = nil
    ) throws(FileProblem) -> MeasuredRun {
        switch try run(header: header, requests: requests) {
        case .present(let run):
            let figures = if let summary { summary } else { try run.summary() }
            return MeasuredRun(summary: figures, requests: JournalRequests(run))
        case .former(let run):
            let figures = if let summary { summary } else { try run.summary(ScoringOverrides()) }
            return MeasuredRun(summary: figures, requests: run.requests)
        }
    }

    /// The requests of the run whose journal it is, all times of which are made of its stamps.
    ///
    /// - Throws: ``FileProblem``, as ``summary(_:header:requests:)``.
    package func requests(
        header: RunHeader, requests: [MeasuredRequest]?
    ) throws(FileProblem) -> [MeasuredRequest] {
        var all: [MeasuredRequest] = []
        switch try run(header: header, requests: requests) {
        case .present(let run):
            try JournalRequests(run).forEach(withTokens: true) { all.append($0) }
        case .former(let run):
            try run.requests.forEach(withTokens: true) { all.append($0) }
        }
        return all
    }

    /// The run that the journal tells of, with the files beside it where it needs them.
    func run(
        header: RunHeader?, requests: [MeasuredRequest]?
    ) throws(FileProblem) -> ToldRun {
        let result = header.flatMap { header in
            requests.map { RunResult(header: header, requests: $0) }
        }
        let (record, reading) = try record(beside: result)
        if let header, let segment = reading.header {
            try check(segment, against: header)
        }
        guard reading.isFormer else { return .present(try JournalRun(self, record, reading)) }
        guard let result else { throw JournalRun.formerAlone(path) }
        return .former(FormerRun(try JournalRun(self, record, reading), result))
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

/// A run as its journal tells it, by the journal's format.
enum ToldRun {
    case present(JournalRun)
    case former(FormerRun)
}
