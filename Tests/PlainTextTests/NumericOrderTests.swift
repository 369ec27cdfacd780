import Testing

@testable import PlainText

@Suite struct NumericOrderTests {
    @Test func `numbers within names count by their value`() {
        let ordered = [
            "", "10", "a", "local-1", "local-2", "local-10", "node-02", "node-2", "node-2b",
            "node-2b3", "node-2b20", "node-010", "node-18446744073709551617", "nodes", "é1", "é2",
        ]
        #expect(ordered.shuffled().sorted { $0.precedesByNumber($1) } == ordered)
    }

    @Test func `of two texts that differ one goes first`() {
        let names = ["", "0", "00", "1", "01", "a0", "a00", "a", "b", "a1b", "a01b"]
        for one in names {
            for two in names {
                let orders = [one.precedesByNumber(two), two.precedesByNumber(one)]
                #expect(orders.count { $0 } == (one == two ? 0 : 1), "\(one) \(two)")
            }
        }
    }
}
