import Goodput
import Testing

@testable import Gaming

/// Runs at the edge of what there can be: figures or nil, never NaN, never a trap.
@Suite struct GamingEdgeTests {
    private func request(
        _ tokens: [TokenEvent], scheduled: Int64 = 0, finish: Int64? = nil,
        outcome: RequestOutcome = .completed, isStreamed: Bool = true
    ) -> RequestTimes {
        RequestTimes(
            id: 0, scheduled: scheduled, tokens: tokens,
            finish: finish ?? tokens.last?.time ?? scheduled, outcome: outcome,
            isStreamed: isStreamed)
    }

    private static let bounded: ScoringParameters = {
        var parameters = ScoringParameters.default
        parameters.objectives = Objectives(ttft: 1, tpot: 1, tbt: 1, e2e: 1)
        return parameters
    }()

    private static let sets: [ScoringParameters] = [
        bounded, .robust, .paperV1, .paperV2, .agent,
        ScoringParameters(anchor: .firstToken, incomplete: .waiting),
        ScoringParameters(readingSpeed: ScoringParameters.slowestReader),
        ScoringParameters(readingSpeed: 1e12, ttftBudget: .max),
        ScoringParameters(objectives: Objectives(ttft: .max, tpot: .max, tbt: .max, e2e: .max)),
        ScoringParameters(
            readingSpeed: 1e9, objectives: Objectives(ttft: 0, tpot: 0, tbt: 0, e2e: 0)),
    ]

    private func isSound(_ figures: Gameability) -> Bool {
        let reals = [
            figures.gaps.recorded, figures.gaps.afterRule, figures.experience.recorded,
            figures.experience.paced, figures.experience.any, figures.experience.afterRule,
            figures.fluidity.recorded, figures.fluidity.paced, figures.fluidity.afterRule,
            figures.smooth.recorded, figures.smooth.any, figures.smooth.afterRule,
            figures.smooth.afterBest, figures.goodput.recorded, figures.goodput.any,
            figures.goodput.freed, figures.classic.freed, figures.hold?.rate,
            figures.firstTokenHold?.rate, figures.firstTokenHold?.recorded,
        ]
        return (reals + figures.robustFor.map(\.alpha)).allSatisfy { $0?.isFinite ?? true }
            && !figures.headline(showsGaps: true).contains("nan")
    }

    @Test(arguments: sets)
    func extremesGiveFiguresOrNil(parameters: ScoringParameters) throws {
        let far = Int64(1) << 62
        let wide = UInt32.max
        let runs: [[RequestTimes]] = [
            [request([])], [request([], outcome: .failed)],
            [request([TokenEvent(time: 0)])],
            [request([TokenEvent(time: 5, count: 7)], scheduled: 5)],
            [request([TokenEvent(time: 0), TokenEvent(time: 0), TokenEvent(time: 0)])],
            [
                request(
                    [TokenEvent(time: far - 9), TokenEvent(time: far)], scheduled: far - 10,
                    finish: far + 2_000_000_000, outcome: .unfinished)
            ],
            [request([TokenEvent(time: 0, count: wide), TokenEvent(time: 1 << 53)])],
            [request([TokenEvent(time: 3, count: 2), TokenEvent(time: 9)], isStreamed: false)],
            [
                request([TokenEvent(time: Int64.min + 1)], scheduled: Int64.min),
                request([TokenEvent(time: Int64.min + 1_000)], scheduled: Int64.min + 2),
            ],
        ]
        for run in runs { #expect(isSound(try Gameability(run, parameters))) }
    }

    @Test func withoutTokensThereAreNoFiguresOfTokens() throws {
        let figures = try Gameability(
            [request([], finish: 2_000_000_000, outcome: .failed)], Self.bounded)
        #expect(figures.gaps == Gameability.Gaps(recorded: nil, paced: nil, afterRule: nil))
        #expect(figures.experience.any == nil && figures.fluidity.paced == nil)
        #expect(figures.classic.recorded == 0 && figures.classic.any == 0)
        #expect(figures.smooth.recorded == 0 && figures.smooth.afterBest == 0)
        // Its first deadline, a second after the arrival, passed before it failed.
        #expect(figures.missed == 1)
        #expect(figures.robustFor.allSatisfy { $0.alpha == nil })
    }

    @Test func withoutRequestsNothingIsThere() throws {
        let interval = try ServingInterval(begin: 0, end: 1_000_000_000)
        let figures = try GamingAnalysis(
            over: interval, readers: [try Reader(.default)], tokens: 0
        ).figures()
        #expect(figures.requests == 0 && figures.gaps.recorded == nil)
        #expect(figures.smooth.recorded == 0 && figures.experience.recorded == nil)
    }

    /// An answer that came whole is neither paced nor held, and has no gaps.
    @Test func aWholeAnswerIsLeftAlone() throws {
        let times = (0..<20).map { TokenEvent(time: 100_000_000 + Int64($0) * 90_000_000) }
        let whole = request(times, isStreamed: false)
        var parameters = ScoringParameters.default
        parameters.objectives.e2e = 3_000_000_000
        let figures = try Gameability([whole], parameters)
        #expect(figures.gaps == Gameability.Gaps(recorded: nil, paced: nil, afterRule: nil))
        #expect(figures.classic.recorded == 1 && figures.classic.any == 1)
        #expect(figures.experience.paced == figures.experience.recorded)
        #expect(figures.experience.any == figures.experience.recorded)
        parameters.objectives.tbt = 1_000_000_000
        #expect(try Gameability([whole], parameters).classic.any == 0)
    }

    @Test func timesThatCannotBeAreNamed() throws {
        let interval = try ServingInterval(begin: 0, end: 10)
        var analysis = try GamingAnalysis(
            over: interval, readers: [try Reader(.default)], tokens: 9)
        let decreasing = request([TokenEvent(time: 5), TokenEvent(time: 4)], finish: 9)
        #expect(
            throws: ScoringError.request(id: 0, defect: .decreasing(token: 4, before: 5))
        ) { try analysis.add(decreasing, classIndex: 0) }
    }

    /// Two classes: each has its own deadlines and objectives, all have one theta.
    @Test func classesHaveTheirOwnReaders() throws {
        let stream = request((0..<10).map { TokenEvent(time: Int64($0) * 60_000_000) })
        let fast = try Reader(ScoringParameters(readingSpeed: 40, ttftBudget: 0))
        var slowParameters = ScoringParameters(readingSpeed: 10, ttftBudget: 0)
        slowParameters.objectives.e2e = 1
        let slow = try Reader(slowParameters)
        let interval = try ServingInterval(begin: 0, end: 600_000_000)
        var analysis = try GamingAnalysis(over: interval, readers: [fast, slow], tokens: 20)
        try analysis.add(stream, classIndex: 0)
        try analysis.add(stream, classIndex: 1)
        let figures = analysis.figures()
        #expect(figures.missed == 1)
        #expect(figures.classic.recorded == 1)
        #expect(figures.readingSpeeds == [10, 40])
        #expect(figures.robustFor.map(\.readingSpeed) == [2.5, 5, 10, 20, 40, 50])
        let benefits = try [fast, slow].map { try RequestScore(stream, for: $0).benefit }
        #expect(isClose(figures.smooth.recorded, benefits.reduce(0, +) / 0.6))
    }

    /// A class that is taken whole has no speed: it leaves what is said of reading speeds, and of
    /// deadlines from the first token, to those that have one.
    @Test func answersTakenWholeHaveNoReadingSpeed() throws {
        let stream = request((0..<10).map { TokenEvent(time: Int64($0) * 60_000_000) })
        let person = try Reader(ScoringParameters(readingSpeed: 40, ttftBudget: 0))
        let agent = try Reader(.agent)
        let interval = try ServingInterval(begin: 0, end: 600_000_000)
        func figures(_ readers: [Reader], of classes: [Int]) throws -> Gameability {
            var analysis = try GamingAnalysis(over: interval, readers: readers, tokens: 20)
            for index in classes { try analysis.add(stream, classIndex: index) }
            return analysis.figures()
        }
        let alone = try figures([person], of: [0])
        let both = try figures([person, agent], of: [0, 1])
        #expect(both.readingSpeeds == [40] && both.robustFor == alone.robustFor)
        #expect(both.firstTokenHold?.hold == alone.firstTokenHold?.hold)
        // The person's ten tokens are all kept by holding, the agent's are what they were.
        let benefit = try RequestScore(stream, for: agent).benefit
        let held = try #require(alone.firstTokenHold?.rate)
        #expect(isClose(both.firstTokenHold?.rate, held * (10 + benefit) / 10))
        let agents = try figures([agent], of: [0])
        #expect(agents.robustFor.isEmpty && agents.dropSentences.isEmpty)
        #expect(agents.firstTokenHold?.rate == agents.firstTokenHold?.recorded)
        #expect(agents.smooth.any == agents.smooth.recorded)
        #expect(agents.smooth.afterBest == agents.smooth.recorded)
    }

    /// The figures do not depend on when a run took place.
    @Test func aRunMayLieAnywhere() throws {
        let times = (0..<40).map { index -> Int64 in
            Int64(index) * 31_000_000 + (index > 20 ? 900_000_000 : 0)
        }
        func figures(at start: Int64) throws -> Gameability {
            try Gameability(
                [request(times.map { TokenEvent(time: start + $0) }, scheduled: start)],
                ScoringParameters(
                    ttftBudget: 100_000_000,
                    objectives: Objectives(ttft: 1_000_000_000, tbt: 300_000_000)))
        }
        let near = try figures(at: 0)
        let far = try figures(at: 1 << 62)
        #expect(near.gaps == far.gaps)
        #expect(near.classic == far.classic)
        #expect(near.smooth == far.smooth)
        #expect(near.experience == far.experience)
        #expect(near.robustFor == far.robustFor)
        #expect(near.firstTokenHold == far.firstTokenHold)
    }
}
