import Glibc
import Goodput
import Randomness
import SampleRuns
import Testing
import Timeline

@testable import Results

@Suite("The clocks' interval around a rate") struct ClockIntervalTests {
    @Test func itHoldsTheFigureAndWidensWithTheBound() throws {
        let summary = try RunSummary(SampleRun.result)
        let smooth = try #require(summary.run.totals.smoothGoodput)
        let clock = try #require(summary.clock)
        #expect(clock.smoothGoodput.low <= smooth && smooth <= clock.smoothGoodput.high)
        // Node 1 begins at 0.5 s and node 2 at 0.25 s and ends last, so only its bound counts.
        let length = Double(summary.run.totals.interval?.length ?? 0)
        #expect((clock.shortest * 1e9 - (length - 2 * 9_900)).magnitude < 1)
        #expect((clock.longest * 1e9 - (length + 2 * 9_900)).magnitude < 1)
        #expect(clock.driftAllowance == 19_800)
        let expected = summary.run.totals.benefit / clock.shortest
        #expect(clock.smoothGoodput.high >= expected)
        #expect((clock.smoothGoodput.high - expected) / expected < 1e-4)
        var loose = SampleRun.result
        loose.header.agents[1].clockBounds = ClockBounds(low: -1_000_000, high: 1_000_000)
        let wide = try #require(try RunSummary(loose).clock)
        #expect(wide.smoothGoodput.low < clock.smoothGoodput.low)
        #expect(wide.smoothGoodput.high > clock.smoothGoodput.high)
        loose.header.agents[0].clockBounds = nil
        loose.header.agents[0].clockHalfWidth = nil
        #expect(try RunSummary(loose).clock == nil)
    }

    /// A negative sum turns the ends around.
    @Test func theEndsFollowTheSign() {
        func ends(_ least: Double, _ most: Double, _ shortest: Double) -> ClockInterval.Ends? {
            ClockInterval.Ends(least: least, most: most, shortest: shortest, longest: 5)
        }
        #expect(ends(-10, -10, 4) == ClockInterval.Ends(low: -2.5, high: -2))
        #expect(ends(-10, 10, 4) == ClockInterval.Ends(low: -2.5, high: 2.5))
        #expect(ends(10, 10, 4) == ClockInterval.Ends(low: 2, high: 2.5))
        #expect(ends(1, 1, 0) == nil)
        #expect(ends(-.infinity, 1, 4) == nil)
    }

    @Test func boundsThatNobodyKnowsAreAsWideAsCanBe() {
        #expect(ClockBounds(low: -10, high: 3).width == 13)
        #expect(ClockBounds(low: .min, high: .max).width == .max)
    }

    /// Whatever the clocks really did within their bounds, the run scored by its true times lies
    /// inside.
    @Test(
        arguments: [
            ScoringParameters.default, .robust, .paperV1, .paperV2, .agent,
            ScoringParameters(readingSpeed: 40, ttftBudget: 212_000_000, penalty: .step),
            ScoringParameters(
                readingSpeed: 3_000, anchor: .firstToken, penalty: .power(exponent: 2),
                incomplete: .waiting),
            ScoringParameters(
                readingSpeed: 200, ttftBudget: 100_000_000, alpha: 3, penalty: .hinge(grace: 0.01),
                incomplete: .waiting),
            ScoringParameters(
                readingSpeed: 40, ttftBudget: 400_000_000, penalty: .fraction(tau: 1),
                incomplete: .void, reads: .answer),
        ])
    func theTruthLiesInside(parameters: ScoringParameters) throws {
        var parameters = parameters
        parameters.objectives.ttft = 210_000_000
        let reader = try Reader(parameters)
        var moved = 0
        for seed in 0..<150 {
            var generator = SplitMix64(seed: UInt64(seed))
            let agents = Int.random(in: 1...4, using: &generator)
            let run = Self.run(agents: agents, using: &generator)
            let scale = [1_000, 100_000, 5_000_000].randomElement(using: &generator) ?? 1
            let bounds = (0..<agents).map { _ in
                ClockBounds(
                    low: -Int64.random(in: 0...Int64(scale), using: &generator),
                    high: Int64.random(in: 0...Int64(scale), using: &generator))
            }
            let scores = try RunScores(run.requests, agents: run.agents, for: reader)
            let published = scores.whole
            var spans = AgentSpans(agents: agents)
            for (request, agent) in zip(run.requests, run.agents) {
                spans.add(request, agent: agent)
            }
            let interval = try #require(
                ClockInterval(
                    scores.digests, in: scores.groups, for: [reader], spans, bounds, published))
            for _ in 0..<4 {
                let clocks = bounds.map { TrueClock($0, using: &generator) }
                let truth = try Scoring(
                    zip(run.requests, run.agents).map { clocks[$1].truth(of: $0) }, for: reader
                ).totals
                for (value, ends) in [
                    (truth.smoothGoodput, interval.smoothGoodput),
                    (truth.goodput, interval.goodput), (truth.throughput, interval.throughput),
                ] {
                    let value = try #require(value)
                    let slack = 1e-12 * max(1, value.magnitude)
                    #expect(ends.low - slack <= value && value <= ends.high + slack, "seed \(seed)")
                }
                if truth.smoothGoodput != published.smoothGoodput { moved += 1 }
            }
        }
        #expect(moved > 200, "the clocks moved next to nothing, so nothing was shown")
    }

    /// A digest tells the score of a request that it would have by a clock that was off.
    @Test(arguments: Anchor.allCases, IncompletePolicy.allCases)
    func whatIsKeptTellsTheShiftedScore(anchor: Anchor, incomplete: IncompletePolicy) throws {
        var idle = 0
        // The first shift whose kept figures differ from those of the shifted request.
        var wrong: String?
        for seed in 0..<60 {
            var generator = SplitMix64(seed: UInt64(seed))
            for penalty in Penalty.kinds.compactMap({ Penalty(kind: $0) }) {
                var parameters = ScoringParameters(
                    readingSpeed: Double.random(in: 10...200, using: &generator), anchor: anchor,
                    ttftBudget: [0, 212_000_000].randomElement(using: &generator) ?? 0,
                    penalty: penalty, incomplete: incomplete,
                    reads: ReadPart.allCases.randomElement(using: &generator) ?? .all)
                if Bool.random(using: &generator) { parameters.objectives.ttft = 210_000_000 }
                let reader = try Reader(parameters)
                let requests = Self.run(agents: 1, using: &generator).requests.map { request in
                    var request = request
                    // Tokens at the deadlines' origin stay where they are.
                    if Int.random(in: 0..<4, using: &generator) == 0 {
                        for index in request.tokens.indices.prefix(3) {
                            request.tokens[index].time = request.scheduled
                        }
                    }
                    request.isStreamed = Bool.random(using: &generator)
                    return request
                }
                // Nobody asks for the gaps: their bins are coarse.
                let kept = try RunScores(requests, for: reader, cells: 1_000).digests
                for (request, digest) in zip(requests, kept) {
                    let far = Int64.random(in: 0...300_000_000, using: &generator)
                    // Then the first token comes just within the objective, or just not.
                    let within =
                        request.scheduled + 210_000_000
                        - (request.tokens.first?.time ?? request.scheduled)
                    for shift in [0, 1, -1, far, -far, 1 << 61, -(1 << 61), within, within + 1] {
                        var sums = ShiftedSums()
                        sums.add(digest, moved: shift, for: reader)
                        let shifted = request.shifted(by: shift, for: reader)
                        let score = try? RequestScore(shifted, for: reader)
                        // A benefit that a double cannot hold has no score.
                        if sums.benefit.value != score?.benefit, sums.benefit.value.isFinite {
                            wrong = wrong ?? "benefit, seed \(seed), \(penalty), \(shift) ns"
                        }
                        guard let score else { continue }
                        let ttft = request.tokens.first.map {
                            max(0, $0.time - request.scheduled + shift)
                        }
                        let slo = parameters.objectives.ttft
                        let isMet =
                            request.outcome == .completed && score.idle == 0 && score.read > 0
                            && ttft ?? .max <= slo ?? .max - 1
                            && (request.isStreamed || slo == nil)
                        if sums.sloTokens != (isMet ? score.read : 0) {
                            wrong = wrong ?? "SLO tokens, seed \(seed), \(penalty), \(shift) ns"
                        }
                        if score.idle > 0 { idle += 1 }
                    }
                }
            }
        }
        #expect(wrong == nil)
        #expect(idle > 1_000)
    }

    /// Some requests of some agents; times near the reader's deadlines, so that shifts count.
    private static func run(
        agents: Int, using generator: inout SplitMix64
    ) -> (requests: [RequestTimes], agents: [Int]) {
        var requests: [RequestTimes] = []
        var owners: [Int] = []
        for id in 0..<Int.random(in: 1...12, using: &generator) {
            let scheduled = Int64.random(in: 0...4_000_000_000, using: &generator)
            var at = scheduled + Int64.random(in: 190_000_000...230_000_000, using: &generator)
            let tokens = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                defer { at += Int64.random(in: 6_000_000...60_000_000, using: &generator) }
                return TokenEvent(
                    time: at, count: UInt32.random(in: 1...3, using: &generator))
            }
            requests.append(
                RequestTimes(
                    id: id, scheduled: scheduled, tokens: tokens, finish: at,
                    outcome: RequestOutcome.allCases.randomElement(using: &generator) ?? .failed,
                    thoughts: UInt32.random(in: 0...20, using: &generator)))
            owners.append(Int.random(in: 0..<agents, using: &generator))
        }
        return (requests, owners)
    }
}

extension RequestTimes {
    /// The request with all that happened after its deadlines' origin later by `shift` ns, or
    /// earlier for a negative one, but never before that origin.
    fileprivate func shifted(by shift: Int64, for reader: Reader) -> RequestTimes {
        let first = read(by: reader).tokens.first?.time ?? scheduled
        let origin = reader.parameters.anchor == .arrival ? scheduled : first
        func moved(_ time: Int64) -> Int64 { time <= origin ? time : max(origin, time + shift) }
        var result = self
        for index in result.tokens.indices {
            result.tokens[index].time = moved(result.tokens[index].time)
        }
        result.finish = moved(finish)
        return result
    }
}

/// A clock that strays from its published mapping, slowly, all over what its bounds allow.
private struct TrueClock {
    private let bounds: ClockBounds
    private let period: Double
    private let phase: Double

    init(_ bounds: ClockBounds, using generator: inout SplitMix64) {
        self.bounds = bounds
        // From within one request to hardly at all over the run; never backwards.
        period = pow(10, Double.random(in: 8...11, using: &generator))
        phase = Double.random(in: 0...(2 * .pi), using: &generator)
    }

    private func truth(_ ns: Int64) -> Int64 {
        let share = (1 + sin(2 * .pi * Double(ns) / period + phase)) / 2
        return ns + bounds.low + Int64(share * Double(bounds.width))
    }

    func truth(of request: RequestTimes) -> RequestTimes {
        var moved = request
        moved.scheduled = truth(request.scheduled)
        for index in moved.tokens.indices {
            moved.tokens[index].time = truth(moved.tokens[index].time)
        }
        moved.finish = truth(request.finish)
        return moved
    }
}
