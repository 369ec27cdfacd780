/// Whole numbers as bytes, small ones in one: seven bits a byte, the lowest first, the eighth bit
/// on all but the last; negative ones turned to odd numbers.
struct NumberStream {
    private(set) var bytes: [UInt8] = []

    /// - Precondition: The page's script counts in doubles, so that values are below 2^52.
    mutating func add(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value) << 1 ^ Int64(value) >> 63)
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func add(_ value: Int64) { add(Int(value)) }

    /// The values as differences to the one before.
    mutating func addRising(_ values: some Sequence<Int>) {
        var before = 0
        for value in values {
            add(value - before)
            before = value
        }
    }

    /// Amounts in thousandths, as differences; what is no number or beyond all reason is cut.
    mutating func addThousandths(_ values: some Sequence<Double>) {
        addRising(
            values.map { value in
                let cut = value.isNaN ? 0 : min(max(value, -1e12), 1e12)
                return Int((cut * 1_000).rounded())
            })
    }

    /// The numbers of another stream.
    mutating func add(_ other: NumberStream) { bytes += other.bytes }
}
