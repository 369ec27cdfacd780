import EngineModel
import Goodput
import Holding
import Randomness
import Testing

/// Single figures of the evidence, where a verdict alone would not show that they are wrong.
@Suite("Evidence of the detection") struct HoldingEvidenceTests {
    /// Six streams whose deliveries have the same sizes in the same order, each `apart` ns behind
    /// the one before.
    private func covariation(apart: Int64) throws -> Double? {
        let sizes: [UInt32] = [2, 5, 3, 7, 4]
        var analysis = HoldingAnalysis(targets: 1, over: nil, seed: 1)
        for id in 0..<6 {
            let tokens = (0..<40).map { place in
                TokenEvent(
                    time: Int64(place) * 40_000_000 + Int64(id) * apart,
                    count: sizes[place % sizes.count])
            }
            analysis.add(
                RequestTimes(id: id, scheduled: 0, tokens: tokens, finish: 2_000_000_000),
                target: 0)
        }
        return analysis.figures()[0].covariation
    }

    @Test("Sizes are compared of deliveries that come together, within 1 ms")
    func together() throws {
        #expect(try abs((covariation(apart: 0) ?? 0) - 1) < 1e-9)
        #expect(try abs((covariation(apart: 150_000) ?? 0) - 1) < 1e-9)
        #expect(try covariation(apart: 5_000_000) == nil)
    }

    @Test("Streams that begin meet an engine's step, and no other stream's pacer")
    func fresh() throws {
        let streams = ServedStreams(.slow, .open(4), count: 60, outputs: 60...250, seed: 2)
        #expect(try #require(streams.figures().met) > 0.95)
        var random = SplitMix64(seed: 3)
        let paced = streams.held(Hold.pace(2 * streams.meanGap, using: &random)).figures()
        #expect(try #require(paced.met) <= 0.65)
    }

    @Test("Load has an effect where it varies: twice as many streams, and eight more")
    func load() throws {
        let rising = ServedStreams(.slow, .open(6), count: 60, seed: 2).figures()
        #expect(try #require(rising.loadEffect) > 0.01)
        #expect(ServedStreams(.slow, .open(1), count: 60, seed: 2).figures().loadEffect == nil)
    }

    @Test("Eight tokens a step are no interval where streams that share it come together")
    func shortAnswers() {
        let figures = ServedStreams(
            .slow, .open(8), count: 60, outputs: 7...9, seed: 2, accepted: { _ in 8 }
        ).figures()
        #expect(figures.windows < 30)
        #expect(figures.commonestSize == 8)
        #expect(figures.isHeld != true)
        #expect(figures.suspicions.isEmpty)
    }

    @Test("Even gaps of engines that do not share prefills are not suspected")
    func replicas() {
        for seed in 1...3 as ClosedRange<UInt64> {
            let figures = ServedStreams(EngineOptions(), .open(4), engines: 4, seed: seed)
                .figures()
            #expect((figures.spike ?? 0) >= 0.9)
            #expect(figures.suspicions.isEmpty)
        }
    }
}
