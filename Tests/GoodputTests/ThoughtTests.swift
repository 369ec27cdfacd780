import Goodput
import Randomness
import Testing

/// Readers of answers that thoughts precede.
@Suite struct ThoughtTests {
    static let second: Int64 = 1_000_000_000

    /// Twenty thoughts from 1 s on, then ten tokens of the answer, twenty a second.
    static func thinking(answerAt start: Int64, thoughts: UInt32 = 20) -> RequestTimes {
        let thought = TokenEvent(time: second, count: thoughts)
        let answer = (0..<10).map { TokenEvent(time: start + Int64($0) * second / 20) }
        return RequestTimes(
            id: 0, scheduled: 0, tokens: (thoughts > 0 ? [thought] : []) + answer,
            finish: start + second, thoughts: thoughts)
    }

    /// Ten seconds are granted; 15 s more, a quarter of the minute, cost a quarter of the answer.
    @Test func thinkingIsWaiting() throws {
        let reader = try Reader(.answer)
        let prompt = try RequestScore(Self.thinking(answerAt: 10 * Self.second), for: reader)
        #expect(prompt.tokens == 30)
        #expect(prompt.read == 10)
        #expect(prompt.idle == 0)
        #expect(prompt.benefit == 10)
        #expect(prompt.deadlinesMet == 10)
        #expect(prompt.sloMet)
        #expect(prompt.ttft == Self.second)
        let late = try RequestScore(Self.thinking(answerAt: 25 * Self.second), for: reader)
        #expect(late.idle == 15 * Self.second)
        #expect(late.benefit == 7.5)
        #expect(!late.sloMet)
        let never = try RequestScore(Self.thinking(answerAt: 80 * Self.second), for: reader)
        #expect(never.benefit == 0)
        // A reader of everything starts at the first thought.
        let all = try RequestScore(
            Self.thinking(answerAt: 10 * Self.second), for: Reader(.robust))
        #expect(all.read == 30)
        #expect(all.idle == 8 * Self.second)
    }

    /// An answer without thoughts is read as it comes, and one that is nothing but thoughts earns
    /// nothing and meets nothing, as a request without tokens.
    @Test func answersWithoutTheOneOrTheOther() throws {
        let reader = try Reader(.answer)
        let plain = Self.thinking(answerAt: 2 * Self.second, thoughts: 0)
        var parameters = ScoringParameters.answer
        parameters.reads = .all
        #expect(
            try RequestScore(plain, for: reader) == RequestScore(plain, for: Reader(parameters)))
        var thoughts = Self.thinking(answerAt: 2 * Self.second)
        thoughts.thoughts = 30
        for policy in IncompletePolicy.allCases {
            parameters = .answer
            parameters.incomplete = policy
            parameters.penalty = .linear
            let score = try RequestScore(thoughts, for: Reader(parameters))
            #expect(score.tokens == 30)
            #expect(score.read == 0)
            #expect(score.benefit == 0)
            #expect(score.idle == 0)
            #expect(!score.sloMet)
            #expect(score.qoe == nil)
            #expect(score.fluidity == nil)
        }
        // Whoever waits still waits when nothing more comes.
        thoughts.outcome = .failed
        thoughts.finish = 40 * Self.second
        parameters.incomplete = .waiting
        #expect(try RequestScore(thoughts, for: Reader(parameters)).idle == 30 * Self.second)
    }

    /// A token that is in one event with thoughts is read at that event.
    @Test func anEventMayHoldBoth() throws {
        var request = Self.thinking(answerAt: 3 * Self.second)
        request.thoughts = 18
        let reader = try Reader(.answer)
        let score = try RequestScore(request, for: reader)
        #expect(score.read == 12)
        #expect(
            request.read(by: reader).tokens.prefix(2) == [
                TokenEvent(time: Self.second, count: 2), TokenEvent(time: 3 * Self.second),
            ])
    }

    /// A reader of the answer makes of a request what one who reads everything makes of that.
    @Test(arguments: UInt64(1)...60)
    func theAnswerAloneEarnsTheSame(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters.random(using: &random)
        parameters.reads = .answer
        let reader = try Reader(parameters)
        for request in RequestTimes.random(count: 20, using: &random) {
            let whole = try RequestScore(request, for: reader)
            let answer = try RequestScore(request.read(by: reader), for: reader)
            #expect(answer.tokens == whole.read)
            #expect(answer.benefit == whole.benefit)
            #expect(answer.idle == whole.idle)
            #expect(answer.deadlinesMet == whole.deadlinesMet)
            #expect(answer.fluidity == whole.fluidity)
            #expect(answer.qoe == whole.qoe)
        }
    }

    /// A run adds up what its requests earn, and goodput counts what is read.
    @Test func totalsCountWhatIsRead() throws {
        let requests = [10, 25].map { Self.thinking(answerAt: $0 * Self.second) }
        let totals = try RunTotals(requests, for: Reader(.answer))
        #expect(totals.tokens == 60)
        #expect(totals.benefit == 17.5)
        #expect(totals.sloTokens == 10)
    }
}
