import Foundation
import Gaming
import Goodput
import Testing

/// The sentences as the page prints them.
@Suite struct GamingTextTests {
    /// The page's own example, where it stands beside the checkout.
    @Test(.enabled(if: GamingVector.page != nil))
    func theHeadlineIsThePages() throws {
        let sets = try GamingVector.sets(path: #require(GamingVector.page))
        let figures = try Gameability(sets[0].vector)
        #expect(
            figures.headline(showsGaps: true)
                == "On this timeline pacing alone would have taken TBT p99 from 147 ms to 19.3 ms "
                + "and the classic count from 10 to 25 of 30 requests (one theta, 44.3 ms; 30 by "
                + "any delay); smooth goodput gains 0 by any delay. If deadlines counted from the "
                + "first token, holding it 1.01 s would have raised smooth goodput from 144.0 to "
                + "146.0 tok/s.")
        #expect(
            figures.dropSentences
                == ["No drop pays below alpha 24.4 at 20 tok/s, at the recorded interval."])
    }

    private func figures(
        gaps: [Int64], _ parameters: ScoringParameters = .default, start: Int64 = 100_000_000
    ) throws -> Gameability {
        var time = start
        var tokens = [TokenEvent(time: time)]
        for gap in gaps {
            time += gap
            tokens.append(TokenEvent(time: time))
        }
        return try Gameability(
            [RequestTimes(id: 0, scheduled: 0, tokens: tokens, finish: time)], parameters)
    }

    @Test func anEvenStreamHasNothingToGain() throws {
        let even = [Int64](repeating: 20_000_000, count: 30)
        #expect(
            try figures(gaps: even).headline(showsGaps: true)
                == "On this timeline pacing alone would have gained nothing; smooth goodput gains "
                + "0 by any delay.")
        let bounded = ScoringParameters(objectives: Objectives(ttft: 500_000_000))
        #expect(
            try figures(gaps: even, bounded).headline(showsGaps: true)
                == "On this timeline pacing alone would have gained nothing and the classic count "
                + "stays at 1 of 1 request (1 by any delay); smooth goodput gains 0 by any delay.")
        #expect(
            try figures(gaps: even).dropSentences
                == ["No drop pays at any alpha at 20 tok/s, at the recorded interval."])
    }

    @Test func aLateStreamGainsByAHold() throws {
        var gaps = [Int64](repeating: 20_000_000, count: 30)
        gaps[10] = 1_600_000_000
        let figures = try figures(gaps: gaps, .paperV1)
        #expect(
            figures.headline(showsGaps: true)
                == "On this timeline pacing alone would have taken TBT p99 from 1.14 s to 164 ms; "
                + "smooth goodput gains 11.0 tok/s by any delay. If deadlines counted from the "
                + "first token, holding it 1.25 s would have raised smooth goodput from 2.6 to "
                + "13.6 tok/s.")
    }

    @Test func anInstantHasNoRate() throws {
        let figures = try figures(gaps: [0, 0], start: 0)
        #expect(
            figures.headline(showsGaps: true)
                == "On this timeline pacing alone would have gained nothing; smooth goodput has no "
                + "rate over an interval of 0.")
    }

    @Test("A percentile of gaps that too few requests stand behind is in no sentence")
    func fewRequests() throws {
        var gaps = [Int64](repeating: 20_000_000, count: 30)
        gaps[10] = 160_000_000
        #expect(
            try figures(gaps: gaps).headline(showsGaps: false).hasPrefix(
                "On this timeline too few requests stand behind TBT p99 to say what pacing alone "
                    + "would make of it; smooth goodput gains"))
        let bounded = ScoringParameters(objectives: Objectives(ttft: 500_000_000))
        #expect(
            try figures(gaps: gaps, bounded).headline(showsGaps: false).contains(
                "make of it and the classic count stays at 1 of 1 request"))
    }
}

extension GamingVector {
    /// The example that the page's sentence is of.
    static let page = all.first { $0.hasSuffix("/pacing/stalls.json") }
}
