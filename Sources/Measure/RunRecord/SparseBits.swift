/// A set of numbers of which many lie close together: a bit each, in words of 64 that are there
/// where they hold any.
struct SparseBits {
    private var words: [UInt32: UInt64] = [:]

    func contains(_ number: UInt32) -> Bool {
        words[number >> 6, default: 0] >> UInt64(number & 63) & 1 == 1
    }

    mutating func insert(_ number: UInt32) {
        words[number >> 6, default: 0] |= 1 << UInt64(number & 63)
    }
}
