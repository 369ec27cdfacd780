import EngineModel
import TimeBase
package import TokenLog
package import Workload

/// A request of a virtual run: what became of it, in ns after the run's start.
package struct VirtualStream: Hashable, Sendable {
    package var request: PlannedRequest
    /// Its position in its agent's schedule.
    var ordinal: Int
    /// When the workload meant it to be sent.
    package var scheduledNs: Int64
    /// When it could be sent: later where it waited for a slot.
    package var freeNs: Int64
    /// When it was sent; nil where it never was.
    package var sentNs: Int64?
    /// When its tokens came.
    package var tokenNs: [Int64] = []
    /// When it ended.
    package var finishNs: Int64
    package var outcome: TokenLog.Outcome = .completed
    package var error: RequestError?
    package var finishReason: FinishReason?
    /// Whether its client knows that it has ended.
    var isOver = false
    /// When its tokens leave an engine that holds them back.
    var release: TokenRelease?

    init(_ request: PlannedRequest, _ due: DueRequest, sentNs: Int64?) {
        self.request = request
        ordinal = due.ordinal
        scheduledNs = due.scheduled.ns
        freeNs = due.free.ns
        self.sentNs = sentNs
        finishNs = due.free.ns
    }

    /// Ends it at an instant: what would have come later does not come.
    mutating func cut(at ns: Int64, _ outcome: TokenLog.Outcome, _ error: RequestError) {
        while let last = tokenNs.last, last > ns { tokenNs.removeLast() }
        finishNs = ns
        self.outcome = outcome
        self.error = error
        finishReason = nil
        isOver = true
    }
}
