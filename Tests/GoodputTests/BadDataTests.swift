import Goodput
import Testing

/// Bad data is an error that names the request, and nothing a file can hold traps.
@Suite struct BadDataTests {
    @Test(
        arguments: [
            ([TokenEvent(time: 5), TokenEvent(time: 4)], 0, 9, .decreasing(token: 4, before: 5)),
            ([TokenEvent(time: 3)], 4, 9, .tokenBeforeScheduled(token: 3, scheduled: 4)),
            ([TokenEvent(time: 5)], 0, 4, .finishBeforeToken(finish: 4, token: 5)),
            ([TokenEvent(time: 5, count: 0)], 0, 9, .emptyEvent(at: 5)),
            ([], 5, 4, .finishBeforeScheduled(finish: 4, scheduled: 5)),
            (
                [TokenEvent(time: 1 << 60), TokenEvent(time: 4)], 0, 4,
                .finishBeforeToken(finish: 4, token: 1 << 60)
            ),
            ([TokenEvent(time: .max)], .min, .max, .outOfRange),
            ([], .min, .max, .outOfRange),
            ([TokenEvent(time: .min)], .max, .max, .outOfRange),
            (
                [TokenEvent(time: 1, count: .max), TokenEvent(time: 2, count: .max)], 0, 9,
                .tooManyTokens
            ),
        ] as [([TokenEvent], Int64, Int64, RequestDefect)])
    func impossibleTimesAreRefused(
        tokens: [TokenEvent], scheduled: Int64, finish: Int64, defect: RequestDefect
    ) throws {
        let request = RequestTimes(id: 17, scheduled: scheduled, tokens: tokens, finish: finish)
        let reader = try Reader(.default)
        let error = #expect(throws: ScoringError.self) { try RequestScore(request, for: reader) }
        #expect(error == .request(id: 17, defect: defect))
        #expect(error?.description.hasPrefix("request 17: ") == true)
        #expect(throws: ScoringError.self) { try Scoring([request], for: reader) }
    }

    @Test(arguments: [
        (ScoringParameters(readingSpeed: 0), "reading_speed"),
        (ScoringParameters(readingSpeed: -1), "reading_speed"),
        (ScoringParameters(readingSpeed: .nan), "reading_speed"),
        (ScoringParameters(readingSpeed: 1e-10), "reading_speed"),
        (ScoringParameters(readingSpeed: 1e300), "reading_speed"),
        (ScoringParameters(ttftBudget: -1), "ttft_budget"),
        (ScoringParameters(alpha: -0.1), "alpha"),
        (ScoringParameters(alpha: .infinity), "alpha"),
        (ScoringParameters(penalty: .power(exponent: 0)), "penalty.exponent"),
        (ScoringParameters(penalty: .exponential(tau: 0)), "penalty.tau"),
        (ScoringParameters(penalty: .fraction(tau: -1)), "penalty.tau"),
        (ScoringParameters(penalty: .hinge(grace: -0.5)), "penalty.grace"),
        (ScoringParameters(objectives: Objectives(ttft: -1)), "ttft_slo"),
        (ScoringParameters(objectives: Objectives(tpot: -1)), "tpot_slo"),
        (ScoringParameters(objectives: Objectives(tbt: -1)), "tbt_slo"),
        (ScoringParameters(objectives: Objectives(e2e: -1)), "e2e_slo"),
    ])
    func parametersOutOfRangeAreRefused(parameters: ScoringParameters, name: String) {
        let error = #expect(throws: ScoringError.self) { try Reader(parameters) }
        guard case .parameter(name, _)? = error else {
            Issue.record("\(String(describing: error)) does not name \(name)")
            return
        }
    }

    @Test func theLeastThatIsAllowedIsAllowed() throws {
        let least = ScoringParameters(
            readingSpeed: ScoringParameters.slowestReader, ttftBudget: 0, alpha: 0,
            penalty: .hinge(grace: 0), objectives: Objectives(ttft: 0, tpot: 0, tbt: 0, e2e: 0))
        let reader = try Reader(least)
        // All at once, at the very instant at which it was due.
        let request = RequestTimes(
            id: 0, scheduled: 7, tokens: [TokenEvent(time: 7, count: 3)], finish: 7)
        let score = try RequestScore(request, for: reader)
        #expect(score.sloMet && score.classicMet && score.deadlinesMet == 3)
    }

    @Test func aBenefitThatIsNotFiniteIsAnError() throws {
        let reader = try Reader(ScoringParameters(penalty: .exponential(tau: 1e-3)))
        let request = RequestTimes(
            id: 3, scheduled: 0, tokens: [TokenEvent(time: 3_000_000_000)], finish: 3_000_000_000)
        #expect(throws: ScoringError.request(id: 3, defect: .benefitNotFinite(idle: 2_000_000_000)))
        {
            try RequestScore(request, for: reader)
        }
    }

    @Test func aRunLongerThanAnyTimelineIsAnError() throws {
        let requests = [0, Int64(1) << 60].map {
            RequestTimes(id: 0, scheduled: $0, tokens: [], finish: $0)
        }
        #expect(throws: ScoringError.tooLong(seconds: 1_152_921_504)) {
            try Scoring(requests, for: Reader(.default))
        }
        #expect(throws: ScoringError.tooLong(seconds: .max / 1_000_000_000)) {
            try ServingInterval(begin: .min, end: .max)
        }
    }

    /// The slowest reader and the largest events: deadlines beyond 2^63 ns, sums beyond 2^64.
    @Test func extremesNeitherTrapNorLoseTheirSign() throws {
        let slow = try Reader(ScoringParameters(readingSpeed: 1e-9, ttftBudget: .max))
        let request = RequestTimes(
            id: 0, scheduled: 0,
            tokens: [
                TokenEvent(time: 1_000_000_000_000_000, count: 1 << 31),
                TokenEvent(time: 1_000_000_000_000_001, count: 1 << 31),
            ], finish: .max)
        let patient = try RequestScore(request, for: slow)
        #expect(patient.tokens == 1 << 32)
        #expect(patient.deadlinesMet == 1 << 32)
        #expect(patient.idle == 0 && patient.qoe == 1 && patient.fluidity == 1)
        #expect(patient.tbtMax == 1 && patient.tbtP99 == 0)

        let fast = try Reader(ScoringParameters(readingSpeed: 1e12, ttftBudget: 0))
        #expect(fast.tokenTime == 1)
        let late = try RequestScore(
            RequestTimes(id: 0, scheduled: 0, tokens: [TokenEvent(time: .max)], finish: .max),
            for: fast)
        #expect(late.idle == .max && late.deadlinesMet == 0)
        #expect(late.fluidity == 0)
    }
}
