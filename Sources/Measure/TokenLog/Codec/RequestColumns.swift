import Bytes
import TimeBase

/// The sections of a batch with one record a request: what was sent and what has finished.
enum RequestColumns {
    /// Most records of one section.
    static let limit = 1 << 20
    /// Longest wait for a slot: a year.
    private static let waitLimitNs: Int64 = 31_622_400 * 1_000_000_000

    static func encode(
        _ sent: [SentRecord], resolutionNs: Int64, into writer: inout ByteWriter
    ) {
        writer.varint(UInt64(sent.count))
        var request: UInt32 = 0
        var scheduled: Int64 = 0
        for record in sent {
            writer.signed(Int64(record.request) - Int64(request))
            request = record.request
            let due = floorDivide(record.scheduled.ns, by: resolutionNs)
            writer.signed(due &- scheduled)
            scheduled = due
            let free = floorDivide(record.free.ns, by: resolutionNs)
            writer.varint(UInt64(min(max(0, free &- due), waitLimitNs / resolutionNs)))
            writer.optional(
                record.sent.map { floorDivide($0.ns, by: resolutionNs) &- due })
            writer.varint(UInt64(record.target))
        }
    }

    /// Decodes in place of what `sent` holds.
    static func decode(
        into sent: inout [SentRecord], resolutionNs: Int64, _ format: BatchFormat,
        from reader: inout ByteReader
    ) throws(DecodeError) {
        sent.removeAll(keepingCapacity: true)
        let count = try reader.count(
            "sent count", limit: limit, bytesEach: format == .first ? 4 : 5)
        sent.reserveCapacity(count)
        var due: Int64 = 0
        for _ in 0..<count {
            let request = try nextRequest(
                "sent request", after: sent.last?.request, from: &reader)
            due &+= try reader.signed("sent schedule")
            let wait =
                format == .first
                ? 0 : try reader.varint("sent wait", limit: UInt64(waitLimitNs / resolutionNs))
            let late = try reader.optional("sent instant")
            sent.append(
                SentRecord(
                    request: request, scheduled: LocalInstant(ns: due &* resolutionNs),
                    free: LocalInstant(ns: (due &+ Int64(wait)) &* resolutionNs),
                    sent: late.map { LocalInstant(ns: (due &+ $0) &* resolutionNs) },
                    target: try reader.number("sent target")))
        }
    }

    static func encode(
        _ finishes: [FinishRecord], resolutionNs: Int64, into writer: inout ByteWriter
    ) {
        writer.varint(UInt64(finishes.count))
        var request: UInt32 = 0
        var at: Int64 = 0
        for record in finishes {
            writer.signed(Int64(record.request) - Int64(request))
            request = record.request
            let instant = floorDivide(record.at.ns, by: resolutionNs)
            writer.signed(instant &- at)
            at = instant
            writer.code(record.outcome)
            writer.code(record.evidence)
            writer.flag(record.promptTokens != nil)
            if let prompt = record.promptTokens { writer.varint(UInt64(prompt)) }
            writer.varint(UInt64(record.outputTokens))
            writer.flag(record.error != nil)
            if let error = record.error {
                writer.code(error.kind)
                writer.varint(UInt64(error.status))
                writer.sentence(error.detail, limit: RequestError.detailLimit)
            }
            record.notes.encode(into: &writer)
        }
    }

    /// Decodes in place of what `finishes` holds.
    static func decode(
        into finishes: inout [FinishRecord], resolutionNs: Int64, _ format: BatchFormat,
        from reader: inout ByteReader
    ) throws(DecodeError) {
        finishes.removeAll(keepingCapacity: true)
        let count = try reader.count(
            "finish count", limit: limit,
            bytesEach: format == .first ? 7 : 7 + AnswerNotes.leastBytes)
        finishes.reserveCapacity(count)
        var at: Int64 = 0
        for _ in 0..<count {
            let request = try nextRequest(
                "finish request", after: finishes.last?.request, from: &reader)
            at &+= try reader.signed("finish instant")
            var finish = FinishRecord(
                request: request, at: LocalInstant(ns: at &* resolutionNs),
                outcome: try reader.code("finish outcome"))
            finish.evidence = try reader.code("finish evidence")
            if try reader.flag("finish prompt flag") {
                finish.promptTokens = try reader.number("finish prompt tokens")
            }
            finish.outputTokens = try reader.number("finish output tokens")
            if try reader.flag("finish error flag") {
                finish.error = RequestError(
                    kind: try reader.code("error class"), status: try reader.number("error status"),
                    detail: try reader.text("error detail", limit: RequestError.detailLimit))
            }
            if format != .first { finish.notes = try AnswerNotes(from: &reader) }
            finishes.append(finish)
        }
    }

    private static func nextRequest(
        _ field: StaticString, after before: UInt32?, from reader: inout ByteReader
    ) throws(DecodeError) -> UInt32 {
        let step = try reader.signed(field)
        let (sum, overflow) = Int64(before ?? 0).addingReportingOverflow(step)
        guard !overflow, let request = UInt32(exactly: sum) else {
            throw reader.error(field, back: 0, .contradiction("it leaves 0 to 2^32 - 1"))
        }
        return request
    }
}
