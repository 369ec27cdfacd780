import Randomness
import Testing

@testable import Loss

/// The best run at every speed and weight, and the words for it.
@Suite struct RankingMapTests {
    /// A run that loses nothing below `wait` tokens per second, and `slope` for each further one.
    private func surface(_ throughput: Double, wait: Double, slope: Double) -> Surface {
        Surface(
            throughput: throughput,
            penalties: Surface.speeds.map { max(0, $0 - wait) * slope })
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func theMapIsTheBestOfAllRuns(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let surfaces = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            surface(
                Double.random(in: 50...100, using: &random),
                wait: Double.random(in: 1...50, using: &random),
                slope: Double.random(in: 0.1...5, using: &random))
        }
        let map = RankingMap(surfaces)
        for column in stride(from: 0, through: 300, by: 7) {
            let leads = map.columns[column]
            #expect(leads[0].from == 0)
            for (a, b) in zip(leads, leads.dropFirst()) {
                #expect(a.from <= b.from)
                let crossing = surfaces[a.run].crossing(surfaces[b.run], column: column)
                #expect(crossing.map { isClose($0, b.from) } ?? (b.from == 0))
            }
            for _ in 0..<20 {
                let alpha = Double.random(in: 0...4, using: &random)
                let best = surfaces.map { $0.smoothGoodput(column: column, alpha: alpha) }.max()!
                let chosen = surfaces[map.best(column: column, alpha: alpha)]
                #expect(isClose(chosen.smoothGoodput(column: column, alpha: alpha), best))
            }
        }
    }

    @Test func runsThatChangePlacesDoSoWhereTheirLinesCross() {
        let a = surface(100, wait: 10, slope: 2)
        let b = surface(90, wait: 10, slope: 1)
        // At S = 100: 100 - 180 alpha against 90 - 90 alpha.
        #expect(isClose(a.crossing(b, column: 200) ?? 0, 1.0 / 9))
        #expect(isClose(b.crossing(a, column: 200) ?? 0, 1.0 / 9))
        #expect(a.crossing(b, column: 0) == nil)
        #expect(surface(100, wait: 10, slope: 1).crossing(b, column: 200) == nil)
        #expect(surface(100, wait: 10, slope: 0.5).crossing(b, column: 200) == nil)
        let leads = RankingMap([a, b]).columns[200]
        #expect(leads.map(\.run) == [0, 1])
        #expect(isClose(leads[1].from, 1.0 / 9))
    }

    @Test func theWordsSayWhereTheRankingFlips() {
        let a = surface(100, wait: 14, slope: 2)
        let b = surface(99.5, wait: 14, slope: 1)
        #expect(
            RankingMap([a, b]).sentences(names: ["A", "B"]) == [
                "no difference below S = 14.8 tokens/s: every run scores its throughput there "
                    + "(within 1 %, at alpha 1)",
                "from S = 14.8 to 1000 tokens/s A leads up to alpha = 0.63 (at the last of these, "
                    + "0.00051), B above",
            ])
        let better = surface(100, wait: 20, slope: 1)
        #expect(
            RankingMap([a, better]).sentences(names: ["A", "B"]).last
                == "the ranking does not flip above that: B leads at every S and every alpha")
    }

    @Test func theWordsSayWhenNothingFlipsOverTheWholePlane() {
        let a = surface(100, wait: 0, slope: 2)
        let b = surface(80, wait: 0, slope: 3)
        #expect(
            RankingMap([b, a]).sentences(names: ["B", "A"]) == [
                "the ranking does not flip over the whole plane: A leads at every S and every "
                    + "alpha"
            ])
    }

    @Test func throughputsThatDifferAreNoTie() {
        let a = surface(100, wait: 50, slope: 1)
        let b = surface(80, wait: 50, slope: 1)
        let sentences = RankingMap([a, b]).sentences(names: ["A", "B"])
        #expect(
            sentences[0]
                == "below S = 51.3 tokens/s every run scores its throughput (within 1 %, at alpha "
                + "1), and these differ")
        #expect(sentences.last?.hasPrefix("the ranking does not flip over the whole plane") == true)
    }

    @Test func equalRunsHaveNoDifference() {
        let a = surface(100, wait: 2_000, slope: 1)
        #expect(
            RankingMap([a, a]).sentences(names: ["A", "B"]) == [
                "no difference at any S from 1 to 1,000 tokens/s: every run scores its throughput "
                    + "(within 1 %, at alpha 1)"
            ])
        #expect(RankingMap([a]).sentences(names: ["A"]).isEmpty)
    }
}
