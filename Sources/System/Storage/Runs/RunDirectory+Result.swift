import JSON
package import Results
import RunRecord

/// Whether `requests.jsonl` holds token times.
package enum TokensInRequests: String, Hashable, Sendable, CaseIterable {
    /// Up to ``RunDirectory/mostTokensInRequests`` tokens a run.
    case automatic = "auto"
    case always
    case never
}

/// The content of `manifest.json`: the run, and the files beside it.
package struct StoredManifest: Hashable, Sendable {
    package var header: RunHeader
    package var files: FileRecords
}

extension RunDirectory {
    /// Writes the files of the run that its journal tells of.
    ///
    /// - Returns: The summary that was written.
    /// - Throws: ``FileProblem``, as ``write(_:runID:tokens:journalByteCount:summary:header:)``.
    @discardableResult
    package borrowing func write(
        _ run: JournalRun, tokens: TokensInRequests = .automatic
    ) throws(FileProblem) -> RunSummary {
        let requests = JournalRequests(run)
        return try write(
            requests, runID: run.runID, tokens: tokens, journalByteCount: run.reading.byteCount
        ) { file throws(FileProblem) in
            try run.summary(of: requests, through: file)
        } header: {
            run.header(requests.settled)
        }
    }

    /// Writes `requests.jsonl`, `manifest.json` with what is in it, and `summary.json`, in that
    /// order. Requests stand in the order in which they are handed over.
    ///
    /// - Parameters:
    ///   - journalByteCount: Bytes that `tokens.log` has or should have; nil where it is not known.
    ///   - summary: Makes the figures of the requests, by passes over what it is given.
    ///   - header: The header after a pass, where no figures can be made.
    /// - Returns: The summary that was written.
    /// - Throws: ``FileProblem``. Requests that cannot be scored are written all the same.
    @discardableResult
    package borrowing func write<Requests: MeasuredRequests>(
        _ requests: Requests, runID: String, tokens: TokensInRequests = .automatic,
        journalByteCount: Int? = nil,
        summary: (any MeasuredRequests) throws(FileProblem) -> RunSummary,
        header: () -> RunHeader
    ) throws(FileProblem) -> RunSummary {
        let file = RequestsFile(
            try newFile(RunFileName.requests), of: requests, runID: runID, tokens: tokens)
        let made = Result { () throws(FileProblem) in try summary(file) }
        switch made {
        case .success(let summary):
            try write(summary.header, try file.commit(), journalByteCount)
            try write(Array(summary.json.utf8), to: RunFileName.summary)
            return summary
        case .failure(let problem):
            let again = RequestsFile(
                try newFile(RunFileName.requests), of: requests, runID: runID, tokens: tokens)
            try again.forEach(withTokens: false) { _ in }
            try again.forEach(withTokens: true) { _ in }
            try write(header(), try again.commit(), journalByteCount)
            throw problem
        }
    }

    private borrowing func write(
        _ header: RunHeader, _ requests: RequestsFileRecord, _ journalByteCount: Int?
    ) throws(FileProblem) {
        let manifest = StoredManifest(
            header: header,
            files: FileRecords(
                requests: requests,
                journalByteCount: journalByteCount ?? byteCount(of: RunFileName.journal)))
        try write(Array(manifest.json.indented.utf8), to: RunFileName.manifest)
    }

    /// The run's journal.
    ///
    /// - Parameter manifest: The run's; nil where it has none yet.
    package borrowing func journal(_ manifest: StoredManifest? = nil) -> JournalFile {
        JournalFile(
            path: "\(path)/\(RunFileName.journal)", isOver: manifest != nil,
            expectedByteCount: manifest?.files.journalByteCount)
    }

    /// Whether the run has ended: its manifest is there.
    package var hasManifest: Bool { has(RunFileName.manifest) }

    /// Reads `manifest.json` back.
    ///
    /// - Throws: ``FileProblem`` with the location of a syntax error, or the member at fault.
    package borrowing func manifest() throws(FileProblem) -> StoredManifest {
        let file = "\(path)/\(RunFileName.manifest)"
        let json: JSONValue
        let bytes = try read(RunFileName.manifest)
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(
                .content, file, line: error.line, "column \(error.column): \(error.problem)")
        }
        return try StoredManifest(json: json, path: file)
    }

    /// Reads `requests.jsonl` back, each line held against `manifest`. Where the file leaves the
    /// token times to the journal, requests come without them.
    ///
    /// - Throws: ``FileProblem`` with file and line: for a request that is cut off, missing, twice
    ///   there or of another run, and for bytes that are not those that the run wrote.
    package borrowing func result(_ manifest: StoredManifest) throws(FileProblem) -> RunResult {
        var result = RunResult(header: manifest.header, requests: [])
        try forEachRequest(manifest) { result.requests.append($0) }
        return result
    }

    /// Hands over each request of `requests.jsonl` as it is read, and keeps none.
    ///
    /// - Throws: ``FileProblem``, as ``result(_:)``; what is only seen at the file's end is thrown
    ///   behind the last request.
    borrowing func forEachRequest(
        _ manifest: StoredManifest, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        let file = "\(path)/\(RunFileName.requests)"
        let agents = Set(manifest.header.agents.map(\.name))
        let classes = Set(manifest.header.classes.map(\.name))
        var check = RequestsFileCheck(file, record: manifest.files.requests)
        try forEachLine(of: RunFileName.requests) { bytes, line throws(FileProblem) in
            let request = try MeasuredRequest(parsing: bytes, path: file, line: line)
            func refuse(_ problem: String) -> FileProblem {
                FileProblem(.content, file, line: line, "request \(request.id) \(problem)")
            }
            guard agents.contains(request.agent) else {
                throw refuse("names the agent \(request.agent), which the manifest does not have")
            }
            guard classes.contains(request.className) else {
                throw refuse(
                    "names the class \(request.className), which the manifest does not have")
            }
            try check.read(request.id, bytes, line: line)
            try body(request)
        }
        try check.ended()
    }
}

extension StoredManifest {
    var json: JSONValue {
        .object(
            (header.json.members ?? []) + [JSONMember(FileRecords.name, files.json)])
    }

    init(json: JSONValue, path: String) throws(FileProblem) {
        header = try RunHeader(json: json, path: path)
        do throws(JSONFieldError) {
            files = try FileRecords(manifest: json)
        } catch {
            throw FileProblem(.content, path, "the manifest \(error.problem)")
        }
    }
}
