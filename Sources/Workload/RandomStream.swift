/// The splitmix64 output function: a bijection of 64 bits that spreads every input bit.
///
/// Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014, with the
/// constants of Vigna's splitmix64.
@inlinable
package func mix64(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// The increment of splitmix64: 2^64 divided by the golden ratio, odd.
@inlinable
package var goldenIncrement: UInt64 { 0x9E37_79B9_7F4A_7C15 }

/// A deterministic stream of random bits: xoshiro256** (Blackman and Vigna, 2018), its state filled
/// by splitmix64.
///
/// Everything random in a plan comes from named sub-streams of one seed, so that a change to one
/// class, stage or session moves no draw of another.
package struct RandomStream: RandomNumberGenerator, Hashable, Sendable {
    /// What a sub-stream is for. Raw values are part of every plan: never renumber.
    package enum Purpose: UInt64, Sendable, CaseIterable {
        /// Gaps between arrivals of a stage.
        case arrivals = 1
        /// Which class each session of a stage belongs to.
        case classChoice = 2
        /// Lengths, turns and think times of one session of a class.
        case session = 3
        /// Prompt tokens of one session of a class.
        case sessionPrompt = 4
        /// Prompt tokens of a class's shared prefix.
        case prefixPrompt = 5
        /// Prompt tokens of a trace's prefix block.
        case blockPrompt = 6
        /// Offsets of a trace's arrivals within one tick.
        case spread = 7
        /// Which of its class's models one session asks for.
        case model = 8
    }

    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// The stream whose four state words are splitmix64's outputs from `seed`.
    package init(seed: UInt64) {
        self.init(
            state: (
                mix64(seed &+ goldenIncrement), mix64(seed &+ 2 &* goldenIncrement),
                mix64(seed &+ 3 &* goldenIncrement), mix64(seed &+ 4 &* goldenIncrement)
            ))
    }

    /// The stream with exactly these state words, not all zero.
    package init(state: (UInt64, UInt64, UInt64, UInt64)) {
        precondition(
            state.0 | state.1 | state.2 | state.3 != 0, "xoshiro256** never leaves the zero state")
        (s0, s1, s2, s3) = state
    }

    /// The sub-stream of `seed` for `purpose`, `scope` (a stage or class) and `index` within it.
    package init(seed: UInt64, purpose: Purpose, scope: UInt64 = 0, index: UInt64 = 0) {
        self.init(seed: Self.key(seed: seed, purpose: purpose, scope: scope, index: index))
    }

    /// 64 bits that name a sub-stream; also the seed of a ``PromptSegment``.
    package static func key(
        seed: UInt64, purpose: Purpose, scope: UInt64 = 0, index: UInt64 = 0
    ) -> UInt64 {
        var key = mix64(seed &+ goldenIncrement)
        key = mix64((key ^ purpose.rawValue) &+ goldenIncrement)
        key = mix64((key ^ scope) &+ goldenIncrement)
        return mix64((key ^ index) &+ goldenIncrement)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
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

    private static func rotate(_ word: UInt64, by bits: UInt64) -> UInt64 {
        (word << bits) | (word >> (64 - bits))
    }
}

/// A stable 64-bit name of a text (FNV-1a over its UTF-8, then mixed): scopes sub-streams by a
/// class's name, so that classes may be reordered or inserted without moving each other's draws.
package func streamScope(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mix64(hash)
}
