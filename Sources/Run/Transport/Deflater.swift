import CZlib

/// One direction's compression: raw DEFLATE (RFC 1951), level 1, flushed after every frame, the
/// history of all frames before kept.
///
/// Made when the first frame is worth it (about 256 KiB), so that connections that only carry small
/// frames cost nothing.
package final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Room left at each step: what a flush can still hold back is asked for until it fits.
    private static let step = 4_096

    package init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, 1, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
            CInt(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib found no memory for a stream")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The frame's bytes deflated; the other side needs every one of them in order.
    package func deflate(_ payload: [UInt8]) -> [UInt8] { deflate(payload[...]) }

    /// The same of a part of an array.
    func deflate(_ payload: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        payload.withUnsafeBytes { input in
            // zlib's type is mutable; it only reads the input.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(input.count)
            // Level 1 seldom exceeds half; an incompressible frame takes further steps.
            var room = max(input.count / 2, Self.step)
            repeat {
                output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    let result = CZlib.deflate(stream, Z_SYNC_FLUSH)
                    precondition(
                        result == Z_OK || result == Z_BUF_ERROR, "a zlib stream was misused")
                    count = room - Int(stream.pointee.avail_out)
                }
                room = max(input.count / 4, Self.step)
            } while stream.pointee.avail_out == 0
        }
        return output
    }
}
