package import TokenLog

/// One unit of the connection: a message's kind and its payload, deflated or not.
///
/// Deflating belongs to the transport, because the history of a zlib stream belongs to one
/// connection; see ``Message`` for what the payload means once inflated.
package struct Frame: Hashable, Sendable {
    package var kind: UInt8
    package var isCompressed: Bool
    /// Bytes of the payload after inflation.
    package var inflatedLength: Int
    /// The payload as it crosses the network.
    package var payload: [UInt8]

    /// A frame whose payload is not deflated.
    package init(kind: UInt8, payload: [UInt8]) {
        self.kind = kind
        isCompressed = false
        inflatedLength = payload.count
        self.payload = payload
    }

    /// A frame whose payload was deflated from `inflatedLength` bytes.
    package init(kind: UInt8, deflated payload: [UInt8], inflatedLength: Int) {
        self.kind = kind
        isCompressed = true
        self.inflatedLength = inflatedLength
        self.payload = payload
    }

    /// Bytes of the encoded frame.
    package var encodedByteCount: Int { FrameHeader.byteCount + payload.count }

    /// The frame at the front of `bytes`; nil when more bytes are needed. On success its
    /// ``encodedByteCount`` bytes are used up.
    ///
    /// - Parameter limit: the longest payload accepted, in bytes.
    /// - Throws: ``DecodeError`` for what can never become a frame: the connection must be closed,
    ///   since nothing after it can be trusted.
    package init?(
        decoding bytes: ArraySlice<UInt8>, limit: Int = WireLimits.framePayload
    ) throws(DecodeError) {
        guard let header = try FrameHeader(decoding: bytes, limit: limit) else { return nil }
        let total = FrameHeader.byteCount + header.payloadLength
        guard bytes.count >= total else { return nil }
        let payload = bytes.dropFirst(FrameHeader.byteCount).prefix(header.payloadLength)
        var crc = CRC32C()
        crc.add(bytes.prefix(FrameHeader.checkedByteCount))
        crc.add(payload)
        guard crc.value == header.checksum else {
            throw DecodeError(
                "frame", at: 0, .checksum(stored: header.checksum, computed: crc.value))
        }
        kind = header.kind
        isCompressed = header.isCompressed
        inflatedLength = header.inflatedLength
        self.payload = Array(payload)
    }

    /// Appends header and payload.
    ///
    /// - Precondition: the lengths are within ``WireLimits``.
    package func encode(into writer: inout ByteWriter) {
        precondition(payload.count <= WireLimits.framePayload, "a frame is at most 1 MiB")
        precondition(
            inflatedLength <= WireLimits.inflatedPayload, "a frame inflates to at most 16 MiB")
        precondition(
            isCompressed || inflatedLength == payload.count, "a plain frame states its own length")
        let start = writer.count
        writer.raw(FrameHeader.magic)
        writer.fixed(FrameHeader.layoutVersion)
        writer.byte(kind)
        writer.byte(isCompressed ? FrameHeader.compressedFlag : 0)
        writer.fixed(UInt32(payload.count))
        writer.fixed(UInt32(inflatedLength))
        var crc = CRC32C()
        crc.add(writer.bytes[start...])
        crc.add(payload)
        writer.fixed(crc.value)
        writer.raw(payload)
    }

    /// The encoded frame alone.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: encodedByteCount)
        encode(into: &writer)
        return writer.bytes
    }
}
