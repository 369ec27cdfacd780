/// The splitmix64 output function: a bijection of 64 bits that spreads every input bit.
///
/// Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014, with the
/// constants of Vigna's splitmix64.
@inlinable
public func mix64(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// A hash of bytes, mixed in one after the other from `seed` on. For names, not against malice.
public func mix64(_ bytes: some Sequence<UInt8>, from seed: UInt64 = 0) -> UInt64 {
    bytes.reduce(seed) { mix64($0 ^ UInt64($1)) }
}

/// The increment of splitmix64: 2^64 divided by the golden ratio, odd.
@inlinable
public var goldenIncrement: UInt64 { 0x9E37_79B9_7F4A_7C15 }

/// The SplitMix64 generator (Steele, Lea, Flood 2014): small, fast, and equal for equal seeds.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    @usableFromInline var state: UInt64

    /// The stream of `seed`.
    @inlinable
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    @inlinable
    public mutating func next() -> UInt64 {
        state &+= goldenIncrement
        return mix64(state)
    }

    /// A number that looks random and depends on both: the `index`-th of the stream of `seed`.
    @inlinable
    public static func draw(_ index: UInt64, of seed: UInt64) -> UInt64 {
        mix64(seed &+ (index &+ 1) &* goldenIncrement)
    }
}
