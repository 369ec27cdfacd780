import Bytes

extension JournalEntry {
    private enum Kind: UInt8 {
        case batch = 1
        case note = 2
        case end = 3
        case probes = 4
        case fact = 5

        /// Whether segments of `format` have such entries.
        func isOf(_ format: EntryFormat) -> Bool {
            switch self {
            case .batch, .end, .probes: true
            case .note: format == .second
            case .fact: format == .third
            }
        }
    }

    /// The entry's bytes, in the third format.
    ///
    /// - Precondition: it is no note, and its payload is at most ``payloadLimit`` bytes.
    package func encoded() -> [UInt8] {
        let headByteCount = EntryFormat.third.headByteCount
        var writer = ByteWriter(capacity: headByteCount + 32 + payloadByteCount)
        writer.raw(EntryFormat.marker)
        writer.zeros(headByteCount - EntryFormat.marker.count)
        writer.bytes[4] = encode(into: &writer).rawValue
        let length = writer.count - headByteCount
        precondition(length <= Self.payloadLimit, "a journal entry is at most 16 MiB")
        writer.replace(at: 5, with: UInt32(length))
        writer.replace(
            at: 9,
            with: writer.bytes.withUnsafeBytes {
                EntryFormat.check(UnsafeRawBufferPointer(rebasing: $0[4..<9]))
            })
        var crc = CRC32C()
        crc.add(writer.bytes[4..<11])
        crc.add(writer.bytes[headByteCount...])
        writer.replace(at: 11, with: crc.value)
        return writer.bytes
    }

    /// Bytes that somebody else encoded, which are most of what there are.
    private var payloadByteCount: Int {
        switch self {
        case .batch(let batch): batch.payload.count
        case .probes(let probes): probes.payload.count
        case .fact(let fact): fact.count
        case .note, .end: 0
        }
    }

    private func encode(into writer: inout ByteWriter) -> Kind {
        switch self {
        case .batch(let batch):
            writer.varint(UInt64(batch.agentIndex))
            writer.varint(batch.incarnation)
            writer.varint(batch.number)
            writer.varint(UInt64(batch.records))
            writer.raw(batch.payload)
            return .batch
        case .note: preconditionFailure("notes are of format 2, which is not written any more")
        case .end(let end):
            writer.varint(UInt64(end.agentIndex))
            writer.varint(end.incarnation)
            writer.varint(end.batches)
            writer.varint(end.records)
            writer.varint(end.finishes)
            writer.fixed(end.hash)
            writer.sentence(end.reason, limit: JournalEnd.reasonLimit)
            return .end
        case .probes(let probes):
            writer.varint(UInt64(probes.agentIndex))
            writer.varint(probes.incarnation)
            writer.raw(probes.payload)
            return .probes
        case .fact(let fact):
            writer.raw(fact)
            return .fact
        }
    }

    /// The entry that lies in `bytes` at `range`, and was found to be whole.
    ///
    /// - Throws: ``DecodeError`` for a kind that the format has not, and for a payload that says
    ///   nothing.
    init(
        _ head: EntryHead, _ format: EntryFormat, in range: Range<Int>, of bytes: [UInt8]
    ) throws(DecodeError) {
        guard let kind = Kind(rawValue: head.kind), kind.isOf(format) else {
            throw DecodeError("entry kind", at: 4, .unknownCode(UInt64(head.kind)))
        }
        let headByteCount = format.headByteCount
        do throws(DecodeError) {
            var reader = ByteReader(
                bytes, in: (range.lowerBound + headByteCount)..<range.upperBound)
            self = try Self.decode(kind, from: &reader)
            try reader.finish("entry")
        } catch {
            throw DecodeError(error.field, at: headByteCount + error.offset, error.problem)
        }
    }

    private static func decode(
        _ kind: Kind, from reader: inout ByteReader
    ) throws(DecodeError) -> JournalEntry {
        switch kind {
        case .batch:
            return .batch(
                JournalBatch(
                    agentIndex: try reader.number("batch agent"),
                    incarnation: try reader.varint("batch incarnation"),
                    number: try reader.varint("batch number"),
                    records: try reader.number("batch records"),
                    payload: Array(try reader.raw("batch payload", count: reader.remaining))))
        case .note:
            let bytes = try reader.raw("note", count: reader.remaining)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw DecodeError("note", at: 0, .notUTF8)
            }
            return .note(text)
        case .end:
            return .end(
                JournalEnd(
                    agentIndex: try reader.number("end agent"),
                    incarnation: try reader.varint("end incarnation"),
                    batches: try reader.varint("end batches"),
                    records: try reader.varint("end records"),
                    finishes: try reader.varint("end finishes"),
                    hash: try reader.fixed("end hash"),
                    reason: try reader.text("end reason", limit: JournalEnd.reasonLimit)))
        case .probes:
            return .probes(
                JournalProbes(
                    agentIndex: try reader.number("probes agent"),
                    incarnation: try reader.varint("probes incarnation"),
                    payload: Array(try reader.raw("probes", count: reader.remaining))))
        case .fact:
            return .fact(Array(try reader.raw("fact", count: reader.remaining)))
        }
    }
}
