import Randomness
import Testing

@testable import Goodput

/// Tokens that come one after the other, each later than a reader takes, in closed form.
@Suite struct SteadyTokensTests {
    @Test(arguments: UInt64(1)...200)
    func theyAreTakenInAsOneByOne(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let parameters = ScoringParameters.random(using: &random)
        let reader = try Reader(parameters)
        let v = reader.tokenTime
        let step = v + Int64.random(in: 1...3 * v, using: &random)
        var closed = (progress: ReadingProgress(reader), fluidity: FluidityIndex())
        var time = Int64.random(in: 0...2_000_000_000, using: &random)
        let early = UInt32.random(in: 1...60, using: &random)
        closed.progress.began(early, at: time)
        closed.fluidity.first(early, after: time, budget: parameters.ttftBudget, tokenTime: v)
        var single = closed
        for _ in 0..<3 {
            let count = UInt32.random(in: 1...50, using: &random)
            closed.progress.continued(count, from: time + step, every: step)
            closed.fluidity.next(count, every: step, tokenTime: v)
            for _ in 0..<count {
                time += step
                single.progress.continued(1, at: time)
                single.fluidity.next(1, after: step, tokenTime: v)
            }
            #expect(closed.progress == single.progress)
            #expect(closed.fluidity == single.fluidity)
        }
    }

    /// Counts of tokens and spans at their limits saturate.
    @Test func extremesSaturate() throws {
        let reader = try Reader(ScoringParameters(readingSpeed: 1e9, ttftBudget: 0))
        var progress = ReadingProgress(reader)
        progress.began(1, at: .max)
        progress.continued(.max, from: .max, every: .max)
        #expect(progress.idle == .max)
        var fluidity = FluidityIndex()
        fluidity.first(1, after: .max, budget: 0, tokenTime: 1)
        fluidity.next(.max, every: .max, tokenTime: 1)
        fluidity.next(.max, every: .max, tokenTime: 1)
        #expect(fluidity.missed == 1 << 63)
        #expect(try #require(fluidity.value) == 0)
    }
}
