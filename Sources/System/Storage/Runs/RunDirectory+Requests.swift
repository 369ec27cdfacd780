package import Results

extension RunDirectory {
    /// A whole run: its header and its requests with their tokens, from where a score takes them.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read; a folder without a manifest is no
    ///   whole run.
    package consuming func measured() throws(FileProblem) -> RunResult {
        guard hasManifest || !has(RunFileName.journal) else {
            throw FileProblem(
                .content, "\(path)/\(RunFileName.journal)",
                "stands without the run's other files; write them with legato score RUN --out DIR")
        }
        let run = try run()
        var result = RunResult(header: try run.header(), requests: [])
        try run.requests.forEach(withTokens: true) { result.requests.append($0) }
        return result
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
