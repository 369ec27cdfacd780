import Randomness
import Testing

@testable import Goodput

@Suite struct OrderStatisticsTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func selectionFindsEveryRank(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let spread: Int64 = [1, 3, 1000, .max].randomElement(using: &random)!
        let values = (0..<Int.random(in: 1...300, using: &random)).map { _ in
            Int64.random(in: 0...spread, using: &random)
        }
        let sorted = values.sorted()
        for rank in [0, values.count / 2, values.count * 99 / 100, values.count - 1] {
            var copy = values
            let found = copy.withUnsafeMutableBufferPointer { $0.select(rank: rank) }
            #expect(found == sorted[rank])
            #expect(copy.sorted() == sorted)
        }
    }

    /// Orders that defeat a naive choice of the pivot.
    @Test func selectionCopesWithSortedAndOrganPipeOrders() {
        let ascending = Array(Int64(0)..<5000)
        for values in [ascending, ascending.reversed(), ascending + ascending.reversed()] {
            var copy = values
            let found = copy.withUnsafeMutableBufferPointer { $0.select(rank: 1234) }
            #expect(found == values.sorted()[1234])
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func selectionPlacesSeveralRanks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = (0..<Int.random(in: 1...200, using: &random)).map { _ in
            Int64.random(in: 0...99, using: &random)
        }
        let ranks = Set(
            (0..<6).map { _ in Int.random(in: 0..<values.count, using: &random) }
        ).sorted()
        var copy = values
        copy.withUnsafeMutableBufferPointer { $0.select(ranks: ranks[...]) }
        #expect(ranks.map { copy[$0] } == ranks.map { values.sorted()[$0] })
        #expect(copy.sorted() == values.sorted())
    }

    @Test func percentilesInterpolateAsNumpyDoes() {
        // numpy.percentile([1, 2, 4, 8, 16], [50, 90, 99])
        let five = Percentiles([16, 1, 8, 2, 4] as [Int64])
        #expect(five?.p50 == 4)
        #expect(isClose(five?.p90, 12.8))
        #expect(isClose(five?.p99, 15.68))
        #expect(five?.mean == 6.2)
        #expect(Percentiles([] as [Int64]) == nil)
        #expect(Percentiles([2.5])?.p99 == 2.5)
    }

    @Test func anyPercentileIsFoundBesideTheThree() throws {
        let ranks = try PercentileRanks(parsing: "99.9, p95,50,0,100,2.5")
        #expect(ranks.ranks.map(\.number) == ["0", "2.5", "50", "95", "99.9", "100"])
        let values = (0..<1_000).map { Int64($0 * $0) }
        let figures = try #require(Percentiles(values.reversed(), ranks: ranks))
        for (rank, q) in zip(ranks.ranks, [0, 2.5, 50, 95, 99.9, 100]) {
            #expect(isClose(figures[rank], percentile(q, ofSorted: values)))
        }
        #expect(figures[PercentileRank(thousandths: 12_000)] == nil)
        #expect(figures.p90 == Percentiles(values)?.p90)
    }

    @Test(arguments: [
        ("50", "p50", "p50"), ("99.9", "p99.9", "p999"), ("99.99", "p99.99", "p9999"),
        ("99.990", "p99.99", "p9999"), ("9.9", "p9.9", "p9.9"), ("100", "p100", "p100"),
        ("0", "p0", "p0"), ("2.5", "p2.5", "p2.5"),
    ])
    func aPercentileHasOneName(text: String, title: String, name: String) {
        #expect(PercentileRank(text)?.title == title)
        #expect(PercentileRank(text)?.name == name)
    }

    @Test(arguments: [
        "", "50,", ",", "abc", "101", "100.1", "-1", "1e2", "nan", "99.9999", "50;90", "5.", ".5",
        "+5", "1000", "0x10",
    ])
    func whatIsNoPercentileIsNamed(text: String) {
        #expect(throws: PercentileError.self) { try PercentileRanks(parsing: text) }
    }

    @Test func moreThanATableHoldsAreRefused() throws {
        #expect(throws: PercentileError.tooMany(9)) {
            try PercentileRanks(parsing: "1,2,3,4,5,6,7,8,9")
        }
        #expect(try PercentileRanks(parsing: "1,2,3,4,5,6,7,8,8").ranks.count == 8)
    }

    @Test func aCompensatedSumKeepsWhatPlainAdditionLoses() {
        var sum = CompensatedSum()
        for term in [1e100, 1, -1e100, 1] { sum.add(term) }
        #expect(sum.value == 2)
    }
}
