import Glibc

/// Lengths of answers that end by themselves: geometric with a given mean.
///
/// A model that ends its answer with the same probability after every token makes geometric
/// lengths; real ones are more varied, which is what recorded lengths are for.
package struct NaturalLength: Hashable, Sendable {
    /// Mean in tokens, at least 1.
    package let mean: Int

    package init(mean: Int) {
        precondition(mean >= 1, "An answer has at least one token.")
        self.mean = mean
    }

    /// Draws a length in tokens, at least 1.
    package func draw(using generator: inout some RandomNumberGenerator) -> Int {
        if mean == 1 { return 1 }
        let uniform = Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator)
        let length = 1 + (log(uniform) / log1p(-1 / Double(mean))).rounded(.down)
        return Int(min(length, Double(EngineOptions.largestTokens)))
    }
}

/// The SplitMix64 generator (Steele, Lea, Flood 2014): small, fast, and equal for equal seeds.
package struct EngineRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.scrambled(state)
    }

    /// A number that looks random and depends on both: the `index`-th of the stream of `seed`.
    package static func mixed(_ seed: UInt64, _ index: UInt64) -> UInt64 {
        scrambled(seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    }

    private static func scrambled(_ state: UInt64) -> UInt64 {
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
