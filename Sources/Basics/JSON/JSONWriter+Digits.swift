/// Decimal digits of integers, eight at a time.
///
/// Instants that follow each other share all but their last digits, so the leading ones of the
/// newest number are kept.
struct JSONDigits {
    /// Bytes that an integer's text and the byte before it may take, rounded up so that whole words
    /// of eight can be stored.
    static let mostBytes = 32
    private static let eight: UInt64 = 100_000_000

    /// The newest number below 10^8 that led another: its digits, and how many they are.
    private var leading: UInt64 = 0
    private var digits: UInt64 = 0
    private var count = 1

    /// Writes `value` in decimal.
    ///
    /// - Parameter text: Has room for ``mostBytes``; what is behind the text is overwritten.
    /// - Returns: How many bytes the text has.
    @inline(__always)
    mutating func write(_ value: Int64, to text: UnsafeMutableRawPointer) -> Int {
        var end = text
        if value < 0 {
            end.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
            end += 1
        }
        let magnitude = value.magnitude
        let (upper, lowest) = magnitude.quotientAndRemainder(dividingBy: Self.eight)
        if upper == 0 {
            end += writeLeading(lowest, to: end)
        } else {
            if upper < Self.eight {
                end += writeLeading(upper, to: end)
            } else {
                let (highest, middle) = upper.quotientAndRemainder(dividingBy: Self.eight)
                end += writeLeading(highest, to: end)
                Self.store(Self.digits(of: UInt32(truncatingIfNeeded: middle)), to: end)
                end += 8
            }
            Self.store(Self.digits(of: UInt32(truncatingIfNeeded: lowest)), to: end)
            end += 8
        }
        return end - text
    }

    /// Writes a number below 10^8 without leading zeros.
    @inline(__always)
    private mutating func writeLeading(_ value: UInt64, to text: UnsafeMutableRawPointer) -> Int {
        if value != leading {
            let all = Self.digits(of: UInt32(truncatingIfNeeded: value))
            // Zero has a digit, too.
            let zeros = min(7, all.trailingZeroBitCount / 8)
            leading = value
            digits = all >> UInt64(zeros * 8)
            count = 8 - zeros
        }
        Self.store(digits, to: text)
        return count
    }

    @inline(__always)
    private static func store(_ digits: UInt64, to text: UnsafeMutableRawPointer) {
        text.storeBytes(of: (digits | 0x3030_3030_3030_3030).littleEndian, as: UInt64.self)
    }

    /// The eight digits of a number below 10^8, a byte each, the first one in the lowest byte. Each
    /// step halves all its lanes at once by multiplying with a reciprocal that is exact up to the
    /// lanes' greatest value.
    @inline(__always)
    private static func digits(of value: UInt32) -> UInt64 {
        let (upper, lower) = value.quotientAndRemainder(dividingBy: 10_000)
        let fours = UInt64(upper) | UInt64(lower) << 32
        let hundreds = (fours &* 10_486) >> 20 & 0x0000_007f_0000_007f
        let twos = hundreds | (fours &- hundreds &* 100) << 16
        let tens = (twos &* 103) >> 10 & 0x000f_000f_000f_000f
        return tens | (twos &- tens &* 10) << 8
    }
}
