import Goodput
import Randomness
import Testing

@testable import Gaming

/// The 99th percentile from the largest values alone.
@Suite struct LargestValuesTests {
    @Test(arguments: [1, 2, 3, 99, 100, 101, 102, 201, 1_000, 5_001, 40_000])
    func thePercentileIsThatOfAllValues(count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        for kind in 0..<5 {
            let values = (0..<count).map { index -> Int64 in
                switch kind {
                case 0: Int64.random(in: 0...1_000_000, using: &random)
                case 1: Int64(index)
                case 2: Int64(count - index)
                case 3: Int64.random(in: 0...3, using: &random)
                default: index % 200 == 0 ? 9 : 0
                }
            }
            var largest = LargestValues(of: count)
            for value in values where value > 0 { largest.add(value) }
            largest.addZeros(values.count { $0 == 0 })
            let found = largest.p99()
            let p99 = try #require(found)
            #expect(p99.percentile == Percentiles(values)?.p99)
            let sorted = values.sorted()
            let place = InterpolatedRank(.p99, of: count)
            #expect(p99.greatest == sorted[place.weight > 0 ? place.upper : place.lower])
        }
    }

    @Test func withoutValuesThereIsNone() {
        var none = LargestValues(of: 10)
        let p99 = none.p99()
        #expect(p99 == nil)
    }

    /// Where more values come than were announced, the percentile is right or nil.
    @Test func aBrokenPromiseIsNoWrongFigure() {
        var given = 0
        for count in stride(from: 1, through: 3_000, by: 7) {
            var largest = LargestValues(of: 100)
            let values = (0..<count).map { Int64($0 * 7_919 % 3_001) }
            for value in values { largest.add(value) }
            guard let p99 = largest.p99()?.percentile else { continue }
            given += 1
            #expect(p99 == Percentiles(values)?.p99)
        }
        #expect(given < 3_000 / 7)
        #expect(given > 10)
    }
}
