import Goodput
import Results
import SampleRuns
import TokenLog

@testable import Page

/// Pages of small runs, as text, with their numbers left as they are.
enum SamplePages {
    /// - Parameter change: Alters the run before it is scored.
    static func html(_ change: (inout RunResult) -> Void = { _ in }) throws -> String {
        var result = SampleRun.result
        change(&result)
        var overrides = ScoringOverrides()
        overrides.surface = true
        let summary = try RunSummary(result, overrides: overrides)
        let page = try ReportPage(
            summary, of: StoredRequests(result.requests), folder: "runs/a", version: "0.1.0")
        return String(decoding: page.html { $0 }, as: UTF8.self)
    }

    /// Requests that the server failed, without a token.
    static func fail(_ result: inout RunResult) {
        for index in result.requests.indices {
            result.requests[index].tokens = []
            result.requests[index].outcome = .failed
            result.requests[index].stampSource = nil
            result.requests[index].error = RequestError(
                kind: .httpStatus, status: 500, detail: "<script>alert(1)</script>")
        }
    }
}
