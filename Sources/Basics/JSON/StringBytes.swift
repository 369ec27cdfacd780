// Public, as in `TimeBase`: the compiler inlines into other modules only what is.

/// Finds what ends a run of plain bytes in a JSON string (RFC 8259, section 7): a quote, a
/// backslash or a control character. Eight bytes at a time.
public enum StringBytes {
    /// A word whose lowest set bit is the highest bit of the first such byte of `word`, which holds
    /// the first byte lowest; 0 where there is none.
    ///
    /// Bytes above the first may be wrong: a borrow runs upwards.
    @inlinable @inline(__always)
    public static func special(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        return
            (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            | ((word &- ones &* 0x20) & ~word)) & (ones &* 0x80)
    }

    /// Whether none of `count` bytes is such a byte; up to seven bytes behind them are read.
    @inlinable @inline(__always)
    public static func isPlain(_ begin: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var at = UnsafeRawPointer(begin)
        var left = count
        while left > 0 {
            let found = special(UInt64(littleEndian: at.loadUnaligned(as: UInt64.self)))
            // Bytes that were not asked for are shifted out; borrows run upwards, so none came from
            // them.
            let unasked = left < 8 ? 8 &- left : 0
            guard found &<< UInt64(truncatingIfNeeded: unasked &* 8) == 0 else { return false }
            at += 8
            left &-= 8
        }
        return true
    }
}
