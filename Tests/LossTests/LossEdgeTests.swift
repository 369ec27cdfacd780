import Goodput
import Testing

@testable import Loss

/// Runs with next to nothing in them, and with far too much.
@Suite struct LossEdgeTests {
    private func attribute(
        _ requests: [RequestTimes], _ parameters: ScoringParameters = .default
    ) throws -> LossPart {
        var loss = LossAttribution(
            over: try ServingInterval(over: requests) ?? ServingInterval(begin: 0, end: 0),
            agents: 1, readers: [try Reader(parameters)])
        for request in requests { try loss.add(request, of: .only) }
        return loss.figures().whole
    }

    @Test func nothingIsLostOfNothing() throws {
        let lost = try attribute([])
        #expect(lost.tokensLost == 0 && lost.bins == 0 && lost.worst.isEmpty)
    }

    @Test func oneTokenInTimeLosesNothing() throws {
        let request = RequestTimes(
            id: 0, scheduled: 3, tokens: [TokenEvent(time: 3)], finish: 3)
        #expect(try attribute([request]) == LossPart())
    }

    @Test func oneLateTokenIsALateFirstToken() throws {
        let request = RequestTimes(
            id: 4, scheduled: 0, tokens: [TokenEvent(time: 3_500_000_000)], finish: 3_500_000_000)
        let lost = try attribute([request])
        #expect(lost[.firstToken] == 50 && lost.tokensLost == 50 && lost.bins == 4)
        #expect(
            lost.worst == [
                LostWait(
                    id: 4, token: 0, from: 1_000_000_000, to: 3_500_000_000, cause: .firstToken,
                    tokensLost: 50)
            ])
    }

    /// A bin holds its begin and not its end, for tokens and for ends alike.
    @Test func aLossAtTheBeginOfASecondIsInThatSecond() throws {
        let request = RequestTimes(
            id: 0, scheduled: 0,
            tokens: [
                TokenEvent(time: 1_200_000_000), TokenEvent(time: 2_000_000_000),
                TokenEvent(time: 3_999_999_999),
            ], finish: 6_000_000_000, outcome: .failed)
        let parameters = ScoringParameters(
            readingSpeed: 1_000, ttftBudget: 999_999_999, incomplete: .waiting)
        let lost = try attribute([request], parameters)
        let all = (0..<lost.bins).map { bin in
            LossCause.allCases.reduce(0) { $0 + lost.timeline(of: $1)[bin] }
        }
        #expect(all.map { $0.rounded() } == [0, 200, 799, 1_999, 0, 0, 1_999])
    }

    /// Equal times make a gap of 0 between events, which counts in the median.
    @Test func theMedianIsTheLowerMiddleOfAllGapsBetweenEvents() throws {
        func stalls(_ gaps: [Int64]) throws -> Bool {
            var time: Int64 = 0
            let tokens =
                [TokenEvent(time: 0)]
                + gaps.map { gap in
                    time += gap
                    return TokenEvent(time: time)
                }
            let request = RequestTimes(id: 0, scheduled: 0, tokens: tokens, finish: time)
            let parameters = ScoringParameters(readingSpeed: 1_000, ttftBudget: 0)
            let lost = try attribute([request], parameters)
            return lost.worst.contains { $0.cause == .stall }
        }
        let ms: Int64 = 1_000_000
        #expect(try stalls([60 * ms, 0, 30 * ms]) == false)
        #expect(try stalls([60 * ms, 0, 0]))
        #expect(try stalls([60 * ms, 30 * ms, 10 * ms, 10 * ms]))
        #expect(try stalls([60 * ms, 30 * ms, 10 * ms, 40 * ms]) == false)
        #expect(try stalls([121 * ms, 30 * ms, 10 * ms, 40 * ms]))
        #expect(try stalls([50 * ms, 0, 0]) == false)
        #expect(try stalls([50 * ms + 1, 0, 0]))
    }

    @Test(arguments: IncompletePolicy.allCases)
    func failuresAlone(incomplete: IncompletePolicy) throws {
        let request = RequestTimes(
            id: 0, scheduled: 0, tokens: [TokenEvent(time: 0, count: 3)], finish: 4_000_000_000,
            outcome: .failed)
        let empty = RequestTimes(
            id: 1, scheduled: 0, tokens: [], finish: 4_000_000_000, outcome: .failed)
        let lost = try attribute(
            [request, empty], ScoringParameters(readingSpeed: 1, incomplete: incomplete))
        switch incomplete {
        case .delivered: #expect(lost.tokensLost == 0)
        // Token 3 is due at 4 s, token 0 of the other at 1 s.
        case .waiting: #expect(lost[.unfinished] == 3 && lost.tokensLost == 3 && lost.bins == 5)
        case .void: #expect(lost[.void] == 3 && lost.tokensLost == 3 && lost.worst.isEmpty)
        }
    }

    @Test func alphaZeroLosesOnlyWhatIsTakenBack() throws {
        let request = RequestTimes(
            id: 0, scheduled: 0, tokens: [TokenEvent(time: 9_000_000_000, count: 3)],
            finish: 9_000_000_000, outcome: .failed)
        let delivered = ScoringParameters(alpha: 0, penalty: .exponential(tau: 1e-300))
        #expect(try attribute([request], delivered).tokensLost == 0)
        let void = ScoringParameters(
            alpha: 0, penalty: .exponential(tau: 1e-300), incomplete: .void)
        let lost = try attribute([request], void)
        #expect(lost[.void] == 3 && lost.tokensLost == 3 && lost.worst.isEmpty)
    }

    /// Without `sent` nobody was late; a `sent` before `scheduled` is no lateness either, however
    /// far away.
    @Test(arguments: [nil, .min, 0, .max] as [Int64?])
    func anySentIsTaken(sent: Int64?) throws {
        let request = RequestTimes(
            id: 0, scheduled: 10, tokens: [TokenEvent(time: 2_000_000_010)],
            finish: 2_000_000_010, sent: sent)
        let lost = try attribute([request])
        #expect(lost.tokensLost == 20)
        #expect(lost[.clientLate] == (sent == .max ? 20 : 0))
    }

    @Test func timesThatCannotBeAreNamedAndChangeNothing() throws {
        var loss = LossAttribution(
            over: try ServingInterval(begin: 0, end: 10), agents: 1,
            readers: [try Reader(.default)])
        let tokens = [TokenEvent(time: 5), TokenEvent(time: 4)]
        let request = RequestTimes(id: 3, scheduled: 0, tokens: tokens, finish: 9)
        #expect(
            throws: ScoringError.request(id: 3, defect: .decreasing(token: 4, before: 5))
        ) { try loss.add(request, of: .only) }
        #expect(loss.figures().whole == LossPart())
    }

    @Test(arguments: [IncompletePolicy.delivered, .void])
    func aLossBeyondAllNumbersIsAnError(incomplete: IncompletePolicy) throws {
        let request = RequestTimes(
            id: 3, scheduled: 0, tokens: [TokenEvent(time: 5_000_000_000, count: .max)],
            finish: 5_000_000_000, outcome: .failed)
        let parameters = ScoringParameters(
            alpha: 1e300, penalty: .fraction(tau: 1), incomplete: incomplete)
        #expect(
            throws: ScoringError.request(
                id: 3, defect: .benefitNotFinite(idle: 4_000_000_000))
        ) { _ = try attribute([request], parameters) }
    }
}
