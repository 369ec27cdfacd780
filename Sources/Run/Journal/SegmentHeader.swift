package import Bytes

/// The beginning of every segment of a spool or a journal: whose it is, and on which clock its
/// stamps are.
///
/// Magic `LGTJ`, format version (2 bytes), body length (2), CRC-32C of these eight bytes and the
/// body (4), body.
package struct SegmentHeader: Hashable, Sendable {
    /// The format of the segment's entries: 3 in what is written, 2 in what a former version left.
    package let version: UInt16
    package var clock: ClockName
    package var runID: RunID
    /// The agent whose spool it is; nil in a coordinator's journal.
    package var agent: AgentIdentity?
    /// The start of the agent that wrote it; 0 in a coordinator's journal.
    package var incarnation: UInt64
    /// Position among the segments of its folder, from 0.
    package var segment: UInt64
    /// The coordinator's generation when it was begun.
    package var generation: UInt64

    /// The header of a segment that is to be written.
    package init(
        clock: ClockName, runID: RunID, agent: AgentIdentity?, incarnation: UInt64,
        segment: UInt64, generation: UInt64
    ) {
        version = Self.formatVersion
        self.clock = clock
        self.runID = runID
        self.agent = agent
        self.incarnation = incarnation
        self.segment = segment
        self.generation = generation
    }

    static let magic = Array("LGTJ".utf8)
    /// The version that is written.
    package static let formatVersion: UInt16 = 3
    static let prefixByteCount = 12
    static let bodyLimit = 2_048

    /// The header's bytes.
    package func encoded() -> [UInt8] {
        var body = ByteWriter()
        clock.encode(into: &body)
        runID.encode(into: &body)
        body.flag(agent != nil)
        agent?.encode(into: &body)
        body.varint(incarnation)
        body.varint(segment)
        body.varint(generation)
        var writer = ByteWriter()
        writer.raw(Self.magic)
        writer.fixed(version)
        writer.fixed(UInt16(body.count))
        var crc = CRC32C()
        crc.add(writer.bytes)
        crc.add(body.bytes)
        writer.fixed(crc.value)
        writer.raw(body.bytes)
        return writer.bytes
    }

    /// The header at the front of `bytes` and its length; nil when it is not complete.
    ///
    /// - Throws: ``DecodeError`` when the bytes are no segment of this format.
    static func decode(
        _ bytes: ArraySlice<UInt8>
    ) throws(DecodeError) -> (header: SegmentHeader, byteCount: Int)? {
        for (offset, byte) in bytes.prefix(4).enumerated() where byte != magic[offset] {
            throw DecodeError("segment magic", at: offset, .unknownCode(UInt64(byte)))
        }
        guard bytes.count >= prefixByteCount else { return nil }
        var prefix = ByteReader(Array(bytes.prefix(prefixByteCount)))
        _ = try prefix.raw("segment magic", count: 4)
        let version: UInt16 = try prefix.fixed("segment version")
        guard EntryFormat(version: version) != nil else {
            throw DecodeError("segment version", at: 4, .unknownCode(UInt64(version)))
        }
        let length = Int(try prefix.fixed("segment header length", as: UInt16.self))
        guard length <= bodyLimit else {
            throw DecodeError(
                "segment header length", at: 6,
                .overLimit(value: UInt64(length), limit: UInt64(bodyLimit)))
        }
        let stored: UInt32 = try prefix.fixed("segment checksum")
        guard bytes.count >= prefixByteCount + length else { return nil }
        let body = bytes.dropFirst(prefixByteCount).prefix(length)
        var crc = CRC32C()
        crc.add(bytes.prefix(8))
        crc.add(body)
        guard crc.value == stored else {
            throw DecodeError(
                "segment header", at: 0, .checksum(stored: stored, computed: crc.value))
        }
        do throws(DecodeError) {
            var reader = ByteReader(Array(body))
            let header = try SegmentHeader(version, from: &reader)
            try reader.finish("segment header")
            return (header, prefixByteCount + length)
        } catch {
            throw DecodeError(error.field, at: prefixByteCount + error.offset, error.problem)
        }
    }

    private init(_ version: UInt16, from reader: inout ByteReader) throws(DecodeError) {
        self.version = version
        clock = try ClockName(from: &reader)
        runID = try RunID(from: &reader, "segment run")
        agent =
            try reader.flag("segment agent flag")
            ? try AgentIdentity(from: &reader, "segment agent") : nil
        incarnation = try reader.varint("segment incarnation")
        segment = try reader.varint("segment number")
        generation = try reader.varint("segment generation")
    }
}
