package import Results

extension RunDirectory {
    /// A whole run: its header and its requests with their tokens, from where a score takes them.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read; a folder without a manifest is no
    ///   whole run.
    package borrowing func measured() throws(FileProblem) -> RunResult {
        switch try origin(remaps: false) {
        case .files(let result): return result
        case .journal(let journal, let header?, let requests):
            return RunResult(
                header: header,
                requests: try journal.requests(header: header, requests: requests))
        case .journal(let journal, nil, _):
            throw has(RunFileName.journal)
                ? FileProblem(
                    .content, journal.path,
                    "stands without the run's other files; write them with legato score RUN --out "
                        + "DIR")
                : FileProblem(.content, path, noRun)
        }
    }

    /// The reason why a folder without a journal and a manifest is no run's.
    var noRun: String {
        if has(RunFileName.sweep) { return "is a sweep's folder; name its runs, in points/" }
        if has(RunFileName.joined) {
            return "is a folder of repeats; name its runs, run-1 and so on"
        }
        return "is no run's folder: it has no \(RunFileName.manifest)"
    }
}
