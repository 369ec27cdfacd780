import Bytes
package import TokenLog

/// One numbered piece of an agent's token log, which decodes alone (``TokenLogDecoder``).
package struct Batch: Hashable, Sendable {
    /// From 1, without gaps, over all incarnations of the agent in one run.
    package var number: UInt64
    /// Records in the payload.
    package var records: UInt32
    package var payload: [UInt8]

    package init(number: UInt64, records: UInt32, payload: [UInt8]) {
        self.number = number
        self.records = records
        self.payload = payload
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(number)
        writer.varint(UInt64(records))
        writer.raw(payload)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        number = try reader.varint("batch number")
        records = try reader.number("batch records")
        payload = Array(try reader.raw("batch payload", count: reader.remaining))
    }
}

/// The coordinator has every batch up to and with `through` on its disk.
package struct BatchAck: Hashable, Sendable {
    package var through: UInt64

    package init(through: UInt64) { self.through = through }

    func encode(into writer: inout ByteWriter) { writer.varint(through) }

    init(from reader: inout ByteReader) throws(DecodeError) {
        through = try reader.varint("acknowledged batch")
    }
}

/// An agent has made its last record.
package struct AgentEnd: Hashable, Sendable {
    package var batches: UInt64
    package var records: UInt64
    package var finishes: UInt64
    /// The ``RecordHasher`` value over all records of this incarnation's log.
    package var hash: UInt64
    /// Why it ended: "all requests are finished", "stopped: ...", "spool limit reached".
    package var reason: String
    /// How the client itself did.
    package var audit: ClientAudit

    package init(
        batches: UInt64, records: UInt64, finishes: UInt64, hash: UInt64, reason: String,
        audit: ClientAudit
    ) {
        self.batches = batches
        self.records = records
        self.finishes = finishes
        self.hash = hash
        self.reason = reason
        self.audit = audit
    }

    func encode(into writer: inout ByteWriter) {
        writer.varint(batches)
        writer.varint(records)
        writer.varint(finishes)
        writer.fixed(hash)
        writer.sentence(reason, limit: WireLimits.sentence)
        audit.encode(into: &writer)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        batches = try reader.varint("end batches")
        records = try reader.varint("end records")
        finishes = try reader.varint("end finishes")
        hash = try reader.fixed("end hash")
        reason = try reader.text("end reason", limit: WireLimits.sentence)
        audit = try ClientAudit(from: &reader)
    }
}
