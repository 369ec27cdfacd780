import Goodput
import Randomness
import Testing

@testable import ToolRules

@Suite("Latencies between tokens by every rule") struct InterTokenTests {
    private func figures(
        _ requests: [RequestTimes], suspect: (RequestTimes) -> Int? = { _ in nil },
        withoutStreams: Set<Int> = [], mostStored: Int = 1 << 20
    ) throws -> (figures: InterTokenFigures, askedAgain: Bool) {
        let streamed = requests.filter { request in
            suspect(request).map { !withoutStreams.contains($0) } ?? true
        }
        let totals = try Scoring(streamed, for: Reader(.default)).totals
        var tally = InterTokenTally(suspects: 2, mostStored: mostStored)
        for request in requests { tally.add(request, suspect: suspect(request)) }
        let asksAgain = tally.close(withoutStreams: withoutStreams)
        if asksAgain {
            for request in requests { tally.addGaps(of: request, suspect: suspect(request)) }
        }
        return (tally.figures(beside: totals), asksAgain)
    }

    @Test("Two streams by hand: each rule has its own values")
    func worked() throws {
        // Gaps 10 of one token, 31 of three (11 + 10 + 10), 20 of one, and a stream of one event.
        let requests = [
            SmallRun.request(0, [(0, 2), (10, 1), (41, 3)]),
            SmallRun.request(1, [(5, 1), (25, 1)]),
            SmallRun.request(2, [(7, 4)]),
        ]
        let all = try figures(requests).figures
        func values(_ rule: InterTokenRule) -> [Double] {
            [all[rule]?.p50, all[rule]?.mean].map { ($0 ?? .nan) / 1e6 }
        }
        #expect(values(.eventGaps) == [20, 61.0 / 3])
        // 0, 10, 0, 0, 31; 20; and three zeros of the third.
        #expect(all[.tokenGaps]?.count == 10 - 1)
        #expect(isClose(all[.tokenGaps]?.p50, 0))
        // 10, 31/3 three times, 20: in whole ns that add up.
        #expect(all[.spread]?.count == 5)
        #expect(isClose(all[.spread]?.p50, 10_333_333))
        #expect(isClose(all[.spread]?.mean, 61e6 / 5))
        // 41/5, 20/1 and 0/3.
        #expect(values(.requestMeans) == [8.2, (8.2 + 20) / 3])
        // 41/2 and 20.
        #expect(values(.requestEventMeans) == [20.25, 20.25])
    }

    @Test("With one token an event the rules by events and by tokens agree, and nothing is asked")
    func single() throws {
        let requests = (0..<6).map { index in
            SmallRun.request(index, (0..<20).map { (Int64($0 * $0 + index), 1) })
        }
        let (all, askedAgain) = try figures(requests, mostStored: 3)
        #expect(!askedAgain)
        #expect(all[.spread] == all[.eventGaps] && all[.tokenGaps] == all[.eventGaps])
        #expect(all[.requestMeans] == all[.requestEventMeans])
        #expect(try figures([]).figures[.spread] == nil)
    }

    @Test(
        "Random streams: the spread is that of the definition", arguments: 0..<20 as Range<UInt64>)
    func definition(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = (0..<12).map { id in
            var at: Int64 = 0
            let events = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                at += Int64.random(in: 0...1_000, using: &random)
                return TokenEvent(time: at, count: UInt32.random(in: 1...4, using: &random))
            }
            return RequestTimes(id: id, scheduled: 0, tokens: events, finish: at)
        }
        var spread: [Int64] = []
        for request in requests {
            for (before, event) in zip(request.tokens, request.tokens.dropFirst()) {
                // Token j of k comes at floor(j·gap/k) as good as anywhere: sums must agree.
                let gap = event.time - before.time
                let tokens = Int64(event.count)
                let pieces = (0..<tokens).map {
                    $0 < gap % tokens ? gap / tokens + 1 : gap / tokens
                }
                #expect(pieces.reduce(0, +) == gap)
                spread += pieces
            }
        }
        let expected = Percentiles(spread)
        for most in [7, 1 << 20] {
            let (all, _) = try figures(requests, mostStored: most)
            #expect(all[.spread]?.count == expected?.count)
            for (a, b) in [
                (all[.spread]?.p50, expected?.p50), (all[.spread]?.p90, expected?.p90),
                (all[.spread]?.p99, expected?.p99), (all[.spread]?.mean, expected?.mean),
            ] { #expect(isClose(a, b)) }
        }
    }

    @Test("A huge count costs nothing, and streams that came at once are left out")
    func hugeAndSuspect() throws {
        let huge = SmallRun.request(0, [(0, 1), (4_000, 4_000_000_000)])
        let all = try figures([huge]).figures
        #expect(all[.spread]?.p50 == 1 && all[.spread]?.count == 4_000_000_000)
        let honest = SmallRun.request(1, [(0, 1), (30, 2)])
        let (left, _) = try figures(
            [huge, honest], suspect: { $0.id == 0 ? 4 : nil }, withoutStreams: [4], mostStored: 0)
        #expect(left[.spread]?.count == 2 && left[.spread]?.p99 == 15e6)
        #expect(left[.requestEventMeans]?.mean == 30e6)
    }
}
