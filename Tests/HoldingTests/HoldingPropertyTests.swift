import Goodput
import Holding
import Randomness
import Testing

/// Laws of the detection, over random streams of any shape.
@Suite("Laws of the detection") struct HoldingPropertyTests {
    /// Streams with bursts, pauses, equal times and events of several tokens.
    private static func requests(
        _ count: Int, using random: inout SplitMix64
    ) -> [RequestTimes] {
        let pace = Int64.random(in: 200_000...40_000_000, using: &random)
        return (0..<count).map { id in
            let scheduled = Int64.random(in: 0...8_000_000_000, using: &random)
            var time = scheduled + Int64.random(in: 0...500_000_000, using: &random)
            var tokens: [TokenEvent] = []
            for _ in 0..<Int.random(in: 0...90, using: &random) {
                let count = UInt32.random(in: 1...4, using: &random)
                tokens.append(TokenEvent(time: time, count: count == 2 ? 7 : 1))
                let pause: Int64 =
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0: 0
                    case 1: pace * 30
                    default: Int64.random(in: pace / 2...pace, using: &random)
                    }
                time += pause
            }
            return RequestTimes(
                id: id, scheduled: scheduled, tokens: tokens,
                finish: tokens.last?.time ?? scheduled)
        }
    }

    private static func figures(
        _ requests: [RequestTimes], seed: UInt64 = 9, mostEvents: Int = HoldingAnalysis.mostEvents
    ) throws -> HoldingFigures {
        var analysis = HoldingAnalysis(
            targets: 1, over: try ServingInterval(over: requests), seed: seed,
            mostEvents: mostEvents)
        for request in requests { analysis.add(request, target: 0, promptTokens: 100) }
        return analysis.figures()[0]
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func figuresAreSharesAndFinite(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 0...30, using: &random)
        let figures = try Self.figures(Self.requests(count, using: &random))
        let shares = [
            figures.grouped, figures.firstBurst, figures.lastBurst, figures.outOfStep,
            figures.independent, figures.inStep, figures.spike, figures.met, figures.lattice,
        ]
        for share in shares.compactMap(\.self) {
            #expect(share >= 0 && share <= 1 + 1e-12)
        }
        if let covariation = figures.covariation { #expect(abs(covariation) <= 1) }
        if let u = figures.outOfStep, let a = figures.inStep, let ui = figures.independent {
            #expect(u + a <= 1 + 1e-12 && ui <= u)
        }
        let spans = [
            figures.theta, figures.period, figures.heldFirst, figures.ttftWall,
            figures.loadEffect, figures.crowd,
        ]
        for span in spans.compactMap(\.self) { #expect(span.isFinite) }
        #expect(!figures.verdicts.isEmpty)
        #expect(Set(figures.verdicts).count == figures.verdicts.count)
        #expect(figures.sentences.count == figures.verdicts.count + figures.suspicions.count)
        #expect(!figures.sentences.joined().contains("nan"))
    }

    @Test("A run that is moved, as far as times go, has the same figures")
    func moved() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let requests = Self.requests(20, using: &random)
            let moved = requests.map { request in
                var copy = request
                copy.scheduled += 1 << 62
                copy.finish += 1 << 62
                copy.tokens = request.tokens.map {
                    TokenEvent(time: $0.time + 1 << 62, count: $0.count)
                }
                return copy
            }
            #expect(try Self.figures(requests) == Self.figures(moved))
        }
    }

    @Test("Slower clocks make slower figures, and the same shares")
    func scaled() throws {
        let streams = ServedStreams(.slow, .open(3), seed: 6)
        let figures = streams.figures()
        var slower = streams
        for index in slower.requests.indices {
            slower.requests[index].scheduled *= 2
            slower.requests[index].finish *= 2
            for token in slower.requests[index].tokens.indices {
                slower.requests[index].tokens[token].time *= 2
            }
        }
        let twice = slower.figures()
        #expect(twice.verdicts == figures.verdicts)
        #expect(twice.spike == figures.spike)
        #expect(twice.inStep == figures.inStep)
        #expect(twice.crowd == figures.crowd)
    }

    @Test("What is kept of a large target does not depend on the order, and stays in the bound")
    func sample() throws {
        var requests = ServedStreams(.slow, .open(4), count: 400, seed: 2).requests
        let all = try Self.figures(requests)
        #expect(all.sample == nil)
        #expect(all.streams == requests.count)
        let some = try Self.figures(requests, mostEvents: 1)
        let sample = try #require(some.sample)
        #expect(some.tokens <= 1 << 14)
        #expect(some.streams >= 30)
        #expect(sample.streams == requests.count)
        #expect(sample.tokens == requests.reduce(0) { $0 + $1.tokens.count })
        #expect(sample.liveStretches < sample.stretches)
        // Stretches keep what overlaps: an engine's steps still show.
        #expect(some.verdicts == [.none])
        #expect((some.inStep ?? 0) > 0.9)
        #expect((some.crowd ?? 0) >= (all.crowd ?? 0) / 2)
        for order in 1...3 {
            var random = SplitMix64(seed: UInt64(order))
            requests.shuffle(using: &random)
            let again = try Self.figures(requests, mostEvents: 1)
            #expect(again.sample == some.sample)
            #expect(again.streams == some.streams && again.tokens == some.tokens)
            #expect(again.spike == some.spike)
        }
        let sentence = try #require(some.sentences.last)
        #expect(sentence.hasPrefix("Looked at \(some.streams) of 400 answers with "))
    }

    @Test("A crowd of streams at one time is thinned by name")
    func crowd() throws {
        let requests = (0..<1_000).map { id in
            RequestTimes(
                id: id, scheduled: 0,
                tokens: (1...60).map { TokenEvent(time: Int64($0) * 20_000_000) },
                finish: 1_200_000_000)
        }
        let figures = try Self.figures(requests, mostEvents: 1)
        #expect(figures.tokens <= 1 << 14)
        #expect(figures.tokens > 1 << 12)
        #expect(figures.sample?.liveStretches == 1)
    }
}
