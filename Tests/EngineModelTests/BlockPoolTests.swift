import Randomness
import Testing

@testable import EngineModel

@Suite("Key/value blocks")
struct BlockPoolTests {
    @Test("A pool has as many blocks as fit the capacity, and part blocks count whole")
    func sizes() {
        let pool = BlockPool(capacityTokens: 16 * 100 + 15)
        #expect(pool.total == 100 && pool.free == 100 && pool.used == 0)
        #expect([0, 1, 16, 17, 32].map(BlockPool.blocks(for:)) == [0, 1, 1, 2, 2])
    }

    @Test("One hundredth of the blocks stays free at admission")
    func watermark() {
        var pool = BlockPool(capacityTokens: 16 * 200)
        #expect(pool.admits(blocks: 198) && !pool.admits(blocks: 199))
        #expect(pool.longestAdmissible == 198 * 16)
        var table: [BlockPool.Block] = []
        pool.take(150, onto: &table)
        #expect(pool.admits(blocks: 48) && !pool.admits(blocks: 49))
        #expect(table.count == 150 && Set(table).count == 150)
        pool.giveBack(&table)
        #expect(table.isEmpty && pool.free == 200)
    }

    @Test("The longest admissible sequence is admitted, one block more is not")
    func longest() {
        for total in 1...500 {
            let pool = BlockPool(capacityTokens: total * 16 + 15)
            #expect(pool.total == total)
            let longest = pool.longestAdmissible / 16
            #expect(pool.admits(blocks: longest))
            #expect(!pool.admits(blocks: longest + 1))
        }
    }

    @Test("Contents are found until their blocks are needed, least recently used first")
    func cache() {
        var pool = BlockPool(capacityTokens: 16 * 4)
        var first: [BlockPool.Block] = []
        pool.take(2, onto: &first)
        pool.name(first[0], 11)
        pool.name(first[1], 12)
        #expect(pool.prefix(of: [11, 12, 13]) == (2, 0))
        let held = first
        pool.giveBack(&first)
        #expect(pool.prefix(of: [11, 12]) == (2, 2) && pool.free == 4)

        var shared: [BlockPool.Block] = []
        pool.share([11, 12], onto: &shared)
        #expect(shared == held && pool.free == 2)
        var again: [BlockPool.Block] = []
        pool.share([11], onto: &again)
        pool.giveBack(&shared)
        #expect(pool.prefix(of: [11, 12]) == (2, 1), "one is held by another, one by nobody")

        // Two blocks that never held anything go first, then the least recently used.
        var taken: [BlockPool.Block] = []
        pool.take(2, onto: &taken)
        #expect(pool.prefix(of: [11, 12]).blocks == 2)
        pool.take(1, onto: &taken)
        #expect(pool.prefix(of: [11, 12]).blocks == 1)
        #expect(pool.free == 0)
    }

    @Test("The end of a sequence is taken for others before its begin")
    func endGoesFirst() {
        var pool = BlockPool(capacityTokens: 16 * 3)
        var table: [BlockPool.Block] = []
        pool.take(3, onto: &table)
        for (block, content) in zip(table, [21, 22, 23] as [UInt64]) { pool.name(block, content) }
        pool.giveBack(&table)
        pool.take(1, onto: &table)
        #expect(pool.prefix(of: [21, 22, 23]).blocks == 2)
    }

    @Test("Of equal contents the first block is found, and a block keeps its first name")
    func equalContents() {
        var pool = BlockPool(capacityTokens: 16 * 4)
        var table: [BlockPool.Block] = []
        pool.take(2, onto: &table)
        pool.name(table[0], 5)
        pool.name(table[1], 5)
        pool.name(table[0], 6)
        var shared: [BlockPool.Block] = []
        pool.share([5], onto: &shared)
        #expect(shared == [table[0]])
        #expect(pool.prefix(of: [6]).blocks == 0)
    }
}

@Suite("Contents of blocks")
struct BlockContentsTests {
    @Test("Equal prefixes have equal hashes, and no others")
    func prefixes() {
        func hashes(_ pieces: [(UInt64, Int)]) -> [UInt64] {
            BlockContents(of: pieces.map { TextPiece(seed: $0, tokens: $1) }).hashes
        }
        let short = hashes([(1, 40), (2, 24)])
        #expect(short.count == 4)
        // A shorter count of a seed is a prefix of a longer one.
        #expect(hashes([(1, 100)]).prefix(2) == short.prefix(2))
        #expect(hashes([(1, 100)])[2] != short[2])
        // The same block behind another prefix is another.
        #expect(hashes([(3, 16), (1, 40)])[1] != short[0])
        #expect(hashes([(1, 40), (2, 24), (4, 15)]) == short, "a part block has no hash")
        #expect(hashes([(1, 40), (2, 23)]) == Array(short.prefix(3)))
        #expect(Set(short).count == 4 && !short.contains(0))
    }

    @Test("Pieces of nothing change nothing")
    func empty() {
        #expect(BlockContents(of: []).hashes.isEmpty)
        let whole = BlockContents(of: [.init(seed: 1, tokens: 32)])
        #expect(
            BlockContents(of: [.init(seed: 9, tokens: 0), .init(seed: 1, tokens: 32)]) == whole)
    }
}
