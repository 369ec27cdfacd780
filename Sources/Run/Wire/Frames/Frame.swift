package import Bytes

/// One unit of the connection: a message's kind and its payload, deflated or not.
///
/// Deflating belongs to the transport, because the history of a zlib stream belongs to one
/// connection; see ``Message`` for what the payload means once inflated.
package struct Frame: Sendable {
    package let kind: UInt8
    package let isCompressed: Bool
    /// Bytes of the payload after inflation.
    package let inflatedLength: Int
    /// Shared with whoever decoded the frame: a frame is read where it lies.
    private let storage: [UInt8]
    private let range: Range<Int>

    /// A frame whose payload is not deflated.
    package init(kind: UInt8, payload: [UInt8]) {
        self.kind = kind
        isCompressed = false
        inflatedLength = payload.count
        storage = payload
        range = 0..<payload.count
    }

    /// A frame whose payload was deflated from `inflatedLength` bytes.
    package init(kind: UInt8, deflated payload: [UInt8], inflatedLength: Int) {
        self.kind = kind
        isCompressed = true
        self.inflatedLength = inflatedLength
        storage = payload
        range = 0..<payload.count
    }

    /// The payload as it crosses the network.
    package var payload: ArraySlice<UInt8> { storage[range] }

    /// Reads the payload.
    var reader: ByteReader { ByteReader(storage, in: range) }

    /// Bytes of the encoded frame.
    package var encodedByteCount: Int { FrameHeader.byteCount + range.count }

    /// The frame in `bytes` from `start` on; nil when more bytes are needed. On success its
    /// ``encodedByteCount`` bytes are used up, and it keeps `bytes`.
    ///
    /// - Parameter limit: the longest payload accepted, in bytes.
    /// - Throws: ``DecodeError`` for what can never become a frame: the connection must be closed,
    ///   since nothing after it can be trusted.
    package init?(
        decoding bytes: [UInt8], from start: Int = 0, limit: Int = WireLimits.framePayload
    ) throws(DecodeError) {
        guard let header = try FrameHeader(decoding: bytes, from: start, limit: limit) else {
            return nil
        }
        let end = start + FrameHeader.byteCount + header.payloadLength
        guard bytes.count >= end else { return nil }
        let computed = FrameHeader.checksum(of: bytes, start..<end)
        guard computed == header.checksum else {
            throw DecodeError(
                "frame", at: 0, .checksum(stored: header.checksum, computed: computed))
        }
        kind = header.kind
        isCompressed = header.isCompressed
        inflatedLength = header.inflatedLength
        storage = bytes
        range = (start + FrameHeader.byteCount)..<end
    }

    /// Appends header and payload.
    ///
    /// - Precondition: the lengths are within ``WireLimits``.
    package func encode(into writer: inout ByteWriter) {
        let start = writer.count
        writer.zeros(FrameHeader.byteCount)
        writer.raw(payload)
        FrameHeader.seal(
            &writer, from: start, kind: kind, isCompressed: isCompressed,
            inflatedLength: inflatedLength)
    }

    /// The encoded frame alone.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: encodedByteCount)
        encode(into: &writer)
        return writer.bytes
    }
}

extension Frame: Hashable {
    package static func == (a: Frame, b: Frame) -> Bool {
        a.kind == b.kind && a.isCompressed == b.isCompressed
            && a.inflatedLength == b.inflatedLength && a.payload == b.payload
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(isCompressed)
        hasher.combine(inflatedLength)
        hasher.combine(payload)
    }
}
