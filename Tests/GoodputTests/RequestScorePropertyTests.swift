import Goodput
import Randomness
import Testing

/// Rules that hold for one request, whatever its times.
@Suite struct RequestScorePropertyTests {
    static let seeds: ClosedRange<UInt64> = 1...60

    @Test(arguments: seeds)
    func figuresEqualTheirDefinitions(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters.random(using: &random)
        parameters.incomplete = .delivered
        let reader = try Reader(parameters)
        for request in RequestTimes.random(count: 20, using: &random) {
            let score = try RequestScore(request, for: reader)
            let patient = PatientReader(request, reader)
            #expect(score.tokens == patient.all.count)
            #expect(score.read == patient.times.count)
            #expect(score.idle == patient.waited)
            #expect(score.idle == patient.largestLateness)
            #expect(score.deadlinesMet == patient.deadlinesMet)
            let fluidity = patient.fluidity(
                scheduled: request.scheduled, budget: parameters.ttftBudget)
            #expect(isClose(score.fluidity, fluidity))
            #expect(isClose(score.qoe, patient.qualityOfExperience))
            #expect(score.tbtMax == patient.gaps.last)
            #expect(isClose(score.tbtP99, percentile(99, ofSorted: patient.gaps)))
        }
    }

    /// An event of k tokens is k events of one token at the same time.
    @Test(arguments: seeds)
    func aChunkIsItsTokens(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(.random(using: &random))
        for request in RequestTimes.random(count: 20, using: &random) {
            var expanded = request
            expanded.tokens = request.tokens.flatMap { event in
                (0..<event.count).map { _ in TokenEvent(time: event.time) }
            }
            var chunked = try RequestScore(request, for: reader)
            let single = try RequestScore(expanded, for: reader)
            chunked.events = single.events
            chunked.interChunk = single.interChunk
            #expect(chunked == single)
        }
    }

    /// The streaming form, read before each event, never looks ahead; its earnings telescope.
    @Test(arguments: seeds)
    func earningsTelescopeAndTheStreamEndsAtTheScore(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(.random(using: &random))
        for request in RequestTimes.random(count: 20, using: &random) {
            var stream = StreamingScore(scheduled: request.scheduled, reader: reader)
            var earned = 0.0
            var thoughts = request.thoughts
            for (index, event) in request.tokens.enumerated() {
                let thought = min(thoughts, event.count)
                thoughts -= thought
                earned += try stream.received(event.count, thought: thought, at: event.time)
                let prefix = RequestTimes(
                    id: 0, scheduled: request.scheduled, tokens: Array(request.tokens[...index]),
                    finish: event.time, thoughts: request.thoughts)
                let partial = try RequestScore(prefix, for: reader)
                #expect(stream.benefit == partial.benefit)
                #expect(stream.idle == partial.idle)
                #expect(stream.tokens == partial.tokens)
            }
            if let last = try stream.finished(at: request.finish, outcome: request.outcome) {
                earned += last
            }
            let score = try RequestScore(request, for: reader)
            #expect(stream.benefit == score.benefit)
            #expect(stream.idle == score.idle)
            #expect(isClose(earned, score.benefit))
        }
    }

    /// Under `arrival`, whatever the penalty, delaying tokens never raises a benefit.
    @Test(arguments: seeds)
    func aLaterTokenNeverPaysUnderArrival(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var parameters = ScoringParameters.random(using: &random)
        parameters.anchor = .arrival
        let reader = try Reader(parameters)
        for request in RequestTimes.random(count: 20, using: &random)
        where !request.tokens.isEmpty {
            var later = request
            let from = Int.random(in: later.tokens.indices, using: &random)
            let delay = Int64.random(in: 1...3_000_000_000, using: &random)
            for index in from..<later.tokens.count { later.tokens[index].time += delay }
            later.finish = max(later.finish, later.tokens[later.tokens.count - 1].time)
            let before = try RequestScore(request, for: reader)
            let after = try RequestScore(later, for: reader)
            #expect(after.benefit <= before.benefit)
            #expect(after.idle >= before.idle)
        }
    }

    /// Under `first_token` holding the first token back can gain, and the page says so.
    @Test func holdingTheFirstTokenBackGainsUnderFirstToken() throws {
        let reader = try Reader(.paperV1)
        let tokens = [TokenEvent(time: 0), TokenEvent(time: 1_000_000_000)]
        var held = tokens
        held[0].time = 900_000_000
        let prompt = try RequestScore(
            RequestTimes(id: 0, scheduled: 0, tokens: tokens, finish: 1_000_000_000), for: reader)
        let late = try RequestScore(
            RequestTimes(id: 0, scheduled: 0, tokens: held, finish: 1_000_000_000), for: reader)
        #expect(prompt.benefit == 2 - 20 * 0.95)
        #expect(isClose(late.benefit, 2 - 20 * 0.05))
    }

    /// An agent's idle time is the whole wait, less the nanosecond that each token is due after
    /// the one before; and neither a delay nor a drop gains, wholly or midway.
    @Test(arguments: seeds)
    func anAgentTakesTheWholeAnswer(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(.agent)
        #expect(reader.tokenTime == 1 && reader.parameters.takesAllAtOnce)
        for request in RequestTimes.random(count: 20, using: &random)
        where request.outcome == .completed && !request.tokens.isEmpty {
            let score = try RequestScore(request, for: reader)
            let wait = request.tokens[request.tokens.count - 1].time - request.scheduled
            #expect(score.idle <= wait && score.idle >= wait - Int64(score.tokens))
            let kept = 1 - min(1, Double(score.idle) / 60e9)
            #expect(isClose(score.benefit, Double(score.tokens) * kept))
        }
    }

    /// Robust, answer and agent: neither cutting a request off nor dropping it gains, and its
    /// benefit stays within the tokens that are read.
    @Test(arguments: seeds, [Preset.robust, .answer, .agent])
    func someNeverRewardDropping(seed: UInt64, preset: Preset) throws {
        var random = SplitMix64(seed: seed)
        let reader = try Reader(preset.parameters)
        #expect(!reader.rewardsDropping)
        for request in RequestTimes.random(count: 20, using: &random) {
            let whole = try RequestScore(request, for: reader)
            #expect(whole.benefit >= 0)
            #expect(whole.benefit <= Double(whole.read))
            for kept in 0...request.tokens.count {
                var cut = request
                cut.tokens = Array(request.tokens[..<kept])
                cut.outcome = .abandoned
                #expect(try RequestScore(cut, for: reader).benefit <= whole.benefit)
            }
        }
    }

    @Test(arguments: [
        (ScoringParameters.default, true), (.robust, false), (.paperV1, true), (.paperV2, true),
        (.answer, false), (.agent, false),
        (ScoringParameters(alpha: 0), false),
        (ScoringParameters(penalty: .step, incomplete: .void), false),
        (ScoringParameters(alpha: 1.5, penalty: .step, incomplete: .void), true),
        (ScoringParameters(penalty: .fraction(tau: 1)), true),
    ])
    func onlyABoundedPenaltyWithVoidIsSafe(parameters: ScoringParameters, rewards: Bool) throws {
        #expect(try Reader(parameters).rewardsDropping == rewards)
    }
}
