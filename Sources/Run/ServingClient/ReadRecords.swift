import AnswerStream
import TokenLog

/// The token records of one read: one for all tokens of a kind that follow each other, or more
/// where its fields cannot hold them.
struct ReadRecords {
    private(set) var records: [TokenRecord] = []

    init(capacity: Int) { records.reserveCapacity(capacity) }

    /// The one record of a read with tokens of one kind, as nearly all are; nil where it takes
    /// several.
    @inline(__always)
    static func single(_ found: AnswerTokens, like model: TokenRecord) -> TokenRecord? {
        guard found.count <= UInt32(UInt16.max), found.events <= UInt32(TokenRecord.eventLimit)
        else { return nil }
        var record = model
        record.kind = found.kind
        record.count = UInt16(truncatingIfNeeded: found.count)
        record.events = UInt16(truncatingIfNeeded: found.events)
        return record
    }

    /// Replaces the records of the read before.
    ///
    /// - Parameter model: the record that all are like but for counts and kind.
    mutating func fill(_ tokens: [AnswerTokens], like model: TokenRecord) {
        records.removeAll(keepingCapacity: true)
        for found in tokens where !joinLast(found) {
            var left = found
            while left.count > 0 {
                let piece = Self.take(&left)
                var record = model
                record.kind = found.kind
                record.count = UInt16(piece.count)
                record.events = UInt16(piece.events)
                records.append(record)
            }
        }
    }

    private mutating func joinLast(_ found: AnswerTokens) -> Bool {
        guard let last = records.last, last.kind == found.kind else { return false }
        let count = UInt32(last.count) + found.count
        let events = UInt32(last.events) + found.events
        guard count <= UInt32(UInt16.max), events <= UInt32(TokenRecord.eventLimit) else {
            return false
        }
        records[records.count - 1].count = UInt16(count)
        records[records.count - 1].events = UInt16(events)
        return true
    }

    /// Takes what one record holds: as many events as it can, with their share of the tokens.
    ///
    /// An event with more tokens than that becomes several records.
    private static func take(_ left: inout AnswerTokens) -> AnswerTokens {
        var piece = left
        let fitting = UInt64(UInt16.max) * UInt64(left.events) / UInt64(left.count)
        let limit = min(fitting, UInt64(left.events), UInt64(TokenRecord.eventLimit))
        piece.events = UInt32(max(1, limit))
        // At least a token an event, here and in the rest.
        let share = UInt64(left.count) * UInt64(piece.events) / UInt64(left.events)
        piece.count = UInt32(min(share, UInt64(UInt16.max)))
        left.count -= piece.count
        left.events = max(left.events - piece.events, left.count > 0 ? 1 : 0)
        return piece
    }
}
