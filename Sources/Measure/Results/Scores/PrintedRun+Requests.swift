import Goodput
import RunRecord
import TimeBase
import TokenLog
package import ToolRules
import Workload

extension PrintedRun {
    /// The scored requests of `run` by the rule of `tool`: two passes over them, the first one
    /// without tokens, and a further one above some 16 million gaps.
    ///
    /// - Parameters:
    ///   - choices: Bounds of good requests, which are the classes' own unless it has others, and
    ///     the percentiles that vLLM lists.
    ///   - path: As the user gave it.
    /// - Throws: ``FileProblem``: those of the passes, and one of ``MeasuredRequests/path`` for
    ///   times that cannot be.
    package init(
        of run: StoredRun, as tool: Tool, _ choices: ScoringOverrides, path: String
    ) throws(FileProblem) {
        let requests = run.requests
        func problem(_ error: ScoringError) -> FileProblem {
            FileProblem(.content, requests.path, "\(error)")
        }
        let objectives = Dictionary(
            run.classes.map { ($0.name, choices.applied(to: $0.parameters).objectives) },
            uniquingKeysWith: { first, _ in first })
        self.path = path
        verdict = run.verdict
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
