package import RunRecord

/// A stored run: its requests, passed over as often as they are asked for, and what is made of them
/// where somebody asks.
///
/// Times are all those of the run's files, or all made of its journal's stamps: never some by one
/// fit and some by another.
package struct StoredRun {
    /// Its folder, as it was named.
    package let folder: String
    package let requests: any MeasuredRequests
    private let origin: Origin

    private enum Origin {
        case files(RunHeader)
        /// With the manifest's header, where there is a manifest.
        case journal(JournalRun, RunHeader?)
        /// Its manifest is there: a journal of that format is no run without it.
        case former(FormerRun)
    }

    /// A run all of which is in its files.
    ///
    /// - Precondition: Every request names an agent and a class of the header, and has its tokens
    ///   in a pass with tokens.
    package init(header: RunHeader, requests: any MeasuredRequests, folder: String) {
        self.folder = folder
        self.requests = requests
        origin = .files(header)
    }

    /// The run whose journal it is. Each pass over its requests reads the journal anew.
    ///
    /// - Parameters:
    ///   - header: The manifest's; nil where there is none.
    ///   - lines: The lines of `requests.jsonl`, which a journal of format 2 needs; nil where there
    ///     are none.
    /// - Throws: ``FileProblem``, as ``JournalRun/init(_:beside:)``, and where journal and manifest
    ///   are of different runs.
    package init(
        of journal: any JournalSource, header: RunHeader?, requests lines: [MeasuredRequest]?,
        folder: String
    ) throws(FileProblem) {
        self.folder = folder
        let result = header.flatMap { header in
            lines.map { RunResult(header: header, requests: $0) }
        }
        let (record, reading) = try journal.record(beside: result)
        if let header, let segment = reading.header { try journal.check(segment, against: header) }
        guard reading.isFormer else {
            let run = try JournalRun(journal, record, reading)
            origin = .journal(run, header)
            requests = JournalRequests(run)
            return
        }
        guard let result else { throw JournalRun.formerAlone(journal.path) }
        let run = FormerRun(try JournalRun(journal, record, reading), result)
        origin = .former(run)
        requests = run.requests
    }

    /// The classes of its requests.
    package var classes: [RunClass] {
        switch origin {
        case .files(let header): header.classes
        case .journal(let run, _): run.opening.classes
        case .former(let run): run.header.classes
        }
    }

    /// The manifest's verdict; without one the run is partial.
    package var verdict: Verdict {
        switch origin {
        case .files(let header): header.validity.verdict
        case .journal(_, let header): header?.validity.verdict ?? .partial
        case .former(let run): run.header.validity.verdict
        }
    }

    /// The manifest's header; without a manifest it is made from the journal, by one pass over it.
    ///
    /// - Throws: ``FileProblem``, from the pass.
    package func header() throws(FileProblem) -> RunHeader {
        switch origin {
        case .files(let header): return header
        case .former(let run): return run.header
        case .journal(_, let header?): return header
        case .journal(let run, nil):
            let requests = JournalRequests(run)
            try requests.forEach(withTokens: false) { _ in }
            return run.header(requests.settled)
        }
    }

    /// The figures of the run, and its verdict.
    ///
    /// - Parameter overrides: Changes every class's parameters before anything is scored.
    /// - Throws: ``FileProblem``: those of the passes, and for times that cannot be scored.
    /// - Complexity: As ``RunFigures``.
    package func summary(
        _ overrides: ScoringOverrides = ScoringOverrides()
    ) throws(FileProblem) -> RunSummary {
        switch origin {
        case .journal(let run, _): return try run.summary(overrides)
        case .former(let run): return try run.summary(overrides)
        case .files(let header):
            let figures = try RunFigures(
                in: RunSetting(header), overrides: overrides, of: requests)
            return RunSummary(header, figures)
        }
    }
}
