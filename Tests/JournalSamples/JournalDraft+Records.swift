import TimeBase
package import TokenLog

/// Records of requests, at seconds after the start by the coordinator's clock.
extension JournalDraft {
    package static func sent(
        _ id: UInt32, _ scheduled: Double, sent: Double? = nil, offsetNs: Int64 = 0
    ) -> LogRecord {
        .sent(
            SentRecord(
                request: id, scheduled: local(scheduled, offsetNs),
                sent: local(sent ?? scheduled, offsetNs), target: 0))
    }

    package static func token(
        _ id: UInt32, _ seconds: Double, count: UInt16 = 1, kind: TokenKind = .content,
        offsetNs: Int64 = 0
    ) -> LogRecord {
        .tokens(
            TokenRecord(
                stamp: local(seconds, offsetNs), request: id, count: count, kind: kind,
                source: .kernel))
    }

    package static func finish(
        _ id: UInt32, _ seconds: Double, _ outcome: Outcome = .completed,
        error: RequestError? = nil, tokens: UInt32 = 0, offsetNs: Int64 = 0
    ) -> LogRecord {
        .finish(
            FinishRecord(
                request: id, at: local(seconds, offsetNs), outcome: outcome, error: error,
                evidence: tokens > 0 ? .contentEvents : .none, promptTokens: 4,
                outputTokens: tokens))
    }

    /// A whole request: three tokens, one each 10 ms, and its end.
    package static func request(
        _ id: UInt32, _ scheduled: Double, offsetNs: Int64 = 0
    ) -> [LogRecord] {
        [sent(id, scheduled, sent: scheduled + 0.000_05, offsetNs: offsetNs)]
            + (1...3).map { token(id, scheduled + Double($0) / 100, offsetNs: offsetNs) }
            + [finish(id, scheduled + 0.04, tokens: 3, offsetNs: offsetNs)]
    }

    private static func local(_ seconds: Double, _ offsetNs: Int64) -> LocalInstant {
        LocalInstant(ns: at(seconds).ns - offsetNs)
    }
}
