import Bytes
package import Journal

/// Segments as format 2 had them, which are read and no longer written.
package enum FormerSegment {
    /// A segment's bytes: the header, and behind it the entries.
    package static func bytes(_ header: SegmentHeader, _ entries: [JournalEntry]) -> [UInt8] {
        self.header(header) + entries.flatMap(entry)
    }

    /// The header's bytes: they differ in the version alone.
    package static func header(_ header: SegmentHeader) -> [UInt8] {
        var bytes = header.encoded()
        bytes[4] = 2
        var crc = CRC32C()
        crc.add(bytes[..<8])
        crc.add(bytes[12...])
        var checksum = ByteWriter()
        checksum.fixed(crc.value)
        bytes.replaceSubrange(8..<12, with: checksum.bytes)
        return bytes
    }

    /// An entry's bytes: the payload is that of format 3.
    package static func entry(_ entry: JournalEntry) -> [UInt8] {
        let kind: UInt8
        let payload: [UInt8]
        if case .note(let json) = entry {
            kind = 2
            payload = Array(json.utf8)
        } else {
            let bytes = entry.encoded()
            kind = bytes[4]
            payload = Array(bytes[15...])
        }
        var writer = ByteWriter()
        writer.fixed(UInt32(payload.count))
        writer.byte(kind)
        var crc = CRC32C()
        crc.add(writer.bytes)
        crc.add(payload)
        writer.fixed(crc.value)
        writer.raw(payload)
        return writer.bytes
    }
}
