import Gaming
import Goodput
import Randomness
import Testing

/// Drops by rule, at the best token, and at random.
@Suite struct DropPropertyTests {
    static let seeds: ClosedRange<UInt64> = 400...440

    @Test(arguments: seeds)
    func theRuleIsWhatTheEngineDoes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parameters = ScoringParameters.random(using: &random)
        let reader = try Reader(parameters)
        let requests = RequestTimes.random(count: 20, using: &random)
        let interval = try #require(try ServingInterval(over: requests))
        let figures = try Gameability(requests, parameters)
        let dropped = requests.map { $0.droppedByRule(for: reader) }
        let left = zip(dropped, requests).map { $0 ?? $1 }
        let plain = try PlainFigures(left, reader, over: interval)
        #expect(figures.missed == dropped.count { $0 != nil })
        #expect(isClose(figures.smooth.afterRule, plain.smooth))
        #expect(isClose(figures.goodput.recorded, plain.goodput))
        #expect(isClose(figures.experience.afterRule, plain.experience))
        #expect(isClose(figures.fluidity.afterRule, plain.fluidity))
        #expect(isClose(figures.gaps.afterRule, plain.gapsP99))
        let lost = zip(requests, left).map { $0.times.count - $1.times.count }.reduce(0, +)
        #expect(isClose(figures.goodput.freed, interval.rate(of: Double(lost))))
    }

    @Test(arguments: seeds)
    func theBestDropIsTheBestOfAll(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parameters = ScoringParameters.random(using: &random)
        let reader = try Reader(parameters)
        let requests = RequestTimes.random(count: 10, using: &random)
        let interval = try #require(try ServingInterval(over: requests))
        let best = try requests.map { request in
            try (0...request.times.count).map {
                try RequestScore(request.dropped(keeping: $0), for: reader).benefit
            }.reduce(RequestScore(request, for: reader).benefit, max)
        }
        let figures = try Gameability(requests, parameters)
        #expect(isClose(figures.smooth.afterBest, interval.rate(of: best.reduce(0, +))))
        // A random drop of any of them is no better.
        for _ in 0..<8 {
            let left = requests.map { request in
                Bool.random(using: &random)
                    ? request
                    : request.dropped(
                        keeping: Int.random(in: 0...request.times.count, using: &random))
            }
            let plain = try PlainFigures(left, reader, over: interval)
            let smooth = try #require(plain.smooth)
            let bound = try #require(figures.smooth.afterBest)
            #expect(smooth <= bound + 1e-9 * max(1, bound.magnitude))
        }
    }

    @Test(arguments: seeds)
    func noDropGainsUnderRobust(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for request in RequestTimes.random(count: 20, using: &random) {
            let figures = try Gameability([request], .robust)
            #expect(figures.smooth.afterBest == figures.smooth.recorded)
        }
    }

    /// Just below alpha* no drop gains, just above one does; alpha* never falls as S falls.
    @Test(arguments: seeds)
    func alphaIsWhereDropsBeginToPay(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters(
            readingSpeed: [1, 4, 8, 25, 100].randomElement(using: &random)!,
            anchor: Anchor.allCases.randomElement(using: &random)!,
            ttftBudget: Int64.random(in: 0...1_500_000_000, using: &random))
        let requests = RequestTimes.random(count: 10, using: &random)
        let weights = try Gameability(requests, parameters).robustFor
        #expect(weights.map(\.readingSpeed) == weights.map(\.readingSpeed).sorted())
        #expect(
            Set(weights.map(\.readingSpeed))
                == Set([2.5, 5, 10, 20, 50, parameters.readingSpeed]))
        for (slow, fast) in zip(weights, weights.dropFirst()) {
            #expect(slow.alpha ?? .infinity >= fast.alpha ?? .infinity)
        }
        for weight in weights {
            parameters.readingSpeed = weight.readingSpeed
            parameters.alpha = (weight.alpha ?? 1e6) * 0.999
            let below = try Gameability(requests, parameters).smooth
            #expect(isClose(below.afterBest, below.recorded))
            guard let alpha = weight.alpha else { continue }
            parameters.alpha = alpha * 1.001
            let above = try Gameability(requests, parameters).smooth
            #expect(try #require(above.afterBest) > #require(above.recorded))
        }
    }
}
