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
            throw FileProblem(
                .content, journal.path,
                "stands without the run's other files; write them with legato score RUN --out DIR")
        }
    }
}
