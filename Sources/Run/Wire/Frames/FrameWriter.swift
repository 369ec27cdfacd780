import Bytes
package import TimeBase

/// Makes the frames of one connection, one after the other in the same memory: once it has grown, a
/// frame allocates nothing.
///
/// A frame is begun with its message, perhaps deflated, perhaps stamped, and sealed; then its bytes
/// are there until the next one is begun.
package struct FrameWriter: Sendable {
    private var writer = FrameWriter.headerAlone
    private var kind: UInt8 = 0
    private var isCompressed = false
    private var inflatedLength = 0

    /// Bytes of storage that are kept from one frame to the next: each one of a thousand
    /// connections may once have sent a long frame.
    private static let keptCapacity = 4_096

    /// Room for a header, which ``seal()`` fills in.
    private static var headerAlone: ByteWriter {
        var writer = ByteWriter(capacity: 128)
        writer.zeros(FrameHeader.byteCount)
        return writer
    }

    package init() {}

    /// Begins the frame of `message`, not deflated.
    package mutating func begin(_ message: Message) {
        kind = message.kind.rawValue
        isCompressed = false
        writer.truncate(to: FrameHeader.byteCount)
        message.encode(into: &writer)
        inflatedLength = payloadByteCount
    }

    /// Bytes of the payload as it crosses the network.
    package var payloadByteCount: Int { writer.count - FrameHeader.byteCount }

    /// The payload as it crosses the network.
    package var payload: ArraySlice<UInt8> { writer.bytes[FrameHeader.byteCount...] }

    /// Replaces the payload by what it deflates to.
    package mutating func replacePayload(deflated payload: [UInt8]) {
        isCompressed = true
        writer.truncate(to: FrameHeader.byteCount)
        writer.raw(payload)
    }

    /// Puts the instant of sending where it belongs (``Message/sendingStampOffset``).
    package mutating func stamp(_ instant: LocalInstant, at offset: Int) {
        precondition(!isCompressed, "a stamped message is not deflated")
        writer.replace(at: FrameHeader.byteCount + offset, with: instant.ns)
    }

    /// Fills in the header, last of all.
    ///
    /// - Precondition: the lengths are within ``WireLimits``.
    package mutating func seal() {
        FrameHeader.seal(
            &writer, from: 0, kind: kind, isCompressed: isCompressed,
            inflatedLength: inflatedLength)
    }

    /// The frame, once sealed.
    package var bytes: [UInt8] { writer.bytes }

    /// Gives back the room of a long frame.
    package mutating func release() {
        if writer.bytes.capacity > Self.keptCapacity { writer = Self.headerAlone }
    }
}
