import Bytes

/// One numbered batch of one agent.
package struct JournalBatch: Hashable, Sendable {
    package var agentIndex: UInt16
    package var incarnation: UInt64
    /// From 1, without gaps, over all incarnations of the agent in one run.
    package var number: UInt64
    package var records: UInt32
    /// The encoded token log.
    package var payload: [UInt8]

    package init(
        agentIndex: UInt16, incarnation: UInt64, number: UInt64, records: UInt32, payload: [UInt8]
    ) {
        self.agentIndex = agentIndex
        self.incarnation = incarnation
        self.number = number
        self.records = records
        self.payload = payload
    }
}

/// The answers that the clock probes of one agent brought, in the order in which they came.
package struct JournalProbes: Hashable, Sendable {
    package var agentIndex: UInt16
    /// The agent's start that answered: a clock ends with it.
    package var incarnation: UInt64
    /// The encoded rows.
    package var payload: [UInt8]

    package init(agentIndex: UInt16, incarnation: UInt64, payload: [UInt8]) {
        self.agentIndex = agentIndex
        self.incarnation = incarnation
        self.payload = payload
    }
}

/// An agent's incarnation has ended in order, and this is what it made.
package struct JournalEnd: Hashable, Sendable {
    package var agentIndex: UInt16
    package var incarnation: UInt64
    package var batches: UInt64
    package var records: UInt64
    package var finishes: UInt64
    package var hash: UInt64
    package var reason: String

    package init(
        agentIndex: UInt16, incarnation: UInt64, batches: UInt64, records: UInt64,
        finishes: UInt64, hash: UInt64, reason: String
    ) {
        self.agentIndex = agentIndex
        self.incarnation = incarnation
        self.batches = batches
        self.records = records
        self.finishes = finishes
        self.hash = hash
        self.reason = reason
    }

    /// Longest reason, in bytes; a longer one is cut.
    package static let reasonLimit = 1_024
}

/// One record of a segment: length of the payload (4 bytes), kind (1), CRC-32C of these five bytes
/// and the payload (4), payload.
package enum JournalEntry: Hashable, Sendable {
    case batch(JournalBatch)
    /// A JSON object: an agent, the start; meant for whoever reads the journal.
    case note(String)
    case end(JournalEnd)
    case probes(JournalProbes)

    /// Most bytes of an entry's payload.
    package static let payloadLimit = 16 << 20
    static let headByteCount = 9

    private enum Kind: UInt8 {
        case batch = 1
        case note = 2
        case end = 3
        case probes = 4
    }

    /// The entry's bytes.
    ///
    /// - Precondition: the payload is at most ``payloadLimit`` bytes.
    package func encoded() -> [UInt8] {
        var body = ByteWriter()
        let kind: Kind
        switch self {
        case .batch(let batch):
            kind = .batch
            body.varint(UInt64(batch.agentIndex))
            body.varint(batch.incarnation)
            body.varint(batch.number)
            body.varint(UInt64(batch.records))
            body.raw(batch.payload)
        case .note(let json):
            kind = .note
            body.raw(json.utf8)
        case .end(let end):
            kind = .end
            body.varint(UInt64(end.agentIndex))
            body.varint(end.incarnation)
            body.varint(end.batches)
            body.varint(end.records)
            body.varint(end.finishes)
            body.fixed(end.hash)
            body.sentence(end.reason, limit: JournalEnd.reasonLimit)
        case .probes(let probes):
            kind = .probes
            body.varint(UInt64(probes.agentIndex))
            body.varint(probes.incarnation)
            body.raw(probes.payload)
        }
        precondition(body.count <= Self.payloadLimit, "a journal entry is at most 16 MiB")
        var writer = ByteWriter(capacity: Self.headByteCount + body.count)
        writer.fixed(UInt32(body.count))
        writer.code(kind)
        var crc = CRC32C()
        crc.add(writer.bytes)
        crc.add(body.bytes)
        writer.fixed(crc.value)
        writer.raw(body.bytes)
        return writer.bytes
    }

    /// The entry at the front of `bytes` and its length; nil when it is not complete.
    ///
    /// - Throws: ``DecodeError`` for a damaged or an unknown entry.
    static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(DecodeError) -> (entry: JournalEntry, byteCount: Int)? {
        guard bytes.count >= headByteCount else { return nil }
        var head = ByteReader(Array(bytes.prefix(headByteCount)))
        let length = Int(try head.fixed("entry length", as: UInt32.self))
        guard length <= payloadLimit else {
            throw DecodeError(
                "entry length", at: 0,
                .overLimit(value: UInt64(length), limit: UInt64(payloadLimit))
            )
        }
        let code = try head.byte("entry kind")
        guard let kind = Kind(rawValue: code) else {
            throw DecodeError("entry kind", at: 4, .unknownCode(UInt64(code)))
        }
        let stored: UInt32 = try head.fixed("entry checksum")
        guard bytes.count >= headByteCount + length else { return nil }
        let body = bytes.dropFirst(headByteCount).prefix(length)
        var crc = CRC32C()
        crc.add(bytes.prefix(5))
        crc.add(body)
        guard crc.value == stored else {
            throw DecodeError("entry", at: 0, .checksum(stored: stored, computed: crc.value))
        }
        do throws(DecodeError) {
            var reader = ByteReader(Array(body))
            let entry = try JournalEntry(kind, from: &reader)
            try reader.finish("entry")
            return (entry, headByteCount + length)
        } catch {
            throw DecodeError(error.field, at: headByteCount + error.offset, error.problem)
        }
    }

    private init(_ kind: Kind, from reader: inout ByteReader) throws(DecodeError) {
        switch kind {
        case .batch:
            self = .batch(
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
            self = .note(text)
        case .end:
            self = .end(
                JournalEnd(
                    agentIndex: try reader.number("end agent"),
                    incarnation: try reader.varint("end incarnation"),
                    batches: try reader.varint("end batches"),
                    records: try reader.varint("end records"),
                    finishes: try reader.varint("end finishes"),
                    hash: try reader.fixed("end hash"),
                    reason: try reader.text("end reason", limit: JournalEnd.reasonLimit)))
        case .probes:
            self = .probes(
                JournalProbes(
                    agentIndex: try reader.number("probes agent"),
                    incarnation: try reader.varint("probes incarnation"),
                    payload: Array(try reader.raw("probes", count: reader.remaining))))
        }
    }
}
