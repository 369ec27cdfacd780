import Randomness

/// A stretch of tokens that is known by a seed: equal seeds are equal texts, and a shorter count of
/// one is a prefix of a longer one.
package struct TextPiece: Hashable, Sendable {
    package var seed: UInt64
    package var tokens: Int

    package init(seed: UInt64, tokens: Int) {
        self.seed = seed
        self.tokens = tokens
    }
}

/// The contents of the blocks of a text: a hash of each full block and of all before it, so that
/// equal hashes mean equal prefixes (as in vLLM's automatic prefix caching).
package struct BlockContents: Hashable, Sendable {
    /// One a full block, none 0.
    package private(set) var hashes: [UInt64] = []
    private var chain: UInt64 = 0x4C65_6761_746F
    /// Tokens of the block that is not yet full.
    private var filled = 0

    package init() {}

    package init(of pieces: some Sequence<TextPiece>) {
        for piece in pieces { append(piece) }
    }

    /// Adds a stretch. O(blocks).
    package mutating func append(_ piece: TextPiece) {
        var offset = 0
        while offset < piece.tokens {
            let count = min(BlockPool.blockTokens - filled, piece.tokens - offset)
            chain = mix64(chain ^ mix64(piece.seed &+ mix64(UInt64(offset) << 8 | UInt64(count))))
            filled += count
            offset += count
            if filled == BlockPool.blockTokens {
                hashes.append(max(1, chain))
                filled = 0
            }
        }
    }
}
