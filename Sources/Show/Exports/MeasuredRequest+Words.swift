import Goodput
import Results
import TokenLog

extension MeasuredRequest {
    /// The reason why it did not complete, one line; empty where it did.
    var errorWords: String {
        guard outcome != .completed else { return "" }
        guard let error else { return outcome.scored.rawValue }
        let status = error.status == 0 ? "" : " \(error.status)"
        let detail = error.detail.isEmpty ? "" : ": \(error.detail)"
        return error.kind.name + status + detail
    }
}
