package import EngineModel
package import Goodput
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
    /// Its tokens.
    var tokens: AnswerTokens
    /// When it ended.
    package var finishNs: Int64
    package var outcome: TokenLog.Outcome = .completed
    package var error: RequestError?
    package var finishReason: FinishReason?
    /// Whether its client knows that it has ended.
    var isOver = false

    init(_ request: PlannedRequest, _ due: DueRequest, sentNs: Int64?, holding: TokenHolding) {
        self.request = request
        ordinal = due.ordinal
        scheduledNs = due.scheduled.ns
        freeNs = due.free.ns
        self.sentNs = sentNs
        tokens = AnswerTokens(holding)
        finishNs = due.free.ns
    }

    /// Ends it at an instant: what would have come later does not come.
    mutating func cut(
        at ns: Int64, _ outcome: TokenLog.Outcome, _ error: RequestError,
        _ instants: StepInstants?
    ) {
        tokens.cut(after: ns, instants)
        finishNs = ns
        self.outcome = outcome
        self.error = error
        finishReason = nil
        isOver = true
    }

    /// Its events: one leaves with the first token, when `interval` tokens are unsent, and at the
    /// end, each with the instant of its last token. Tokens that an end cut off never left.
    package func events(interval: Int, _ instants: StepInstants?) -> [TokenEvent] {
        let tokenNs = tokens.times(instants)
        guard interval > 1, tokenNs.count > 1 else {
            return tokenNs.map { TokenEvent(time: $0) }
        }
        var events = [TokenEvent(time: tokenNs[0])]
        var sent = 1
        while sent + interval <= tokenNs.count {
            sent += interval
            events.append(TokenEvent(time: tokenNs[sent - 1], count: UInt32(interval)))
        }
        if sent < tokenNs.count, outcome == .completed {
            events.append(
                TokenEvent(
                    time: tokenNs[tokenNs.count - 1], count: UInt32(tokenNs.count - sent)))
        }
        return events
    }

    /// The tokens of ``events(interval:_:)``.
    func delivered(interval: Int) -> Int {
        let count = tokens.count
        let unsent = count == 0 ? 0 : (count - 1) % interval
        return outcome == .completed ? count : count - unsent
    }
}
