package import Bytes
import ClockSync
import TimeBase

/// Probe rows as the journal holds them: each field as its difference from what the row before
/// suggests, some 25 bytes a row.
package enum ProbeRowCodec {
    /// The values that the fields of a row are compared with.
    private struct Suggestion {
        var train: UInt32 = 0
        var t1: Int64 = 0
        /// Agent minus coordinator.
        var offset: Int64 = 0
        var reading = ClockReading(rawNs: 0, monotonicNs: 0, boottimeNs: 0, realtimeNs: 0)

        mutating func follow(_ row: ProbeRow) {
            train = row.exchange.train
            t1 = row.exchange.t4
            offset = row.exchange.t2 &- row.exchange.t1
            reading = row.reading
        }
    }

    /// The bytes of `rows`.
    package static func encode(_ rows: [ProbeRow]) -> [UInt8] {
        var writer = ByteWriter(capacity: rows.count * 32)
        writer.varint(UInt64(rows.count))
        var before = Suggestion()
        for row in rows {
            let exchange = row.exchange
            writer.signed(Int64(exchange.train) - Int64(before.train))
            writer.varint(UInt64(exchange.member))
            writer.signed(exchange.t1 &- before.t1)
            writer.signed(exchange.t2 &- exchange.t1 &- before.offset)
            writer.signed(exchange.t3 &- exchange.t2)
            writer.signed(exchange.t4 &- exchange.t1)
            writer.optional(exchange.k2.map { exchange.t2 &- $0 })
            writer.optional(exchange.k4.map { exchange.t4 &- $0 })
            let (reading, last) = (row.reading, before.reading)
            writer.signed(reading.rawNs &- exchange.t2)
            writer.signed(
                (reading.monotonicNs &- reading.rawNs) &- (last.monotonicNs &- last.rawNs))
            writer.signed(
                (reading.boottimeNs &- reading.monotonicNs)
                    &- (last.boottimeNs &- last.monotonicNs))
            writer.signed(
                (reading.realtimeNs &- reading.monotonicNs)
                    &- (last.realtimeNs &- last.monotonicNs))
            before.follow(row)
        }
        return writer.bytes
    }

    /// The rows of `bytes`.
    package static func decode(_ bytes: [UInt8]) throws(DecodeError) -> [ProbeRow] {
        var reader = ByteReader(bytes)
        let count = try reader.count("probe row count", limit: bytes.count, bytesEach: leastBytes)
        var rows: [ProbeRow] = []
        rows.reserveCapacity(count)
        var before = Suggestion()
        for _ in 0..<count {
            let row = try decodeRow(&reader, after: before)
            before.follow(row)
            rows.append(row)
        }
        try reader.finish("probe rows")
        return rows
    }

    /// A byte a field.
    private static let leastBytes = 12

    private static func decodeRow(
        _ reader: inout ByteReader, after before: Suggestion
    ) throws(DecodeError) -> ProbeRow {
        let start = reader.offset
        let train = Int64(before.train) &+ (try reader.signed("probe train"))
        guard let train = UInt32(exactly: train) else {
            throw DecodeError("probe train", at: start, .contradiction("it is no train's number"))
        }
        let member: UInt16 = try reader.number("probe member")
        let t1 = before.t1 &+ (try reader.signed("probe t1"))
        let t2 = t1 &+ before.offset &+ (try reader.signed("probe t2"))
        let t3 = t2 &+ (try reader.signed("probe t3"))
        let t4 = t1 &+ (try reader.signed("probe t4"))
        let k2 = try reader.optional("probe k2").map { t2 &- $0 }
        let k4 = try reader.optional("probe k4").map { t4 &- $0 }
        let last = before.reading
        let raw = t2 &+ (try reader.signed("reading RAW"))
        let monotonic =
            raw &+ (last.monotonicNs &- last.rawNs) &+ (try reader.signed("reading MONOTONIC"))
        let boottime =
            monotonic &+ (last.boottimeNs &- last.monotonicNs)
            &+ (try reader.signed("reading BOOTTIME"))
        let realtime =
            monotonic &+ (last.realtimeNs &- last.monotonicNs)
            &+ (try reader.signed("reading REALTIME"))
        return ProbeRow(
            exchange: ClockExchange(
                train: train, member: member, t1: t1, t2: t2, t3: t3, t4: t4, k2: k2, k4: k4),
            reading: ClockReading(
                rawNs: raw, monotonicNs: monotonic, boottimeNs: boottime, realtimeNs: realtime))
    }
}
