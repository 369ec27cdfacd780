import SeededRandom
import Testing

@testable import Goodput

@Suite struct OrderStatisticsTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func selectionFindsEveryRank(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
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
    func countingEqualsSorting(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bits = Int.random(in: 1...62, using: &random)
        let gaps = (0..<Int.random(in: 1...500, using: &random)).map { _ in
            Int64.random(in: 1...(1 << Int64(bits)), using: &random)
        }
        let zeros = Int.random(in: 0...600, using: &random)
        let sorted = GapPercentiles(gaps: gaps.count, tokenZeros: zeros, eventZeros: 3) { body in
            gaps.forEach(body)
        }
        let counted = GapPercentiles(
            gaps: gaps.count, tokenZeros: zeros, eventZeros: 3, mostStored: 0
        ) { body in gaps.forEach(body) }
        #expect(sorted == counted)
        let all = (gaps + Array(repeating: 0, count: zeros)).sorted()
        #expect(isClose(counted.tokens?.p90, percentile(90, ofSorted: all)))
        #expect(counted.tokens?.max == Double(all[all.count - 1]))
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

    @Test func aCompensatedSumKeepsWhatPlainAdditionLoses() {
        var sum = CompensatedSum()
        for term in [1e100, 1, -1e100, 1] { sum.add(term) }
        #expect(sum.value == 2)
    }
}
