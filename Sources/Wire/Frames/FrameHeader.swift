package import TokenLog

/// What precedes each frame's payload: 20 bytes, little-endian.
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
    static let magic = Array("LGTO".utf8)
    static let checkedByteCount = 16
    static let compressedFlag: UInt8 = 1

    /// The header at the front of `bytes`; nil when more bytes are needed and those that are there
    /// can still become one.
    ///
    /// - Parameter limit: the longest payload accepted, in bytes.
    /// - Throws: ``DecodeError`` at the first byte that cannot belong to a header, and for lengths
    ///   over their limits: before any room is made for the payload.
    package init?(
        decoding bytes: ArraySlice<UInt8>, limit: Int = WireLimits.framePayload
    ) throws(DecodeError) {
        for (position, byte) in bytes.prefix(4).enumerated() where byte != Self.magic[position] {
            throw DecodeError("frame magic", at: position, .unknownCode(UInt64(byte)))
        }
        guard bytes.count >= Self.byteCount else { return nil }
        var reader = ByteReader(Array(bytes.prefix(Self.byteCount)))
        _ = try reader.raw("frame magic", count: 4)
        let version: UInt16 = try reader.fixed("frame version")
        guard version == Self.layoutVersion else {
            throw DecodeError("frame version", at: 4, .unknownCode(UInt64(version)))
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
}
