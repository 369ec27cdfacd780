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
