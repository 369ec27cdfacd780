/// Appends the field encodings that ``ByteReader`` reads: little-endian fixed numbers, minimal
/// LEB128 variable-length ones, and texts and bytes with their length ahead.
public struct ByteWriter: Sendable {
    /// The bytes written so far.
    public var bytes: [UInt8]

    /// A writer that has room for `capacity` bytes before it allocates again.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Forgets all but the first `count` bytes, and keeps the room.
    public mutating func truncate(to count: Int) {
        precondition(count <= bytes.count, "only what was written can be kept")
        bytes.removeLast(bytes.count - count)
    }

    /// The number of bytes written.
    @inlinable
    public var count: Int { bytes.count }

    /// One byte.
    @inlinable
    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// 0 or 1.
    @inlinable
    public mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

    // Not generic: other modules call them for every field, and a generic one would not be
    // specialised there, at fifty times the cost.

    /// Little-endian, 2 bytes.
    public mutating func fixed(_ value: UInt16) { littleEndian(value) }

    /// Little-endian, 4 bytes.
    public mutating func fixed(_ value: UInt32) { littleEndian(value) }

    /// Little-endian, 8 bytes.
    public mutating func fixed(_ value: UInt64) { littleEndian(value) }

    /// Little-endian, 8 bytes.
    public mutating func fixed(_ value: Int64) { littleEndian(value) }

    /// Little-endian, four times 8 bytes at once.
    public mutating func fixed(_ a: Int64, _ b: Int64, _ c: Int64, _ d: Int64) {
        let words = (a.littleEndian, b.littleEndian, c.littleEndian, d.littleEndian)
        withUnsafeBytes(of: words) { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    private mutating func littleEndian<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// `count` bytes of zero: room for what is put there later, or none.
    public mutating func zeros(_ count: Int) {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { zeros in
            zeros.initializeMemory(as: UInt8.self, repeating: 0)
            bytes.append(contentsOf: UnsafeRawBufferPointer(zeros))
        }
    }

    /// Little-endian, in place of the 2 bytes from `start`.
    public mutating func replace(at start: Int, with value: UInt16) { overwrite(start, value) }

    /// Little-endian, in place of the 4 bytes from `start`.
    public mutating func replace(at start: Int, with value: UInt32) { overwrite(start, value) }

    /// Little-endian, in place of the 8 bytes from `start`.
    public mutating func replace(at start: Int, with value: Int64) { overwrite(start, value) }

    @inline(__always)
    private mutating func overwrite<Value: FixedWidthInteger & BitwiseCopyable>(
        _ start: Int, _ value: Value
    ) {
        precondition(
            start >= 0 && start + MemoryLayout<Value>.size <= bytes.count,
            "what is replaced was written before")
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: start, as: Value.self)
        }
    }

    /// LEB128: seven bits a byte, least significant first; 1 to 10 bytes.
    @inlinable
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Zigzag, then LEB128: numbers near zero of either sign are short.
    @inlinable
    public mutating func signed(_ value: Int64) { varint(zigzag(value)) }

    /// A flag, then the value where there is one.
    @inlinable
    public mutating func optional(_ value: Int64?) {
        flag(value != nil)
        if let value { signed(value) }
    }

    /// A raw code of one byte.
    @inlinable
    public mutating func code<Value: RawRepresentable<UInt8>>(_ value: Value) {
        bytes.append(value.rawValue)
    }

    /// A byte: 0 for none, else the raw code, below 255, and one.
    @inlinable
    public mutating func optionalCode<Value: RawRepresentable<UInt8>>(_ value: Value?) {
        bytes.append(value.map { $0.rawValue + 1 } ?? 0)
    }

    /// The bytes alone, without a length.
    public mutating func raw(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// The bytes alone, without a length.
    public mutating func raw(_ value: ArraySlice<UInt8>) { bytes.append(contentsOf: value) }

    /// The bytes alone, without a length; not for what is written often.
    public mutating func raw(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    /// The length as a varint, then the bytes.
    public mutating func data(_ value: [UInt8]) {
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A name or an option: its length in bytes, then its UTF-8.
    ///
    /// - Precondition: at most `limit` bytes; whoever took the text from a user has checked that.
    public mutating func text(_ value: String, limit: Int) {
        let utf8 = value.utf8
        precondition(utf8.count <= limit, "a text of \(utf8.count) bytes is over \(limit)")
        varint(UInt64(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// A sentence for people, cut after the last whole character within `limit` bytes.
    public mutating func sentence(_ value: String, limit: Int) {
        text(value.cut(toUTF8Bytes: limit), limit: limit)
    }
}

/// Maps 0, -1, 1, -2, ... to 0, 1, 2, 3, ...
@inlinable
public func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
}

/// The inverse of ``zigzag(_:)``.
@inlinable
public func unzigzag(_ code: UInt64) -> Int64 {
    Int64(bitPattern: code >> 1) ^ -Int64(bitPattern: code & 1)
}

extension String {
    /// The longest prefix of whole characters that is at most `limit` bytes of UTF-8.
    public func cut(toUTF8Bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var size = 0
        var end = startIndex
        while end < endIndex {
            let next = index(after: end)
            size += self[end..<next].utf8.count
            if size > limit { break }
            end = next
        }
        return String(self[..<end])
    }
}
