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
    /// Its tokens, hidden ones among them.
    var tokens: AnswerTokens
    /// How many of them are thoughts at its begin, and how many of those no event brings.
    private var thoughts = 0
    private var hidden = 0
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

    /// Has it begin with `thoughts` tokens of thought.
    mutating func think(_ thoughts: Int, areHidden: Bool) {
        self.thoughts = thoughts
        hidden = areHidden ? thoughts : 0
    }

    /// Tokens that were made and that no event brought.
    var hiddenTokens: Int { min(tokens.count, hidden) }

    /// Thoughts that the ``events(interval:_:)`` bring.
    func thoughtTokens(interval: Int) -> Int {
        min(delivered(interval: interval), thoughts - hidden)
    }

    /// When the last token left by `ns` that an event brings; nil for none. O(tokens after it), and
    /// O(tokens) with hidden thoughts.
    func lastNs(by ns: Int64, _ instants: StepInstants?) -> Int64? {
        guard hidden > 0 else { return tokens.lastNs(by: ns, instants) }
        return tokens.times(instants).dropFirst(hidden).last { $0 <= ns }
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
        var tokenNs = tokens.times(instants)
        if hidden > 0 { tokenNs.removeFirst(min(hidden, tokenNs.count)) }
        guard interval > 1, tokenNs.count > 1 else { return [TokenEvent](at: tokenNs) }
        return Self.cut(joined(tokenNs, interval), after: thoughts - hidden)
    }

    private func joined(_ tokenNs: [Int64], _ interval: Int) -> [TokenEvent] {
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

    /// `events` of which none has both thoughts, the first so many tokens, and others.
    private static func cut(_ events: [TokenEvent], after thoughts: Int) -> [TokenEvent] {
        guard thoughts > 0 else { return events }
        var left = thoughts
        return events.flatMap { event -> [TokenEvent] in
            let count = Int(event.count)
            defer { left -= min(left, count) }
            guard left > 0, left < count else { return [event] }
            return [
                TokenEvent(time: event.time, count: UInt32(left)),
                TokenEvent(time: event.time, count: UInt32(count - left)),
            ]
        }
    }

    /// The tokens of ``events(interval:_:)``.
    func delivered(interval: Int) -> Int {
        let count = tokens.count - hiddenTokens
        let unsent = count == 0 ? 0 : (count - 1) % interval
        return outcome == .completed ? count : count - unsent
    }
}
