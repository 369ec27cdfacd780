package import Results

extension MeasuredRun {
    /// Reads the run that `path` names, by itself or by a file of it, and scores it unless
    /// `summary` says its figures already. Its requests are read from where a score takes them,
    /// anew at every pass: memory does not grow with their tokens.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read, or the request at fault.
    package init(path: String, summary: RunSummary? = nil) throws(FileProblem) {
        guard let folder = StoredScore.runFolder(path) else {
            // A path that cannot be read at all says so.
            _ = try StoredFile.read(path)
            throw FileProblem(.content, path, "is no run's folder; name one")
        }
        self = try RunDirectory(reading: folder).measured(summary)
    }

    /// The folder that `path` names, by itself or by a file of it; nil where it is no run's.
    package static func folder(of path: String) -> String? { StoredScore.runFolder(path) }
}

extension RunDirectory {
    fileprivate consuming func measured(
        _ summary: RunSummary?
    ) throws(FileProblem) -> MeasuredRun {
        guard hasManifest else { return try journal().measured(header: nil, requests: nil) }
        let manifest = try manifest()
        let journal = journal(manifest)
        // Without tokens: with them the file is what is passed over.
        var lines: [MeasuredRequest] = []
        var haveTokens = true
        try forEachRequest(manifest) { request in
            haveTokens = haveTokens && request.tokens != nil
            var line = request
            line.tokens = nil
            line.reads = nil
            lines.append(line)
        }
        guard haveTokens else {
            return try journal.measured(
                header: manifest.header, requests: lines, summary: summary)
        }
        lines = []
        let requests = RequestsFilePasses(self, manifest)
        if let summary { return MeasuredRun(summary: summary, requests: requests) }
        let figures = try RunFigures(
            in: RunSetting(manifest.header), overrides: ScoringOverrides(), of: requests)
        return MeasuredRun(summary: RunSummary(manifest.header, figures), requests: requests)
    }
}

/// The requests of `requests.jsonl`, read anew at every pass.
private final class RequestsFilePasses: MeasuredRequests {
    private let directory: RunDirectory
    private let manifest: StoredManifest

    init(_ directory: consuming RunDirectory, _ manifest: StoredManifest) {
        self.directory = directory
        self.manifest = manifest
    }

    var path: String { "\(directory.path)/\(RunFileName.requests)" }

    func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        try directory.forEachRequest(manifest, body)
    }
}
