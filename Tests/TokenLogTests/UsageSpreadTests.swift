import Randomness
import Testing
import TimeBase
import TokenLog

@Suite struct UsageSpreadTests {
    private func events(_ counts: [UInt16]) -> [TokenRecord] {
        counts.enumerated().map {
            TokenRecord(
                stamp: LocalInstant(ns: Int64($0.offset)), request: 1, count: $0.element,
                kind: .content, source: .kernel)
        }
    }

    @Test(arguments: [
        (usage: 4, events: 4, expected: [1, 1, 1, 1]), (6, 4, [2, 1, 2, 1]), (7, 3, [3, 2, 2]),
        (2, 4, [1, 0, 1, 0]), (1, 3, [1, 0, 0]), (0, 2, [0, 0]),
    ])
    func workedExamples(usage: Int, events count: Int, expected: [Int]) {
        let spread = spread(
            usage: UInt32(usage), over: events([UInt16](repeating: 1, count: count)))
        var counts = [Int](repeating: 0, count: count)
        for token in spread { counts[Int(token.stamp.ns)] += Int(token.count) }
        #expect(counts == expected)
        #expect(spread.allSatisfy { $0.count > 0 })
    }

    @Test func aSumThatAgreesLeavesTheEventsAlone() {
        let uneven = events([3, 1, 1])
        #expect(spread(usage: 5, over: uneven) == uneven)
    }

    @Test func noEventsTakeNoTokens() { #expect(spread(usage: 5, over: []).isEmpty) }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func sumsAndShares(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let count = Int.random(in: 1...50, using: &generator)
        let usage = UInt32.random(in: 0...500_000, using: &generator)
        let spread = spread(usage: usage, over: events([UInt16](repeating: 1, count: count)))
        #expect(spread.reduce(0) { $0 + Int($1.count) } == Int(usage))
        var shares = [Int](repeating: 0, count: count)
        for token in spread { shares[Int(token.stamp.ns)] += Int(token.count) }
        #expect(shares.max()! - shares.min()! <= 1)
        #expect(usage == 0 || shares[0] > 0)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func eventsThatShareARecordGetWhatTheyGotApart(_ seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var apart: [TokenRecord] = []
        var joined: [TokenRecord] = []
        for stamp in 0..<Int.random(in: 1...20, using: &generator) {
            let events = UInt16.random(in: 1...9, using: &generator)
            let record = TokenRecord(
                stamp: LocalInstant(ns: Int64(stamp)), request: 1, count: events, events: events,
                kind: .content, source: .kernelJoined)
            joined.append(record)
            for count in record.eventCounts {
                #expect(count == 1)
                var single = record
                (single.count, single.events) = (count, 1)
                apart.append(single)
            }
        }
        let usage = UInt32.random(in: 0...400, using: &generator)
        func byStamp(_ records: [TokenRecord]) -> [Int64: [Int]] {
            records.reduce(into: [:]) { sums, record in
                sums[record.stamp.ns, default: []] += [Int(record.count)]
            }
        }
        let sums = byStamp(spread(usage: usage, over: joined))
        let singles = byStamp(spread(usage: usage, over: apart))
        #expect(sums.mapValues { $0.reduce(0, +) } == singles.mapValues { $0.reduce(0, +) })
        for record in spread(usage: usage, over: joined) {
            #expect(record.events == UInt16(singles[record.stamp.ns]!.count))
        }
    }
}
