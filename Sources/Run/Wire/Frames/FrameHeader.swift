package import Bytes

/// The header before each frame's payload: 20 bytes, little-endian.
///
/// | bytes | field |
/// | --- | --- |
/// | 0-3 | magic, `LGTO` |
/// | 4-5 | version of this layout, 1 (the messages' version is agreed on in Hello) |
/// | 6 | kind of the message |
/// | 7 | flags: bit 0 the payload is deflated |
/// | 8-11 | payload length, at most 1 MiB |
/// | 12-15 | length after inflation, at most 16 MiB; the payload length where it is not deflated |
/// | 16-19 | CRC-32C of bytes 0-15 and of the payload as it crosses the network |
package struct FrameHeader: Hashable, Sendable {
    package var kind: UInt8
    package var isCompressed: Bool
    package var payloadLength: Int
    package var inflatedLength: Int
    package var checksum: UInt32

    /// Bytes of a header.
    package static let byteCount = 20
    /// The version of the layout above.
    package static let layoutVersion: UInt16 = 1
    /// `LGTO`, as a little-endian number.
    static let magic: UInt32 = 0x4F54_474C
    private static let checkedByteCount = 16
    private static let compressedFlag: UInt8 = 1

    /// The header in `bytes` from `start` on; nil when more bytes are needed and those that are
    /// there can still become one.
    ///
    /// - Parameter limit: the longest payload accepted, in bytes.
    /// - Throws: ``DecodeError`` at the first byte that cannot belong to a header, and for lengths
    ///   over their limits: before any room is made for the payload.
    package init?(
        decoding bytes: [UInt8], from start: Int = 0, limit: Int = WireLimits.framePayload
    ) throws(DecodeError) {
        guard bytes.count - start >= Self.byteCount else {
            try Self.checkMagic(bytes[start...])
            return nil
        }
        var reader = ByteReader(bytes, in: start..<(start + Self.byteCount))
        if try reader.fixed("frame magic", as: UInt32.self) != Self.magic {
            try Self.checkMagic(bytes[start...])
            return nil
        }
        let version: UInt16 = try reader.fixed("frame version")
        guard version == Self.layoutVersion else {
            throw DecodeError(
                "frame version", at: 4,
                .otherVersion(theirs: version, own: Self.layoutVersion))
        }
        kind = try reader.byte("frame kind")
        let flags = try reader.byte("frame flags")
        guard flags <= Self.compressedFlag else {
            throw DecodeError("frame flags", at: 7, .unknownCode(UInt64(flags)))
        }
        isCompressed = flags == Self.compressedFlag
        let payload: UInt32 = try reader.fixed("frame payload length")
        guard Int(payload) <= limit else {
            throw DecodeError(
                "frame payload length", at: 8,
                .overLimit(value: UInt64(payload), limit: UInt64(limit)))
        }
        let inflated: UInt32 = try reader.fixed("frame inflated length")
        guard Int(inflated) <= WireLimits.inflatedPayload else {
            throw DecodeError(
                "frame inflated length", at: 12,
                .overLimit(value: UInt64(inflated), limit: UInt64(WireLimits.inflatedPayload)))
        }
        guard isCompressed || inflated == payload else {
            throw DecodeError(
                "frame inflated length", at: 12,
                .contradiction("it differs from the payload's though nothing is deflated"))
        }
        payloadLength = Int(payload)
        inflatedLength = Int(inflated)
        checksum = try reader.fixed("frame checksum")
    }

    /// Throws at the first byte that differs from the magic number, of as many as there are.
    private static func checkMagic(_ bytes: ArraySlice<UInt8>) throws(DecodeError) {
        for (position, byte) in bytes.prefix(4).enumerated()
        where byte != UInt8(truncatingIfNeeded: magic >> UInt32(8 * position)) {
            throw DecodeError("frame magic", at: position, .unknownCode(UInt64(byte)))
        }
    }

    /// Fills in the header of the frame that begins at `start` and ends with what was written:
    /// ``byteCount`` bytes of any content, then the payload as it crosses the network.
    ///
    /// - Precondition: the lengths are within ``WireLimits``.
    static func seal(
        _ writer: inout ByteWriter, from start: Int, kind: UInt8, isCompressed: Bool,
        inflatedLength: Int
    ) {
        let payload = writer.count - start - byteCount
        precondition(payload <= WireLimits.framePayload, "a frame is at most 1 MiB")
        precondition(
            inflatedLength <= WireLimits.inflatedPayload, "a frame inflates to at most 16 MiB")
        precondition(
            isCompressed || inflatedLength == payload, "a plain frame states its own length")
        writer.replace(at: start, with: magic)
        writer.replace(at: start + 4, with: layoutVersion)
        writer.replace(
            at: start + 6, with: UInt16(kind) | (isCompressed ? UInt16(compressedFlag) << 8 : 0))
        writer.replace(at: start + 8, with: UInt32(payload))
        writer.replace(at: start + 12, with: UInt32(inflatedLength))
        writer.replace(at: start + 16, with: checksum(of: writer.bytes, start..<writer.count))
    }

    /// The CRC-32C of the frame in `range`.
    static func checksum(of bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            let frame = UnsafeRawBufferPointer(rebasing: bytes[range])
            var crc = CRC32C()
            crc.add(UnsafeRawBufferPointer(rebasing: frame[..<checkedByteCount]))
            crc.add(UnsafeRawBufferPointer(rebasing: frame[byteCount...]))
            return crc.value
        }
    }
}
