// Public, as in `TimeBase`: the compiler inlines into other modules only what is.

/// A deterministic stream of random bits: xoshiro256** (Blackman and Vigna, 2018), its state filled
/// by splitmix64.
public struct RandomStream: RandomNumberGenerator, Hashable, Sendable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    /// The stream whose four state words are splitmix64's outputs from `seed`.
    public init(seed: UInt64) {
        self.init(
            state: (
                mix64(seed &+ goldenIncrement), mix64(seed &+ 2 &* goldenIncrement),
                mix64(seed &+ 3 &* goldenIncrement), mix64(seed &+ 4 &* goldenIncrement)
            ))
    }

    /// The stream with exactly these state words, not all zero.
    public init(state: (UInt64, UInt64, UInt64, UInt64)) {
        precondition(
            state.0 | state.1 | state.2 | state.3 != 0, "xoshiro256** never leaves the zero state")
        (s0, s1, s2, s3) = state
    }

    /// The next 64 bits.
    @inlinable
    public mutating func next() -> UInt64 {
        let result = Self.rotate(s1 &* 5, by: 7) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = Self.rotate(s3, by: 45)
        return result
    }

    @inlinable
    static func rotate(_ word: UInt64, by bits: UInt64) -> UInt64 {
        (word << bits) | (word >> (64 - bits))
    }
}
