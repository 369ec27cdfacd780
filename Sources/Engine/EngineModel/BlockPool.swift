/// Counts the fixed-size blocks that hold the keys and values of all sequences.
///
/// Blocks have no identity here: what a scheduler decides depends on how many are free, never on
/// which.
package struct BlockPool: Hashable, Sendable {
    /// Tokens that one block holds.
    package static let blockTokens = 16

    /// Blocks in all.
    package let total: Int
    /// Blocks that no sequence holds, 0...`total`.
    package private(set) var free: Int

    /// A pool of ⌊`capacityTokens` / 16⌋ blocks, all free.
    package init(capacityTokens: Int) {
        precondition(
            capacityTokens >= Self.blockTokens, "A key/value pool holds at least one block.")
        total = capacityTokens / Self.blockTokens
        free = total
    }

    /// Blocks held by sequences.
    package var used: Int { total - free }

    /// Blocks that `tokens` tokens of one sequence need.
    package static func blocks(for tokens: Int) -> Int {
        (tokens + blockTokens - 1) / blockTokens
    }

    /// Whether a sequence that needs `blocks` may be admitted: one hundredth of all blocks must
    /// stay free for the growth of those that run.
    package func admits(blocks: Int) -> Bool { (free - blocks) * 100 >= total }

    /// Tokens of the longest sequence that an empty pool admits.
    package var longestAdmissible: Int { (total - (total + 99) / 100) * Self.blockTokens }

    /// Takes `blocks` blocks; the caller has checked that they are free.
    package mutating func take(_ blocks: Int) {
        precondition(blocks >= 0 && blocks <= free, "Blocks are taken only while they are free.")
        free -= blocks
    }

    /// Gives `blocks` blocks back.
    package mutating func giveBack(_ blocks: Int) {
        precondition(blocks >= 0 && blocks <= used, "Only blocks that are held are given back.")
        free += blocks
    }
}
