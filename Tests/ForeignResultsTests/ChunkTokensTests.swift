import Goodput
import Testing

@testable import ForeignResults

@Suite("Tokens of chunks")
struct ChunkTokensTests {
    private func events(_ chunks: Int, _ tokens: Int?) -> ([TokenEvent], ChunkCounts) {
        var counts = ChunkCounts()
        let times = (0..<chunks).map { Int64($0 * 10) }
        return (ChunkTokens.events(at: times, tokens: tokens, &counts), counts)
    }

    @Test("As many chunks as tokens: one each")
    func even() {
        let (events, counts) = events(3, 3)
        #expect(events == [0, 10, 20].map { TokenEvent(time: $0) })
        #expect(counts.even == 1 && counts.chunks == 3 && counts.tokens == 3)
    }

    @Test("Fewer chunks: round((j+1)n/m) − round(jn/m), ties to even")
    func fewer() {
        // 5/2 = 2.5 is 2.
        #expect(events(2, 5).0.map(\.count) == [2, 3])
        // 7/2 = 3.5 is 4.
        #expect(events(2, 7).0.map(\.count) == [4, 3])
        #expect(events(4, 10).0.map(\.count) == [2, 3, 3, 2])
        #expect(events(1, 9).0.map(\.count) == [9])
    }

    @Test("The rule adds up, and no chunk is without a token, for all small numbers")
    func sums() {
        for chunks in 1...24 {
            for tokens in 1...60 {
                let (events, _) = events(chunks, tokens)
                #expect(events.reduce(0) { $0 + Int($1.count) } == tokens)
                #expect(events.allSatisfy { $0.count > 0 })
                #expect(events.map(\.time) == events.map(\.time).sorted())
                #expect(events.first?.time == 0)
                if tokens > 1 { #expect(events.last?.time == Int64((chunks - 1) * 10)) }
            }
        }
    }

    @Test("More chunks than tokens: the first and the last keep theirs")
    func more() {
        let (events, counts) = events(21, 20)
        #expect(events.count == 20 && events.allSatisfy { $0.count == 1 })
        #expect(counts.more == 1)
        #expect(self.events(2, 1).0 == [TokenEvent(time: 0)])
    }

    @Test("Without a count a chunk is a token; without tokens nothing came")
    func uncounted() {
        #expect(events(4, nil).0.count == 4)
        #expect(events(4, nil).1.uncounted == 1)
        #expect(events(4, 0).0.isEmpty)
        #expect(events(0, 5).0.isEmpty)
    }

    @Test("A huge count costs no more than its chunks")
    func huge() {
        let (events, _) = events(3, Int(Int32.max))
        #expect(events.count == 3)
        #expect(events.reduce(0) { $0 + Int($1.count) } == Int(Int32.max))
    }
}
