import Goodput

/// A run's folder or a file of requests, scored again.
package enum StoredScore: Sendable {
    case run(RunSummary, folder: String)
    case vector(ScoreReport)

    /// Whether its figures may be used: those of a file of requests always may.
    package var isValid: Bool {
        switch self {
        case .run(let summary, _): summary.header.validity.verdict.isUsable
        case .vector: true
        }
    }

    /// JSON with a line end: a run's as `summary.json` has it.
    package var json: String {
        switch self {
        case .run(let summary, _): summary.json
        case .vector(let report): String(decoding: report.json, as: UTF8.self)
        }
    }
}
