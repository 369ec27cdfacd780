import Goodput
import RunRecord
import TimeBase
import TokenLog
package import ToolRules
import Workload

extension PrintedRun {
    /// The scored requests of a run with its header, by the rule of `tool`.
    ///
    /// - Throws: ``FileProblem`` that names the file and the request at fault.
    package init(
        of requests: some MeasuredRequests, _ header: RunHeader, as tool: Tool,
        _ choices: ScoringOverrides, path: String
    ) throws(FileProblem) {
        try self.init(
            of: requests, header.classes, header.validity.verdict, as: tool, choices, path: path)
    }

    /// The scored requests of a run by the rule of `tool`: two passes over them, the first one
    /// without tokens, and a further one above some 16 million gaps.
    ///
    /// - Parameters:
    ///   - classes: The run's, whose bounds good requests keep unless `choices` has others.
    ///   - choices: Bounds of good requests, and the percentiles that vLLM lists.
    ///   - verdict: The run's.
    ///   - path: As the user gave it.
    /// - Throws: ``FileProblem``: those of the passes, and one of ``MeasuredRequests/path`` for
    ///   times that cannot be.
    init(
        of requests: some MeasuredRequests, _ classes: [RunClass], _ verdict: Verdict,
        as tool: Tool, _ choices: ScoringOverrides, path: String
    ) throws(FileProblem) {
        func problem(_ error: ScoringError) -> FileProblem {
            FileProblem(.content, requests.path, "\(error)")
        }
        let objectives = Dictionary(
            classes.map { ($0.name, choices.applied(to: $0.parameters).objectives) },
            uniquingKeysWith: { first, _ in first })
        self.path = path
        self.verdict = verdict
        var survey = RunSurvey([])
        var begin: Int64?
        try requests.forEach(withTokens: false) { (request) throws(FileProblem) in
            survey.add(request)
            guard request.phase == .scored, request.outcome == .completed,
                request.outputTokens > 0, let sent = request.sent
            else { return }
            begin = min(begin ?? .max, sent.ns)
        }
        var tally: ToolTally
        do throws(ScoringError) {
            _ = try survey.interval()
            tally = try ToolTally(
                tool, countingFrom: begin,
                percentiles: choices.percentiles ?? Tool.usualPercentiles)
        } catch {
            throw problem(error)
        }
        try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
            guard request.phase == .scored else { return }
            do throws(ScoringError) {
                try tally.add(
                    request.times, promptTokens: request.promptTokens,
                    hiddenTokens: request.notes.hiddenTokens,
                    objectives: objectives[request.className] ?? Objectives())
            } catch {
                throw problem(error)
            }
        }
        if tally.close() {
            try requests.forEach(withTokens: true) { (request) throws(FileProblem) in
                guard request.phase == .scored else { return }
                tally.addGaps(of: request.tokens ?? [])
            }
        }
        figures = tally.figures()
    }
}

extension JournalSource {
    /// The figures of the run whose journal it is by the rule of `tool`, all times being made of
    /// its stamps. The verdict is the manifest's; without one the run is partial.
    ///
    /// - Parameters:
    ///   - header: The manifest's; nil where there is none.
    ///   - requests: The lines of `requests.jsonl`, which a journal of format 2 needs.
    ///   - path: As the user gave it.
    /// - Throws: ``FileProblem``, as ``summary(_:header:requests:)``.
    package func printed(
        as tool: Tool, _ choices: ScoringOverrides, header: RunHeader?,
        requests: [MeasuredRequest]?, path: String
    ) throws(FileProblem) -> PrintedRun {
        let verdict = header?.validity.verdict ?? .partial
        switch try run(header: header, requests: requests) {
        case .present(let run):
            return try PrintedRun(
                of: JournalRequests(run), run.opening.classes, verdict, as: tool, choices,
                path: path)
        case .former(let run):
            return try PrintedRun(
                of: run.requests, header?.classes ?? [], verdict, as: tool, choices, path: path)
        }
    }
}
