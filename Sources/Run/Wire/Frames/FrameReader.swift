package import Bytes

/// Cuts a connection's bytes into frames, however the network has split them.
///
/// Holds at most one incomplete frame and what came in the same read. After an error it holds
/// nothing and stays in error: the stream has lost its position.
package struct FrameReader: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0
    private var failure: DecodeError?
    private let limit: Int

    /// A reader that refuses payloads over `limit` bytes.
    package init(limit: Int = WireLimits.framePayload) { self.limit = limit }

    /// Bytes held for a frame that is not complete.
    package var heldByteCount: Int { buffer.count - start }

    /// Adds what the network delivered.
    ///
    /// In place, when the frames that were taken before are gone: they are read where they lie.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil else { return }
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else if start > 0 {
            buffer.removeFirst(start)
        }
        start = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next complete frame; nil when more bytes are needed. Call it until it returns nil.
    package mutating func next() throws(DecodeError) -> Frame? {
        if let failure { throw failure }
        do {
            guard let frame = try Frame(decoding: buffer, from: start, limit: limit) else {
                return nil
            }
            start += frame.encodedByteCount
            return frame
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }
}
