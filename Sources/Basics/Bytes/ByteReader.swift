// Public, as in `TimeBase`: the compiler inlines into other modules only what is, and every field
// of every record passes here.

/// Reads fields out of bytes that a peer or a file supplied: it never traps, and never allocates
/// for more bytes than are there.
///
/// Each method names the field that it reads, so that the ``DecodeError`` can.
public struct ByteReader: Sendable {
    @usableFromInline let storage: [UInt8]
    @usableFromInline let end: Int
    /// Where errors count from.
    private let origin: Int
    /// Where the next field begins, from the start of the bytes.
    @inlinable
    public var offset: Int { cursor }
    @usableFromInline var cursor: Int

    /// A reader over all of `bytes`.
    public init(_ bytes: [UInt8]) {
        storage = bytes
        end = bytes.count
        origin = 0
        cursor = 0
    }

    /// A reader over the bytes in `range`: ``offset`` counts from the start of `bytes`, errors from
    /// the start of the range.
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.upperBound <= bytes.count, "the range ends inside the bytes")
        storage = bytes
        end = range.upperBound
        origin = range.lowerBound
        cursor = range.lowerBound
    }

    /// Bytes not read yet.
    @inlinable
    public var remaining: Int { end - offset }

    /// One byte.
    @inlinable
    public mutating func byte(_ field: StaticString) throws(DecodeError) -> UInt8 {
        guard cursor < end else { throw truncated(field) }
        defer { cursor += 1 }
        return storage[cursor]
    }

    /// 0 or 1; anything else is an unknown code.
    @inlinable
    public mutating func flag(_ field: StaticString) throws(DecodeError) -> Bool {
        let value = try byte(field)
        guard value <= 1 else { throw error(field, back: 1, .unknownCode(UInt64(value))) }
        return value == 1
    }

    // Not generic: other modules call them for every field, and a generic one would not be
    // specialised there, at fifty times the cost.

    /// A little-endian number of 2 bytes.
    public mutating func fixed(
        _ field: StaticString, as type: UInt16.Type = UInt16.self
    ) throws(DecodeError) -> UInt16 { try littleEndian(field) }

    /// A little-endian number of 4 bytes.
    public mutating func fixed(
        _ field: StaticString, as type: UInt32.Type = UInt32.self
    ) throws(DecodeError) -> UInt32 { try littleEndian(field) }

    /// A little-endian number of 8 bytes.
    public mutating func fixed(
        _ field: StaticString, as type: UInt64.Type = UInt64.self
    ) throws(DecodeError) -> UInt64 { try littleEndian(field) }

    /// A little-endian number of 8 bytes.
    public mutating func fixed(
        _ field: StaticString, as type: Int64.Type = Int64.self
    ) throws(DecodeError) -> Int64 { try littleEndian(field) }

    @inline(__always)
    private mutating func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ field: StaticString
    ) throws(DecodeError) -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else { throw truncated(field) }
        let begin = cursor
        let value = storage.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: begin, as: Value.self)
        }
        cursor += size
        return Value(littleEndian: value)
    }

    /// A minimal LEB128 number of at most 64 bits.
    @inlinable
    public mutating func varint(_ field: StaticString) throws(DecodeError) -> UInt64 {
        guard cursor < end else { throw truncated(field) }
        let first = storage[cursor]
        if first < 0x80 {
            cursor += 1
            return UInt64(first)
        }
        return try longVarint(field)
    }

    @usableFromInline
    mutating func longVarint(_ field: StaticString) throws(DecodeError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var position = offset
        while position < end {
            let group = storage[position]
            position += 1
            // The tenth byte holds bit 63 alone, and a last byte of 0 would be a longer way to
            // write the same number.
            if shift == 63 && group > 1 { throw error(field, back: 0, .notMinimal) }
            value |= UInt64(group & 0x7F) << shift
            if group < 0x80 {
                guard group != 0 else { throw error(field, back: 0, .notMinimal) }
                cursor = position
                return value
            }
            shift += 7
        }
        throw truncated(field)
    }

    /// A varint of at most `limit`.
    @inlinable
    public mutating func varint(
        _ field: StaticString, limit: UInt64
    ) throws(DecodeError) -> UInt64 {
        let start = offset
        let value = try varint(field)
        guard value <= limit else {
            throw error(field, back: offset - start, .overLimit(value: value, limit: limit))
        }
        return value
    }

    /// A varint that fits the type.
    @inlinable
    public mutating func number<Value: FixedWidthInteger & UnsignedInteger>(
        _ field: StaticString, as type: Value.Type = Value.self
    ) throws(DecodeError) -> Value {
        Value(truncatingIfNeeded: try varint(field, limit: UInt64(Value.max)))
    }

    /// A zigzag varint.
    @inlinable
    public mutating func signed(_ field: StaticString) throws(DecodeError) -> Int64 {
        unzigzag(try varint(field))
    }

    /// A flag, then a zigzag varint where it is set.
    @inlinable
    public mutating func optional(_ field: StaticString) throws(DecodeError) -> Int64? {
        try flag(field) ? try signed(field) : nil
    }

    /// The code of one of the cases of `Value`.
    @inlinable
    public mutating func code<Value: RawRepresentable<UInt8>>(
        _ field: StaticString, as type: Value.Type = Value.self
    ) throws(DecodeError) -> Value {
        let raw = try byte(field)
        guard let value = Value(rawValue: raw) else {
            throw error(field, back: 1, .unknownCode(UInt64(raw)))
        }
        return value
    }

    /// A raw code of one byte where there is one.
    @inlinable
    public mutating func optionalCode<Value: RawRepresentable<UInt8>>(
        _ field: StaticString, as type: Value.Type = Value.self
    ) throws(DecodeError) -> Value? {
        let raw = try byte(field)
        guard raw > 0 else { return nil }
        guard let value = Value(rawValue: raw - 1) else {
            throw error(field, back: 1, .unknownCode(UInt64(raw)))
        }
        return value
    }

    /// A number of elements: at most `limit`, and no more than the bytes left can hold when each
    /// takes at least `bytesEach` (at least 1), so that room may be reserved for it.
    public mutating func count(
        _ field: StaticString, limit: Int, bytesEach: Int = 1
    ) throws(DecodeError) -> Int {
        precondition(bytesEach > 0, "an element takes at least one byte")
        let start = offset
        let value = try varint(field, limit: UInt64(limit))
        guard value <= UInt64(remaining / bytesEach) else {
            throw error(field, back: offset - start, .truncated)
        }
        return Int(value)
    }

    /// Exactly `count` bytes.
    public mutating func raw(
        _ field: StaticString, count: Int
    ) throws(DecodeError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw truncated(field) }
        defer { cursor += count }
        return storage[offset..<(offset + count)]
    }

    /// A length of at most `limit`, then so many bytes.
    public mutating func data(
        _ field: StaticString, limit: Int
    ) throws(DecodeError) -> ArraySlice<UInt8> {
        try raw(field, count: try count(field, limit: limit))
    }

    /// A length of at most `limit` bytes, then so much UTF-8.
    public mutating func text(_ field: StaticString, limit: Int) throws(DecodeError) -> String {
        let start = offset
        let bytes = try data(field, limit: limit)
        guard !bytes.isEmpty else { return "" }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error(field, back: offset - start, .notUTF8)
        }
        return text
    }

    /// Passes over what is left: a layout that is not known.
    public mutating func skipRest() { cursor = end }

    /// Checks that every byte was read.
    public func finish(_ field: StaticString) throws(DecodeError) {
        guard remaining == 0 else { throw error(field, back: 0, .trailingBytes(remaining)) }
    }

    /// An error in `field`, which began `back` bytes before the reader's cursor.
    public func error(
        _ field: StaticString, back: Int, _ problem: DecodeError.Problem
    ) -> DecodeError {
        DecodeError("\(field)", at: offset - origin - back, problem)
    }

    @usableFromInline
    func truncated(_ field: StaticString) -> DecodeError { error(field, back: 0, .truncated) }
}
