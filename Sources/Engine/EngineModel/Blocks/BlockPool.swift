/// The fixed-size blocks that hold the keys and values of all sequences.
///
/// A block is held by every sequence whose table it is in; blocks of equal contents may be shared.
/// A block that nobody holds keeps its contents until it is taken for others, least recently used
/// first, so that the prefix of a later prompt may find it again (vLLM's automatic prefix caching).
package struct BlockPool: Hashable, Sendable {
    /// Tokens that one block holds.
    package static let blockTokens = 16

    /// A block's number, 0..<`total`.
    package typealias Block = Int32

    /// Blocks in all.
    package let total: Int
    /// Blocks that no sequence holds, 0...`total`.
    package private(set) var free: Int

    /// The blocks that nobody holds, in a ring by neighbours: the next one to be taken first. The
    /// last element is the ring's seam, and no block.
    private var next: [Block]
    private var previous: [Block]
    /// How many sequences hold a block.
    private var holders: [Int32]
    /// The contents of a block, by ``BlockContents``; 0 for nothing that can be found again.
    private var contents: [UInt64]
    private var found: [UInt64: Block] = [:]

    /// A pool of ⌊`capacityTokens` / 16⌋ blocks, all free.
    package init(capacityTokens: Int) {
        precondition(
            capacityTokens >= Self.blockTokens, "A key/value pool holds at least one block.")
        total = capacityTokens / Self.blockTokens
        free = total
        next = (1...Block(total)).map { $0 } + [0]
        previous = [Block(total)] + (0..<Block(total)).map { $0 }
        holders = Array(repeating: 0, count: total)
        contents = Array(repeating: 0, count: total)
    }

    /// Blocks held by sequences.
    package var used: Int { total - free }

    /// Blocks that `tokens` tokens of one sequence need.
    package static func blocks(for tokens: Int) -> Int {
        (tokens + blockTokens - 1) / blockTokens
    }

    /// Whether a sequence that takes `blocks` free blocks may be admitted: one hundredth of all
    /// blocks must stay free for the growth of those that run.
    package func admits(blocks: Int) -> Bool { (free - blocks) * 100 >= total }

    /// Tokens of the longest sequence that an empty pool admits.
    package var longestAdmissible: Int { (total - (total + 99) / 100) * Self.blockTokens }

    /// Takes `count` blocks onto the end of a table; the caller has checked that they are free.
    /// O(`count`).
    package mutating func take(_ count: Int, onto table: inout [Block]) {
        precondition(count >= 0 && count <= free, "Blocks are taken only while they are free.")
        for _ in 0..<count {
            let block = next[total]
            unlink(block)
            let place = Int(block)
            if contents[place] != 0 {
                found[contents[place]] = nil
                contents[place] = 0
            }
            holders[place] = 1
            table.append(block)
        }
    }

    /// Gives back all blocks of a table, its end first, and empties it. O(blocks).
    package mutating func giveBack(_ table: inout [Block]) {
        for block in table.reversed() {
            let place = Int(block)
            precondition(holders[place] > 0, "Only blocks that are held are given back.")
            holders[place] -= 1
            if holders[place] == 0 { link(block) }
        }
        table.removeAll(keepingCapacity: true)
    }

    /// Says what a full block contains, so that others may find it; the first of equal ones is
    /// found.
    package mutating func name(_ block: Block, _ content: UInt64) {
        let place = Int(block)
        guard content != 0, contents[place] == 0, found[content] == nil else { return }
        contents[place] = content
        found[content] = block
    }

    /// How many of the first blocks of `wanted` are there, and how many of those nobody holds.
    package func prefix(of wanted: some Collection<UInt64>) -> (blocks: Int, unheld: Int) {
        var result = (blocks: 0, unheld: 0)
        for content in wanted {
            guard let block = found[content] else { break }
            result.blocks += 1
            if holders[Int(block)] == 0 { result.unheld += 1 }
        }
        return result
    }

    /// Puts the blocks of these contents, which are all there, onto a table.
    package mutating func share(_ wanted: some Collection<UInt64>, onto table: inout [Block]) {
        for content in wanted {
            guard let block = found[content] else {
                preconditionFailure("Only contents that are there are shared.")
            }
            if holders[Int(block)] == 0 { unlink(block) }
            holders[Int(block)] += 1
            table.append(block)
        }
    }

    /// How many sequences hold each block, for checks.
    var heldCounts: [Int32] { holders }

    private mutating func unlink(_ block: Block) {
        let (before, after) = (previous[Int(block)], next[Int(block)])
        next[Int(before)] = after
        previous[Int(after)] = before
        free -= 1
    }

    /// Puts a block at the end of those to be taken.
    private mutating func link(_ block: Block) {
        let last = previous[total]
        next[Int(last)] = block
        previous[Int(block)] = last
        next[Int(block)] = Block(total)
        previous[total] = block
        free += 1
    }
}
