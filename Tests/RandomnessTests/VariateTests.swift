import Randomness
import Testing

@Suite struct VariateTests {
    /// The first four moments and the shares within one and two standard deviations, of a million
    /// draws: each within five of its own standard errors.
    @Test func normalVariatesAreNormal() {
        var stream = RandomStream(seed: 17)
        let count = 1_000_000.0
        var sums = (one: 0.0, two: 0.0, three: 0.0, four: 0.0)
        var within = (one: 0.0, two: 0.0)
        for _ in 0..<Int(count) {
            let x = stream.nextNormal()
            sums.one += x
            sums.two += x * x
            sums.three += x * x * x
            sums.four += x * x * x * x
            if x.magnitude < 1 { within.one += 1 }
            if x.magnitude < 2 { within.two += 1 }
        }
        let error = 5 / count.squareRoot()
        #expect((sums.one / count).magnitude < error)
        #expect((sums.two / count - 1).magnitude < error * 2.0.squareRoot())
        #expect((sums.three / count).magnitude < error * 15.0.squareRoot())
        #expect((sums.four / count - 3).magnitude < error * 96.0.squareRoot())
        #expect((within.one / count - 0.682_689_5).magnitude < error * 0.4655)
        #expect((within.two / count - 0.954_499_7).magnitude < error * 0.2084)
    }

    @Test func aNormalVariateTakesTwoWords() {
        var (drawn, skipped) = (SplitMix64(seed: 3), SplitMix64(seed: 3))
        _ = drawn.nextNormal()
        _ = (skipped.next(), skipped.next())
        #expect(drawn == skipped)
    }
}
