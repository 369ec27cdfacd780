import Glibc
package import Results

extension StoredRun {
    /// Opens the run that `path` names, by its folder or by a file of it.
    ///
    /// - Parameter keepsRequests: As in ``RunDirectory/run(remaps:keepsRequests:)``.
    /// - Throws: ``FileProblem`` that names what cannot be read.
    package init(path: String, keepsRequests: Bool = true) throws(FileProblem) {
        guard let folder = StoredScore.runFolder(path) else {
            guard StoredFile.exists(path) else {
                throw .system(path, "cannot be opened", ENOENT, remedy: "name the folder of a run")
            }
            throw FileProblem(
                .content, path, "is no run's folder; name a folder that legato run has written")
        }
        self = try RunDirectory(reading: folder).run(keepsRequests: keepsRequests)
    }
}

extension RunDirectory {
    /// The run in this folder. Its requests are those of `requests.jsonl`; where that leaves token
    /// times to the journal, or there is the journal alone (its coordinator died), and where
    /// `remaps` says so, all times are made anew from the journal.
    ///
    /// - Parameters:
    ///   - remaps: Whether the clocks are fitted anew and all stamps mapped again.
    ///   - keepsRequests: Whether `requests.jsonl` is read once and kept in memory. Else it is read
    ///     anew at each pass, and memory does not grow with tokens.
    /// - Throws: ``FileProblem`` that names what cannot be read.
    consuming func run(
        remaps: Bool = false, keepsRequests: Bool = true
    ) throws(FileProblem) -> StoredRun {
        let folder = path
        guard hasManifest else {
            guard has(RunFileName.journal) else { throw FileProblem(.content, folder, noRun) }
            return try StoredRun(of: journal(), header: nil, requests: nil, folder: folder)
        }
        let manifest = try manifest()
        let journal = journal(manifest)
        // A journal alone beside a manifest is scored as after a crash.
        var lines: [MeasuredRequest]?
        if has(RunFileName.requests) || !remaps {
            let isWhole = remaps ? false : try hasTokens() ?? true
            if isWhole, !keepsRequests {
                return StoredRun(
                    header: manifest.header, requests: RequestsFilePasses(self, manifest),
                    folder: folder)
            }
            let requests = try result(manifest).requests
            if isWhole {
                let path = "\(folder)/\(RunFileName.requests)"
                return StoredRun(
                    header: manifest.header, requests: StoredRequests(requests, path: path),
                    folder: folder)
            }
            lines = requests
        }
        return try StoredRun(
            of: journal, header: manifest.header, requests: lines, folder: folder)
    }

    /// Whether `requests.jsonl` has token times, as its first line shows: all have them or none.
    ///
    /// - Returns: nil without a line.
    borrowing func hasTokens() throws(FileProblem) -> Bool? {
        let line = try firstLine(of: RunFileName.requests)
        guard !line.isEmpty else { return nil }
        let request = line.withUnsafeBytes { bytes in
            Result { () throws(FileProblem) in
                try MeasuredRequest(
                    parsing: bytes, path: "\(path)/\(RunFileName.requests)", line: 1)
            }
        }
        return try request.get().tokens != nil
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
