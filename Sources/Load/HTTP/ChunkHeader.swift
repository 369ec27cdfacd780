// Public, as in `TimeBase`: the compiler inlines into other modules only what is.

/// Reads the headers of chunks that lie whole in the input, most of which repeat the one before.
public struct ChunkHeader {
    /// The last header as a load gives it, what of a load is header, its length and what it says.
    @usableFromInline var word: UInt64 = 1
    @usableFromInline var mask: UInt64 = 0
    @usableFromInline var length = 0
    @usableFromInline var size = 0

    /// Knows no header yet.
    public init() {}

    /// Most digits, so that digits and line end fit a load; a larger chunk is no chunk of one
    /// event.
    private static let digits = 6

    /// The data of the chunk at `cursor` where it lies whole before `end`, its line end included;
    /// nil where it does not, or where its header is anything but digits.
    ///
    /// Reads only: `HTTPBodyDecoder.next(_:)` would give the same bytes.
    @inlinable
    @inline(__always)
    public mutating func wholeChunk(
        at cursor: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8>? {
        // No chunk of an event is shorter than that.
        guard end - cursor >= 8 else { return nil }
        let loaded = UInt64(
            littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
        if loaded & mask != word, !learn(loaded) { return nil }
        let begin = cursor + length
        guard end - begin >= size &+ 2,
            UnsafeRawPointer(begin + size).loadUnaligned(as: UInt16.self) == Self.lineEnd
        else { return nil }
        return UnsafeBufferPointer(start: begin, count: size)
    }

    /// CR LF as a load gives it.
    @inlinable static var lineEnd: UInt16 { UInt16(littleEndian: 0x0A0D) }

    /// Takes a header apart; false for anything but digits and a line end.
    @usableFromInline
    mutating func learn(_ loaded: UInt64) -> Bool {
        var size = 0
        var digits = 0
        while digits < Self.digits,
            let digit = HTTPBodyDecoder.hexDigit(UInt8(truncatingIfNeeded: loaded >> (8 * digits)))
        {
            size = size << 4 | digit
            digits += 1
        }
        guard digits > 0, size > 0,
            UInt16(truncatingIfNeeded: loaded >> (8 * digits)) == 0x0A0D
        else { return false }
        length = digits + 2
        self.size = size
        mask = length == 8 ? .max : (1 << UInt64(8 * length)) - 1
        word = loaded & mask
        return true
    }
}
