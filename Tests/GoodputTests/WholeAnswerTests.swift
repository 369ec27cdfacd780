import Goodput
import Testing

@Suite("Answers that came whole") struct WholeAnswerTests {
    private static let second: Int64 = 1_000_000_000

    private func whole(_ id: Int, count: UInt32 = 20) -> RequestTimes {
        RequestTimes(
            id: id, scheduled: 0, tokens: [TokenEvent(time: Self.second, count: count)],
            finish: Self.second, sent: 1, isStreamed: false)
    }

    /// The same in events of a token each, `gap` ns apart, that all came at its end.
    private func collected(_ id: Int, gap: Int64) -> RequestTimes {
        var request = whole(id)
        request.tokens = (0..<20).map { TokenEvent(time: Self.second - (19 - $0) * gap) }
        return request
    }

    private func streamed(_ id: Int) -> RequestTimes {
        RequestTimes(
            id: id, scheduled: 0,
            tokens: (0..<20).map { TokenEvent(time: Self.second / 2 + $0 * 10_000_000) },
            finish: Self.second, sent: 1)
    }

    private func reader(_ objectives: Objectives) throws -> Reader {
        try Reader(ScoringParameters(readingSpeed: 5, objectives: objectives))
    }

    @Test func theyHaveNoTTFTAndNoGaps() throws {
        let score = try RequestScore(whole(0), for: try reader(Objectives()))
        #expect(score.ttft == nil && score.ttftSent == nil && score.tpot == nil)
        #expect(score.tbtMax == nil && score.tbtP99 == nil && score.interChunk == nil)
        #expect(score.tokens == 20 && score.e2e == Self.second)
        // Without a bound on what does not exist there is none to miss.
        #expect(score.sloMet && score.classicMet)
    }

    @Test(arguments: [
        (Objectives(ttft: 1 << 60), false, false), (Objectives(tpot: 1 << 60), true, false),
        (Objectives(tbt: 1 << 60), true, false), (Objectives(e2e: 1 << 60), true, true),
        (Objectives(e2e: 1), true, false),
    ])
    func theyMeetNoBoundOnWhatDoesNotExist(
        objectives: Objectives, slo: Bool, classic: Bool
    ) throws {
        let score = try RequestScore(whole(0), for: try reader(objectives))
        #expect(score.sloMet == slo && score.classicMet == classic)
    }

    /// In how many events it came, and how far apart, is nobody's figure.
    @Test(arguments: [Int64(0), 1_000])
    func itsEventsHaveNoGaps(gap: Int64) throws {
        let reader = try reader(Objectives(ttft: Self.second))
        let score = try RequestScore(collected(0, gap: gap), for: reader)
        #expect(score.events == 20 && score.interChunk == nil)
        let alone = try Scoring([streamed(0), streamed(1)], for: reader).totals
        let mixed = try Scoring(
            [streamed(0), collected(2, gap: gap), streamed(1), collected(3, gap: gap)],
            for: reader
        ).totals
        #expect(mixed.ttft == alone.ttft && mixed.tpot == alone.tpot && mixed.tbt == alone.tbt)
        #expect(mixed.interChunk == alone.interChunk && mixed.tokens == 80)
        let none = try Scoring([collected(0, gap: gap)], for: reader).totals
        #expect(none.tbt == nil && none.interChunk == nil && none.e2e?.count == 1)
    }

    /// The figures of a run are those of the answers that streamed; rates and E2E are of all.
    @Test func theyAreInNoDistributionButE2E() throws {
        let reader = try reader(Objectives(ttft: Self.second))
        let alone = try Scoring([streamed(0), streamed(1)], for: reader).totals
        let mixed = try Scoring([streamed(0), whole(2), streamed(1), whole(3)], for: reader).totals
        #expect(mixed.ttft == alone.ttft && mixed.tpot == alone.tpot && mixed.tbt == alone.tbt)
        #expect(mixed.ttftSent == alone.ttftSent && mixed.interChunk == alone.interChunk)
        #expect(mixed.e2e?.count == 4 && mixed.tokens == 80)
        #expect(mixed.classicMet == 2 && mixed.sloMet == 2)
        let none = try Scoring([whole(0), whole(1)], for: reader).totals
        #expect(none.ttft == nil && none.tbt == nil && none.tpot == nil && none.interChunk == nil)
        #expect(none.classicAttainment == 0 && none.e2e?.count == 2)
    }
}
