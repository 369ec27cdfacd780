import Results

/// The files of a run's folder from which its requests are taken.
enum RunOrigin {
    /// All times are those of `requests.jsonl`.
    case files(RunResult)
    /// All times are made anew from the journal; the header and the lines of `requests.jsonl` are
    /// those of the files beside it, where there are some.
    case journal(JournalFile, header: RunHeader?, requests: [MeasuredRequest]?)
}

extension RunDirectory {
    /// The origin of the run's requests: never some times by one fit and some by another.
    ///
    /// - Parameter remaps: Whether the clocks are to be fitted anew and all stamps mapped again.
    borrowing func origin(remaps: Bool) throws(FileProblem) -> RunOrigin {
        guard hasManifest else { return .journal(journal(), header: nil, requests: nil) }
        let manifest = try manifest()
        // A journal alone beside a manifest is scored as after a crash.
        let stored = has(RunFileName.requests) || !remaps ? try result(manifest) : nil
        if let stored, !remaps, stored.requests.allSatisfy({ $0.tokens != nil }) {
            return .files(stored)
        }
        return .journal(
            journal(manifest), header: manifest.header, requests: stored?.requests)
    }
}
