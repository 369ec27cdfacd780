/// Speculative decoding: tokens are proposed behind the next one and run in the same step; those up
/// to the first wrong one are kept.
///
/// Proposals cost no time of their own, as from n-grams of the prompt; what they cost is their run.
package struct Speculation: Hashable, Sendable {
    /// Tokens proposed a step, at least 1.
    package var proposed: Int
    /// The chance that a proposed token is right where all before it are, 0...1.
    package var acceptance: Double

    package init(proposed: Int, acceptance: Double) {
        self.proposed = proposed
        self.acceptance = acceptance
    }

    /// How many of `proposed` tokens are kept in a step.
    func accepted(of proposed: Int, using random: inout some RandomNumberGenerator) -> Int {
        var kept = 0
        while kept < proposed, Double.random(in: 0..<1, using: &random) < acceptance { kept += 1 }
        return kept
    }
}
