import Randomness
import Testing

@testable import Goodput

/// Rules that hold for the totals of any set of requests.
@Suite struct RunPropertyTests {
    static let seeds: ClosedRange<UInt64> = 100...130

    @Test(arguments: seeds)
    func theTimelineAddsUpToTheBenefits(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = RequestTimes.random(count: 30, using: &random)
        let reader = try Reader(.random(using: &random))
        let scoring = try Scoring(requests, for: reader)
        let totals = scoring.totals
        #expect(isClose(totals.timeline?.smooth.reduce(0, +), totals.benefit))
        #expect(isClose(scoring.requests.map(\.benefit).reduce(0, +), totals.benefit))
        let below = scoring.requests.map(\.benefit).filter { $0 < 0 }.reduce(0, +)
        #expect(isClose(totals.negativeBenefit, below))
    }

    @Test(arguments: seeds)
    func theOrderOfRequestsDoesNotMatter(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = RequestTimes.random(count: 30, using: &random)
        let reader = try Reader(.random(using: &random))
        let straight = try Scoring(requests, for: reader).totals
        let shuffled = try Scoring(requests.shuffled(using: &random), for: reader).totals
        #expect(isClose(straight.smoothGoodput, shuffled.smoothGoodput))
        #expect(isClose(straight.qoe, shuffled.qoe))
        #expect(straight.tbt == shuffled.tbt)
        #expect(straight.interChunk == shuffled.interChunk)
        #expect(straight.ttft == shuffled.ttft)
        #expect(straight.idle == shuffled.idle)
        #expect(straight.outcomes == shuffled.outcomes)
    }

    /// A shift of all times, as far as 2^62 ns, changes nothing at all.
    @Test(arguments: [1, 1_000_000_000_000_000, 1 << 62, -(1 << 62)] as [Int64])
    func aShiftInTimeChangesNothing(shift: Int64) throws {
        var random = SplitMix64(seed: 7)
        let requests = RequestTimes.random(count: 40, using: &random)
        let reader = try Reader(.random(using: &random))
        let moved = requests.map { request in
            var request = request
            request.scheduled += shift
            request.finish += shift
            for index in request.tokens.indices { request.tokens[index].time += shift }
            return request
        }
        let here = try Scoring(requests, for: reader)
        let there = try Scoring(moved, for: reader)
        #expect(here.requests == there.requests)
        #expect(here.totals.smoothGoodput == there.totals.smoothGoodput)
        #expect(here.totals.timeline?.smooth == there.totals.timeline?.smooth)
    }

    /// Times, budgets and objectives three times as long and a reader three times as slow: the
    /// benefits stay, the rates are a third.
    @Test(arguments: seeds)
    func aSlowerWorldScoresTheSame(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = RequestTimes.random(count: 30, using: &random)
        let slow = requests.map { request in
            RequestTimes(
                id: request.id, scheduled: request.scheduled * 4,
                tokens: request.tokens.map { TokenEvent(time: $0.time * 4, count: $0.count) },
                finish: request.finish * 4, outcome: request.outcome)
        }
        // 25 and 100 ms a token: no rounding of V.
        let fast = try Scoring(
            requests, for: Reader(ScoringParameters(readingSpeed: 40, ttftBudget: 500_000_000)))
        let scaled = try Scoring(
            slow, for: Reader(ScoringParameters(readingSpeed: 10, ttftBudget: 2_000_000_000)))
        for (a, b) in zip(fast.requests, scaled.requests) {
            #expect(isClose(a.benefit, b.benefit))
            #expect(a.deadlinesMet == b.deadlinesMet)
            #expect(isClose(a.fluidity, b.fluidity))
            #expect(isClose(a.qoe, b.qoe))
        }
        #expect(isClose(fast.totals.smoothGoodput, scaled.totals.smoothGoodput.map { $0 * 4 }))
    }

    @Test(arguments: seeds)
    func robustLiesBetweenZeroAndThroughput(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let totals = try Scoring(
            RequestTimes.random(count: 30, using: &random), for: Reader(.robust)
        ).totals
        let smooth = try #require(totals.smoothGoodput)
        #expect(smooth >= 0)
        #expect(smooth <= totals.throughput ?? 0)
        #expect(totals.negativeBenefit == 0)
    }

    /// `step` with `void` is goodput ([SG] eq. 7).
    @Test(arguments: seeds)
    func stepIsGoodput(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(ScoringParameters(penalty: .step, incomplete: .void))
        let totals = try Scoring(
            RequestTimes.random(count: 30, using: &random), for: reader
        ).totals
        #expect(isClose(totals.smoothGoodput, totals.goodput))
    }

    /// With alpha 0 the penalty is not even evaluated.
    @Test func alphaZeroIsThroughput() throws {
        var random = SplitMix64(seed: 3)
        let reader = try Reader(
            ScoringParameters(alpha: 0, penalty: .exponential(tau: 1e-300)))
        let totals = try Scoring(
            RequestTimes.random(count: 30, using: &random), for: reader
        ).totals
        #expect(totals.smoothGoodput == totals.throughput)
    }

    @Test func noRequestsHaveNoFigures() throws {
        let totals = try Scoring([], for: Reader(.default)).totals
        #expect(totals == RunTotals())
        #expect(totals.smoothGoodput == nil && totals.sloAttainment == nil)
    }
}
