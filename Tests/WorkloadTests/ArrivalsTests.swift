import DrawnValues
import Glibc
import Randomness
import Testing

@testable import Workload

@Suite struct ArrivalsTests {
    private func gaps(_ times: [Int64]) -> [Double] {
        zip(times.dropFirst(), times).map { Double($0 - $1) / 1e9 }
    }

    private func arrivals(
        from: Double, to: Double, spacing: Spacing, seconds: Int64, seed: UInt64 = 42
    ) -> [Int64] {
        var times = RateArrivals(
            from: from, to: to, spacing: spacing, durationNs: seconds * 1_000_000_000,
            random: RandomStream(seed: seed, purpose: .arrivals))
        var all: [Int64] = []
        while let at = times.next() { all.append(at) }
        return all
    }

    @Test func `Poisson gaps are exponential`() {
        let times = arrivals(from: 10, to: 10, spacing: .gamma(burstiness: 1), seconds: 1_000)
        #expect(abs(Double(times.count) - 10_000) < 5 * 100)
        let distance = kolmogorovDistance(gaps(times)) { 1 - exp(-10 * $0) }
        #expect(distance < 1.95 / Double(times.count).squareRoot())
    }

    @Test(arguments: [0.25, 0.5, 1, 4, 25])
    func `gamma gaps have CV burstiness^-1/2 and keep the rate`(burstiness: Double) {
        let times = arrivals(
            from: 20, to: 20, spacing: .gamma(burstiness: burstiness), seconds: 2_000)
        let (mean, deviation) = momentsOf(gaps(times))
        #expect(abs(deviation / mean * burstiness.squareRoot() - 1) < 0.05)
        #expect(abs(mean * 20 - 1) < 0.05)
    }

    @Test func `even arrivals are a rate apart from the begin on`() {
        let times = arrivals(from: 4, to: 4, spacing: .even, seconds: 2)
        #expect(times == (0..<8).map { $0 * 250_000_000 })
    }

    @Test(arguments: [(2.0, 18.0), (18, 2), (0, 20), (20, 0)])
    func `a ramp's arrivals follow its cumulative rate`(from: Double, to: Double) {
        let times = arrivals(
            from: from, to: to, spacing: .gamma(burstiness: 1), seconds: 1_000)
        #expect(abs(Double(times.count) - 10_000) < 5 * 100)
        // Given their number, the arrivals are independent with distribution L(t) / L(D).
        let distance = kolmogorovDistance(times.map { Double($0) / 1e9 }) { t in
            (from * t + (to - from) * t * t / 2_000) / ((from + to) / 2 * 1_000)
        }
        #expect(distance < 1.95 / Double(times.count).squareRoot())
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `a rate without a duration goes on`() {
        var times = RateArrivals(
            from: 5, to: 5, spacing: .even, durationNs: nil,
            random: RandomStream(seed: 1, purpose: .arrivals))
        #expect((0..<3).map { _ in times.next() } == [0, 200_000_000, 400_000_000])
    }
}
