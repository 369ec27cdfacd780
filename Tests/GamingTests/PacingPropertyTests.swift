import Goodput
import Randomness
import Testing

@testable import Gaming

/// The figures of pacing against runs that were really paced.
@Suite struct PacingPropertyTests {
    static let seeds: ClosedRange<UInt64> = 1...30

    /// Small whole numbers, so that every theta can be tried.
    private func smallRun(using random: inout SplitMix64) -> [RequestTimes] {
        (0..<12).map { id in
            var time = Int64.random(in: 0...5, using: &random)
            let tokens = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                let event = TokenEvent(
                    time: time,
                    count: Int.random(in: 0..<3, using: &random) == 0
                        ? UInt32.random(in: 1...4, using: &random) : 1)
                time += Int64.random(in: 0...(Bool.random(using: &random) ? 3 : 20), using: &random)
                return event
            }
            return RequestTimes(
                id: id, scheduled: 0, tokens: tokens, finish: time,
                outcome: Int.random(in: 0..<8, using: &random) == 0 ? .failed : .completed)
        }
    }

    /// The least x with a percentile of x, and the best of all thetas for the classic count.
    @Test(arguments: seeds)
    func everyThetaTriedFindsTheSame(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = smallRun(using: &random)
        func bound(_ most: Int64) -> Int64? {
            Bool.random(using: &random) ? Int64.random(in: 1...most, using: &random) : nil
        }
        var parameters = ScoringParameters.default
        parameters.objectives = Objectives(
            ttft: bound(6), tpot: bound(12), tbt: bound(15), e2e: bound(80))
        let reader = try Reader(parameters)
        let interval = try #require(try ServingInterval(over: requests))
        let figures = try Gameability(requests, parameters)
        let paced = try (Int64(0)...60).map { theta in
            try PlainFigures(requests.map { $0.paced(to: theta) }, reader, over: interval)
        }
        let percentiles = paced.map(\.gapsP99)
        let least = percentiles.indices.first { percentiles[$0] == Double($0) }
        #expect(figures.gaps.paced == least.map { Int64($0) })
        #expect(figures.gaps.recorded == percentiles[0])
        let met = paced.map(\.classicMet)
        let most = met.max() ?? 0
        #expect(figures.classic.recorded == met[0])
        #expect(figures.classic.paced == most)
        #expect(figures.classic.theta == met.firstIndex(of: most).map { Int64($0) })
    }

    @Test(arguments: seeds)
    func readingsEqualThoseOfPacedRuns(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = RequestTimes.random(count: 20, using: &random)
        let parameters = ScoringParameters.random(using: &random)
        let reader = try Reader(parameters)
        let interval = try #require(try ServingInterval(over: requests))
        let figures = try Gameability(requests, parameters)
        let v = reader.tokenTime
        var thetas = (0...16).map { Int64($0) * v / 4 }
        if let bound = parameters.objectives.tbt { thetas.append(bound) }
        var experience: [Double] = []
        var fluidity: [Double] = []
        for theta in thetas {
            let plain = try PlainFigures(
                requests.map { $0.read(by: reader).paced(to: theta) }, reader, over: interval)
            experience.append(try #require(plain.experience))
            fluidity.append(try #require(plain.fluidity))
        }
        #expect(isClose(figures.experience.recorded, experience[0]))
        #expect(isClose(figures.experience.paced, experience.max()))
        #expect(isClose(figures.fluidity.recorded, fluidity[0]))
        #expect(isClose(figures.fluidity.paced, fluidity.max()))
    }

    /// Pacing to at most V changes no reader's figure; fluidity, too, is one.
    @Test(arguments: seeds)
    func slowPacingCostsTheReaderNothing(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(.random(using: &random))
        for whole in RequestTimes.random(count: 20, using: &random) {
            let request = whole.read(by: reader)
            for theta in [reader.tokenTime, Int64.random(in: 0...reader.tokenTime, using: &random)]
            {
                let recorded = try RequestScore(request, for: reader)
                let paced = try RequestScore(request.paced(to: theta), for: reader)
                #expect(paced.idle == recorded.idle)
                #expect(paced.benefit == recorded.benefit)
                #expect(paced.qoe == recorded.qoe)
                #expect(paced.fluidity == recorded.fluidity)
                #expect(paced.sloMet == recorded.sloMet)
            }
        }
    }

    /// An event of k tokens is k events of one token, whatever k: no figure tells them apart.
    @Test(arguments: seeds)
    func anEventIsItsTokens(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let requests = RequestTimes.random(count: 20, using: &random)
        let parameters = ScoringParameters.random(using: &random)
        let expanded = requests.map { request in
            var expanded = request
            expanded.tokens = request.times.map { TokenEvent(time: $0) }
            return expanded
        }
        #expect(try Gameability(requests, parameters) == Gameability(expanded, parameters))
    }
}
