import Glibc
package import Results

extension StoredRun {
    /// Opens the run that `path` names, by its folder or by a file of it.
    ///
    /// - Parameter keepsRequests: As in `RunDirectory.run(remaps:keepsRequests:)`.
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
            if isWhole, requests.allSatisfy({ $0.tokens != nil }) {
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

    /// Whether `requests.jsonl` has the token times of all its requests: the first line is parsed,
    /// of the others the member alone is looked at.
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
        guard try request.get().tokens != nil else { return false }
        var areAllThere = true
        try forEachLine(of: RunFileName.requests) { line, _ in
            if areAllThere { areAllThere = !line.lacksTokens }
        }
        return areAllThere
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a line of `requests.jsonl` says that its token times are not there. No text in it
    /// can look like the member, whose quotes are not escaped; it comes after some 200 bytes.
    fileprivate var lacksTokens: Bool {
        let name = Array("\"tokens\":".utf8)
        let null = Array("null".utf8)
        guard let base = baseAddress, count >= name.count + null.count else { return false }
        for place in 0...count - name.count - null.count
        where self[place] == name[0] && memcmp(base + place, name, name.count) == 0 {
            return memcmp(base + place + name.count, null, null.count) == 0
        }
        return false
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
        try directory.forEachRequest(manifest) { request throws(FileProblem) in
            guard request.tokens != nil else {
                throw FileProblem(
                    .content, path, "request \(request.id) has no token times; restore the file")
            }
            try body(request)
        }
    }
}
