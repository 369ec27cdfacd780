import Testing

@testable import EngineModel

@Suite("Block pool")
struct BlockPoolTests {
    @Test(arguments: [(0, 0), (1, 1), (15, 1), (16, 1), (17, 2), (32, 2), (33, 3)])
    func roundsUp(tokens: Int, blocks: Int) {
        #expect(BlockPool.blocks(for: tokens) == blocks)
    }

    @Test("Admission leaves one hundredth of all blocks free")
    func watermark() {
        var pool = BlockPool(capacityTokens: 200 * 16)
        #expect(pool.admits(blocks: 198))
        #expect(!pool.admits(blocks: 199))
        #expect(pool.longestAdmissible == 198 * 16)
        pool.take(100)
        #expect(pool.admits(blocks: 98))
        #expect(!pool.admits(blocks: 99))
        pool.giveBack(1)
        #expect(pool.admits(blocks: 99))
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
}
