import Bytes

/// A column of numbers with their lowest bytes first, then their second bytes, and so on: noise
/// stays in the low planes and what zlib can use stands together in the high ones.
///
/// A width byte of 1 to 8, then width times count bytes; nothing for no numbers. The least width
/// is 1, so that a count always has its bytes.
enum BytePlanes {
    static func encode(_ values: [UInt64], into writer: inout ByteWriter) {
        guard !values.isEmpty else { return }
        let widest = values.reduce(0, |)
        let width = max(1, (UInt64.bitWidth - widest.leadingZeroBitCount + 7) / 8)
        writer.byte(UInt8(width))
        for plane in 0..<width {
            let shift = UInt64(8 * plane)
            writer.bytes.append(
                contentsOf: values.lazy.map { UInt8(truncatingIfNeeded: $0 >> shift) })
        }
    }

    /// - Parameter count: how many numbers; may come from a peer, since no room is made before the
    ///   bytes for it were found.
    static func decode(
        _ field: StaticString, count: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> [UInt64] {
        guard count > 0 else { return [] }
        let width = Int(try reader.byte(field))
        guard (1...8).contains(width) else {
            throw reader.error(field, back: 1, .overLimit(value: UInt64(width), limit: 8))
        }
        let (size, overflow) = count.multipliedReportingOverflow(by: width)
        guard !overflow else { throw reader.error(field, back: 0, .truncated) }
        let bytes = try reader.raw(field, count: size)
        guard count > 0 else { return [] }
        return bytes.withUnsafeBufferPointer { planes in
            // Sound: the planes hold width times count bytes, and all count values are initialised.
            [UInt64](unsafeUninitializedCapacity: count) { values, filled in
                for index in 0..<count {
                    values.initializeElement(at: index, to: UInt64(planes[index]))
                }
                for plane in 1..<width {
                    let shift = UInt64(8 * plane)
                    let start = plane * count
                    for index in 0..<count {
                        values[index] |= UInt64(planes[start + index]) << shift
                    }
                }
                filled = count
            }
        }
    }
}
