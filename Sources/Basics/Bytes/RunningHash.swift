/// A 64-bit hash of a sequence of words that depends on their order; the same on every machine.
///
/// It finds accidents, not forgeries: each step is a bijection of the state, so one changed word
/// always changes the value, and several do with probability 1 - 2^-64.
public struct RunningHash: Hashable, Sendable {
    @usableFromInline var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The hash of no words.
    public init() {}

    /// Adds the next word.
    @inlinable
    public mutating func add(_ word: UInt64) {
        state = (state ^ word) &* 0xD6E8_FEB8_6659_FD93
        state ^= state >> 32
    }

    /// Adds a text: its length in bytes, then its UTF-8, eight bytes a word.
    public mutating func add(_ text: String) { add(text.utf8) }

    /// Adds bytes: their number, then they, eight a word.
    public mutating func add(_ bytes: some Collection<UInt8>) {
        add(UInt64(bytes.count))
        var word: UInt64 = 0
        var held: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (8 * held)
            held += 1
            if held == 8 {
                add(word)
                word = 0
                held = 0
            }
        }
        if held > 0 { add(word) }
    }

    /// The hash of everything that was added.
    public var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 31)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 29)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 32)
    }
}
