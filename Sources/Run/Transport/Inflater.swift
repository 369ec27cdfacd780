import CZlib

/// Why a frame does not inflate.
package enum InflationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// zlib's words about bytes that are not DEFLATE.
    case malformed(String)
    case longerThanStated(Int)
    case shorterThanStated(Int, inflated: Int)
    /// The stream was ended, though it lasts as long as the connection.
    case ended

    package var description: String {
        switch self {
        case .malformed(let words): words
        case .longerThanStated(let stated): "more than the stated \(stated) bytes"
        case .shorterThanStated(let stated, let inflated):
            "\(inflated) of the stated \(stated) bytes"
        case .ended: "the stream was ended within a connection"
        }
    }
}

/// One direction's decompression, the counterpart of ``Deflater``.
///
/// After an error the history is worthless: the connection must be closed.
final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Room is made in steps that double from this, with the data, not by what a peer states.
    private static let firstStep = 16_384

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = inflateInit2_(
            stream, -MAX_WBITS, zlibVersion(), CInt(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib found no memory for a stream")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Inflates one frame to exactly `statedLength` bytes, whose own limit the caller has checked.
    func inflate(_ payload: ArraySlice<UInt8>, statedLength: Int) throws(InflationError) -> [UInt8]
    {
        var output: [UInt8] = []
        var failure: InflationError?
        payload.withUnsafeBytes { input in
            // zlib's type is mutable; it only reads the input.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                // One byte more than stated: a frame that fills it is too long.
                let room = min(
                    max(output.count, Self.firstStep), statedLength + 1 - output.count)
                output += [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    failure = step(buffer.baseAddress!, room)
                    count = room - Int(stream.pointee.avail_out)
                }
                if output.count > statedLength { failure = .longerThanStated(statedLength) }
            } while failure == nil && stream.pointee.avail_out == 0
            // Not to be left dangling.
            stream.pointee.next_in = nil
        }
        if let failure { throw failure }
        guard output.count == statedLength else {
            throw .shorterThanStated(statedLength, inflated: output.count)
        }
        return output
    }

    private func step(_ base: UnsafeMutablePointer<UInt8>, _ room: Int) -> InflationError? {
        stream.pointee.next_out = base
        stream.pointee.avail_out = UInt32(room)
        switch CZlib.inflate(stream, Z_SYNC_FLUSH) {
        // The buffer error says only that nothing more could be done now.
        case Z_OK, Z_BUF_ERROR: return nil
        case Z_STREAM_END: return .ended
        default:
            return .malformed(stream.pointee.msg.map { String(cString: $0) } ?? "not DEFLATE")
        }
    }
}
