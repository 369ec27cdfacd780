import DrawnValues
import Glibc
import Randomness
import Testing

@testable import Workload

@Suite struct RandomLawTests {
    @Test func `a lognormal law has its median and its 90th percentile`() {
        let law = RandomLaw.lognormal(median: 220, p90: 900)
        var random = RandomStream(seed: 1, purpose: .session)
        let draws = (0..<40_000).map { _ in law.sample(using: &random) }.sorted()
        #expect(abs(draws[20_000] / 220 - 1) < 0.03)
        #expect(abs(draws[36_000] / 900 - 1) < 0.05)
        #expect(abs(momentsOf(draws).mean / law.mean - 1) < 0.05)
    }

    @Test(arguments: [
        RandomLaw.fixed(3), .uniform(low: 2, high: 9), .normal(mean: 50, deviation: 4),
        .exponential(mean: 8), .empirical([1, 2, 6]),
    ])
    func `draws have the mean of their law`(law: RandomLaw) {
        var random = RandomStream(seed: 2, purpose: .session)
        let draws = (0..<40_000).map { _ in law.sample(using: &random) }
        #expect(abs(momentsOf(draws).mean / law.mean - 1) < 0.03)
    }

    @Test func `a normal law passes a Kolmogorov-Smirnov test`() {
        var random = RandomStream(seed: 3, purpose: .session)
        let draws = (0..<10_000).map { _ in random.nextNormal() }
        #expect(kolmogorovDistance(draws) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95 / 100)
    }

    @Test func `a uniform length gives every whole number the same chance`() {
        let length = TokenLength(.uniform(low: 1, high: 5))
        var random = RandomStream(seed: 4, purpose: .session)
        var counts: [UInt32: Int] = [:]
        for _ in 0..<50_000 { counts[length.sample(using: &random), default: 0] += 1 }
        #expect(Set(counts.keys) == [1, 2, 3, 4, 5])
        #expect(counts.values.allSatisfy { abs($0 - 10_000) < 500 })
    }

    @Test func `a length keeps its clamps`() {
        let length = TokenLength(
            .normal(mean: 10, deviation: 100), minimum: 4, maximum: 16)
        var random = RandomStream(seed: 5, purpose: .session)
        let draws = (0..<1_000).map { _ in length.sample(using: &random) }
        #expect(draws.min() == 4 && draws.max() == 16)
    }

    @Test(arguments: [
        RandomLaw.uniform(low: 3, high: 2), .normal(mean: 1, deviation: -1),
        .lognormal(median: 0, p90: 1), .lognormal(median: 5, p90: 4), .empirical([]),
        .fixed(.infinity), .exponential(mean: -1),
    ])
    func `an impossible law names its defect`(law: RandomLaw) {
        #expect(law.defect != nil)
        #expect(TokenLength(law).defect != nil)
    }
}
