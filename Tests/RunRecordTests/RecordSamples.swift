import TimeBase
import TokenLog

/// Records of a request, as far as tests of open requests care.
enum RecordSamples {
    static func sent(_ id: UInt32) -> LogRecord {
        .sent(
            SentRecord(
                request: id, scheduled: LocalInstant(ns: 1), sent: LocalInstant(ns: 2), target: 0))
    }

    static func token(_ id: UInt32, _ ns: Int64) -> LogRecord {
        .tokens(
            TokenRecord(
                stamp: LocalInstant(ns: ns), request: id, count: 1, kind: .content,
                source: .kernel))
    }

    static func finish(_ id: UInt32) -> LogRecord {
        .finish(FinishRecord(request: id, at: LocalInstant(ns: 99), outcome: .completed))
    }
}
