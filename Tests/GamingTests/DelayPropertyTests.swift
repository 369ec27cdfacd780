import Gaming
import Goodput
import Randomness
import Testing

/// No delay beats what is said of any delay.
@Suite struct DelayPropertyTests {
    static let seeds: ClosedRange<UInt64> = 200...230

    @Test(arguments: seeds)
    func noDelayRaisesABenefitFromTheArrival(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters.random(using: &random)
        parameters.anchor = .arrival
        let reader = try Reader(parameters)
        for request in RequestTimes.random(count: 20, using: &random) {
            let recorded = try RequestScore(request, for: reader)
            let delayed = try RequestScore(
                request.delayedAtRandom(using: &random), for: reader)
            #expect(delayed.benefit <= recorded.benefit)
        }
        let requests = RequestTimes.random(count: 10, using: &random)
        let figures = try Gameability(requests, parameters)
        #expect(figures.smooth.any == figures.smooth.recorded)
        #expect(figures.goodput.any == figures.goodput.recorded)
        #expect(figures.hold == nil)
    }

    @Test(arguments: seeds)
    func anyDelayBoundsEachOfThem(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parameters = ScoringParameters.random(using: &random)
        let reader = try Reader(parameters)
        let requests = RequestTimes.random(count: 20, using: &random)
        let interval = try #require(try ServingInterval(over: requests))
        let figures = try Gameability(requests, parameters)
        let recorded = try PlainFigures(requests, reader, over: interval)
        #expect(isClose(figures.smooth.recorded, recorded.smooth))
        #expect(isClose(figures.goodput.recorded, recorded.goodput))
        #expect(figures.classic.recorded == recorded.classicMet)
        #expect(figures.classic.any >= figures.classic.paced)
        for _ in 0..<8 {
            let delayed = try PlainFigures(
                requests.map { $0.delayedAtRandom(using: &random) }, reader, over: interval)
            func expect(_ figure: Double?, isAtMost bound: Double?, _ name: String) {
                guard let figure, let bound else { return }
                #expect(figure <= bound + 1e-9 * max(1, bound.magnitude), "\(name)")
            }
            expect(delayed.smooth, isAtMost: figures.smooth.any, "smooth")
            expect(delayed.goodput, isAtMost: figures.goodput.any, "goodput")
            expect(delayed.experience, isAtMost: figures.experience.any, "qoe")
            #expect(delayed.classicMet <= figures.classic.any)
        }
    }

    /// The delays that reach the bounds: all tokens but the last held as long as the first may be,
    /// or the last one withheld.
    @Test(arguments: seeds)
    func theBoundsAreReached(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters.random(using: &random)
        // No penalty of centuries is a number.
        parameters.penalty = .fraction(tau: 1)
        let objectives = parameters.objectives
        parameters.objectives.ttft = objectives.ttft ?? 3_000_000_000
        let limit = parameters.objectives.ttft ?? 0
        let reader = try Reader(parameters)
        let requests = RequestTimes.random(count: 20, using: &random)
        let figures = try Gameability(requests, parameters)
        var met = 0
        var experience: [Double] = []
        for request in requests {
            let recorded = try RequestScore(request, for: reader)
            guard request.isStreamed, !request.tokens.isEmpty else {
                met += recorded.classicMet ? 1 : 0
                if let figure = recorded.qoe { experience.append(figure) }
                continue
            }
            let times = request.times
            let start = min(
                max(times[0], request.scheduled + limit), max(times[times.count - 1], times[0]))
            // Released from the latest allowed start on, one longest gap after the other.
            let gap = objectives.tbt ?? 0
            let last = times[times.count - 1]
            let spread = times.indices.map { index in
                min(last, max(times[index], start + gap * Int64(index)))
            }
            let score = try RequestScore(request.delayed(to: spread), for: reader)
            met += score.classicMet || recorded.classicMet ? 1 : 0
            let withheld = try RequestScore(
                request.delayed(to: times.dropLast() + [times[times.count - 1] + 1 << 55]),
                for: reader)
            // Whoever passes over all tokens has no experience.
            guard recorded.qoe != nil else { continue }
            let held = try RequestScore(
                request.read(by: reader).held(by: recorded.idle), for: reader)
            let best = parameters.anchor == .firstToken ? held.qoe : withheld.qoe
            experience.append(max(recorded.qoe ?? 0, best ?? 0))
        }
        #expect(figures.classic.any == met)
        let mean = experience.reduce(0, +) / Double(max(1, experience.count))
        let any = try #require(figures.experience.any)
        #expect((mean - any).magnitude < 1e-5)
    }

    @Test(arguments: seeds)
    func aHoldRemovesAllIdleTime(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters.random(using: &random)
        parameters.anchor = .firstToken
        let reader = try Reader(parameters)
        let requests = RequestTimes.random(count: 20, using: &random).filter(\.isStreamed)
            .map { $0.read(by: reader) }
        let interval = try #require(try ServingInterval(over: requests))
        let figures = try Gameability(requests, parameters)
        let hold = try #require(figures.hold)
        #expect(hold == figures.firstTokenHold)
        let held = try Scoring(
            requests.map { $0.tokens.isEmpty ? $0 : $0.held(by: hold.hold) }, for: reader)
        for (score, request) in zip(held.requests, requests) where !request.tokens.isEmpty {
            #expect(score.idle == 0)
        }
        #expect(isClose(hold.rate, held.totals.smoothGoodput))
        #expect(isClose(figures.smooth.any, interval.rate(of: held.totals.benefit)))
        if hold.hold > 0 {
            let less = try Scoring(
                requests.map { $0.tokens.isEmpty ? $0 : $0.held(by: hold.hold - 1) }, for: reader)
            #expect(less.requests.contains { $0.tokens > 0 && $0.idle > 0 })
        }
    }
}
