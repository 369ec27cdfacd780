package import Goodput
import JSON
import TokenLog
import Workload

/// Whether `requests.jsonl` holds token times.
package enum TokensInRequests: String, Hashable, Sendable, CaseIterable {
    /// Up to ``RunDirectory/mostTokensInRequests`` tokens a run.
    case automatic = "auto"
    case always
    case never
}

extension RunDirectory {
    /// Writes `manifest.json`, `requests.jsonl` and `summary.json`, in that order.
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
        try write(Array(header.json.indented.utf8), to: Self.manifestName)
        let withTokens =
            switch tokens {
            case .always: true
            case .never: false
            case .automatic:
                result.requests.reduce(0) { $0 + $1.tokenCount } <= Self.mostTokensInRequests
            }
        var file = try newFile(Self.requestsName)
        var line = JSONWriter()
        for request in result.requests {
            line.removeAll()
            request.writeLine(to: &line, run: result.header.runID, withTokens: withTokens)
            try file.append(line.bytes[...])
        }
        try file.commit()
        let summary = try scored.get()
        try write(Array(summary.json.utf8), to: Self.summaryName)
        return summary
    }

    /// Reads `manifest.json` and `requests.jsonl` back.
    ///
    /// - Parameters:
    ///   - tokens: The token events of a request, by its id, asked for where the file leaves them
    ///     to the journal; nil where there is no journal to ask.
    /// - Throws: ``FileProblem`` with file and line.
    package borrowing func result(
        tokens: ((UInt32) throws(FileProblem) -> [TokenEvent])? = nil
    ) throws(FileProblem) -> RunResult {
        let manifest = "\(path)/\(Self.manifestName)"
        let json: JSONValue
        let bytes = try read(Self.manifestName)
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(
                .content, manifest, line: error.line, "column \(error.column): \(error.problem)")
        }
        var result = RunResult(header: try RunHeader(json: json, path: manifest), requests: [])
        let file = "\(path)/\(Self.requestsName)"
        let agents = Set(result.header.agents.map(\.name))
        let classes = Set(result.header.classes.map(\.name))
        try forEachLine(of: Self.requestsName) { bytes, line throws(FileProblem) in
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
            if request.tokens == nil {
                guard let tokens else {
                    throw refuse("has null `tokens`: they are in tokens.log; score that file")
                }
                request.tokens = try tokens(request.id)
            }
            result.requests.append(request)
        }
        return result
    }

    /// The figures of `result`, a problem of which is one of this run's `requests.jsonl`.
    package borrowing func summarise(
        _ result: RunResult, overrides: ScoringOverrides
    ) throws(FileProblem) -> RunSummary {
        do throws(ScoringError) {
            return try RunSummary(result, overrides: overrides)
        } catch {
            throw FileProblem(.content, "\(path)/\(Self.requestsName)", "\(error)")
        }
    }
}
