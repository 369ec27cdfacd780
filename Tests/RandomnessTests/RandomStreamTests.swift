import DrawnValues
import Randomness
import Testing

@Suite struct RandomStreamTests {
    @Test func `xoshiro256** gives the outputs of its reference implementation`() {
        var stream = RandomStream(state: (1, 2, 3, 4))
        #expect(
            (0..<4).map { _ in stream.next() } == [
                11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240,
            ])
    }

    @Test func `a seed's state is the outputs of splitmix64`() {
        var seeds = SplitMix64(seed: 5)
        let state = (seeds.next(), seeds.next(), seeds.next(), seeds.next())
        #expect(RandomStream(seed: 5) == RandomStream(state: state))
    }

    @Test func `splitmix64 gives the outputs of its reference implementation`() {
        let seed: UInt64 = 1_234_567
        let outputs = (1...3).map { mix64(seed &+ UInt64($0) &* goldenIncrement) }
        #expect(
            outputs == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test(arguments: [0.05, 0.25, 0.9, 1, 1.5, 4, 100])
    func `gamma variates have the mean and deviation of their shape`(shape: Double) {
        var random = RandomStream(seed: 7)
        let draws = (0..<100_000).map { _ in random.nextGamma(shape: shape) }
        let (mean, deviation) = momentsOf(draws)
        // Five standard errors of mean and variance, both the shape, of 100,000 draws.
        #expect(abs(mean - shape) < 5 * (shape / 1e5).squareRoot())
        let error = ((2 * shape * shape + 6 * shape) / 1e5).squareRoot()
        #expect(abs(deviation * deviation - shape) < 5 * error)
    }

    @Test func `uniform variates pass a Kolmogorov-Smirnov test`() {
        var random = RandomStream(seed: 11)
        let draws = (0..<10_000).map { _ in random.nextUnit() }
        #expect(kolmogorovDistance(draws) { $0 } < 1.95 / 100)
    }
}
