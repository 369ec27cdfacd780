import Goodput
import JSON
package import Results

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
    /// Writes `requests.jsonl`, `manifest.json` with what is in it, and `summary.json`, in that
    /// order.
    ///
    /// - Returns: The summary that was written.
    /// - Throws: ``FileProblem``; a score that cannot be computed is one of `requests.jsonl`.
    @discardableResult
    package borrowing func write(
        _ result: RunResult, tokens: TokensInRequests = .automatic
    ) throws(FileProblem) -> RunSummary {
        // The verdict is in the manifest too; requests that cannot be scored are kept all the same.
        let scored = Result { () throws(FileProblem) in
            try summarise(result, overrides: ScoringOverrides())
        }
        let header = (try? scored.get())?.header ?? result.header
        let withTokens =
            switch tokens {
            case .always: true
            case .never: false
            case .automatic:
                result.requests.reduce(0) { $0 + $1.tokenCount } <= Self.mostTokensInRequests
            }
        var file = try newFile(RunFileName.requests)
        var line = JSONWriter()
        var record = RequestsFileRecord()
        for request in result.requests {
            line.removeAll()
            request.writeLine(to: &line, run: result.header.runID, withTokens: withTokens)
            record.add(request.id, line: line.bytes)
            try file.append(line.bytes[...])
        }
        try file.commit()
        let manifest = StoredManifest(
            header: header,
            files: FileRecords(
                requests: record, journalByteCount: byteCount(of: RunFileName.journal)))
        try write(Array(manifest.json.indented.utf8), to: RunFileName.manifest)
        let summary = try scored.get()
        try write(Array(summary.json.utf8), to: RunFileName.summary)
        return summary
    }

    /// Whether the run has ended: its manifest is there.
    package var hasManifest: Bool { byteCount(of: RunFileName.manifest) != nil }

    /// Reads `manifest.json` back.
    ///
    /// - Throws: ``FileProblem`` with the place of a syntax error, or the member at fault.
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

    /// Reads `requests.jsonl` back, each line held against `manifest`.
    ///
    /// - Parameter complete: Gives a request its token events where the file leaves them to the
    ///   journal; nil where there is no journal to ask.
    /// - Throws: ``FileProblem`` with file and line: for a request that is cut off, missing, twice
    ///   there or of another run, and for bytes that are not those that the run wrote.
    package borrowing func result(
        _ manifest: StoredManifest,
        complete: ((inout MeasuredRequest) throws(FileProblem) -> Void)? = nil
    ) throws(FileProblem) -> RunResult {
        var result = RunResult(header: manifest.header, requests: [])
        let file = "\(path)/\(RunFileName.requests)"
        let agents = Set(result.header.agents.map(\.name))
        let classes = Set(result.header.classes.map(\.name))
        var check = RequestsFileCheck(file, record: manifest.files.requests)
        try forEachLine(of: RunFileName.requests) { bytes, line throws(FileProblem) in
            var request = try MeasuredRequest(parsing: bytes, path: file, line: line)
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
            if request.tokens == nil {
                guard let complete else {
                    throw refuse("has null `tokens`: they are in tokens.log; score that file")
                }
                try complete(&request)
            }
            result.requests.append(request)
        }
        try check.ended()
        return result
    }

    /// The figures of `result`, a problem of which is one of this run's `requests.jsonl`.
    package borrowing func summarise(
        _ result: RunResult, overrides: ScoringOverrides
    ) throws(FileProblem) -> RunSummary {
        do throws(ScoringError) {
            return try RunSummary(result, overrides: overrides)
        } catch {
            throw FileProblem(.content, "\(path)/\(RunFileName.requests)", "\(error)")
        }
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
