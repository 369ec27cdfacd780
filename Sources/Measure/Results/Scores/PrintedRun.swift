import ForeignResults
import Goodput
package import JSON
package import ToolRules

/// A run's requests, or a file's, as a tool would have printed them.
package struct PrintedRun: Hashable, Sendable {
    /// As the user gave it.
    package var path: String
    package var figures: PrintedFigures
    /// The run's own verdict; nil for a file of requests, on which none is passed.
    package var verdict: Verdict?

    /// Whether its figures may be used: those of a file of requests always may.
    package var isValid: Bool { verdict.map(\.isUsable) ?? true }

    /// Indented JSON with a line end.
    package var json: String { JSONValue.object(figures.members).indented }

    /// The same as an element of a list, with the path ahead.
    package var element: JSONValue {
        .object([JSONMember("path", .string(path))] + figures.members)
    }
}

extension PrintedRun {
    /// The requests of `vector` by the rule of `tool`.
    ///
    /// - Parameter choices: Bounds of good requests, and the percentiles that vLLM lists.
    /// - Throws: ``FileProblem`` that names the file and the request at fault.
    package init(
        vector: MetricVector, as tool: Tool, _ choices: ScoringOverrides, path: String
    ) throws(FileProblem) {
        self.path = path
        if let source = vector.source, source.fidelity == .boundsOnly, tool != .guidellm {
            throw FileProblem(
                .content, path,
                "has no times between an answer's first and last token, and \(tool.rawValue) "
                    + "prints gaps between them; leave --as-printed-by out, or take guidellm")
        }
        let objectives = choices.applied(to: vector.parameters).objectives
        do throws(ScoringError) {
            _ = try ServingInterval(over: vector.requests)
            let begin = vector.requests.filter { $0.outcome == .completed && !$0.tokens.isEmpty }
                .compactMap(\.sent).min()
            var tally = try ToolTally(
                tool, countingFrom: begin,
                percentiles: choices.percentiles ?? Tool.usualPercentiles,
                clock: vector.source?.clock ?? .requests)
            for (request, prompt) in zip(vector.requests, vector.promptTokens) {
                try tally.add(request, promptTokens: prompt, objectives: objectives)
            }
            if tally.close() {
                for request in vector.requests { tally.addGaps(of: request.tokens) }
            }
            figures = tally.figures()
        } catch {
            throw FileProblem(.content, path, "\(error)")
        }
    }
}
