import Goodput
import Randomness
import Testing

@testable import Loss

/// A column of penalties is all that a run's surface is made of.
@Suite struct SurfaceTests {
    @Test func theSpeedsAreThoseOfThePage() {
        #expect(Surface.speeds.count == 301)
        #expect(Surface.speeds[0] == 1 && Surface.speeds[100] == 10)
        #expect(Surface.speeds[200] == 100 && Surface.speeds[300] == 1_000)
        #expect(isClose(Surface.speeds[30], 1.9952623149688795))
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func everyPointIsTheScoreOfThatReader(seed: UInt64) throws {
        let run = try RandomRun(seed: seed)
        var random = SplitMix64(seed: seed)
        var tally = SurfaceTally(readers: run.readers)
        for (request, parts) in zip(run.requests, run.parts) {
            try tally.add(request, classIndex: parts.classIndex)
        }
        let figures = try #require(tally.figures(over: run.interval))
        for _ in 0..<20 {
            let column = Surface.speeds.indices.randomElement(using: &random)!
            let alpha = Double.random(in: 0...3, using: &random)
            var whole = 0.0
            for (index, reader) in run.readers.enumerated() {
                var parameters = reader.parameters
                parameters.readingSpeed = Surface.speeds[column]
                parameters.alpha = alpha
                let reader = try Reader(parameters)
                let benefit = try zip(run.requests, run.parts).reduce(0.0) { sum, each in
                    try each.1.classIndex == index
                        ? sum + RequestScore(each.0, for: reader).benefit : sum
                }
                let wanted = try #require(run.interval.rate(of: benefit))
                let surface = figures.classes[index]
                #expect(isClose(surface.smoothGoodput(column: column, alpha: alpha), wanted))
                whole += wanted
            }
            #expect(isClose(figures.whole.smoothGoodput(column: column, alpha: alpha), whole))
        }
    }

    /// A reader that takes an answer whole costs the same at every speed: its own cost.
    @Test func anAnswerTakenWholeHasNoSpeed() throws {
        let reader = try Reader(.agent)
        let request = RequestTimes(
            id: 0, scheduled: 0,
            tokens: [TokenEvent(time: 3_000_000_000), TokenEvent(time: 6_000_000_000)],
            finish: 6_000_000_000)
        var tally = SurfaceTally(readers: [reader, try Reader(.default)])
        try tally.add(request, classIndex: 0)
        let figures = try #require(
            tally.figures(over: ServingInterval(begin: 0, end: 6_000_000_000)))
        let benefit = try RequestScore(request, for: reader).benefit
        for column in Surface.speeds.indices {
            #expect(isClose(figures.whole.smoothGoodput(column: column, alpha: 1), benefit / 6))
        }
    }

    /// A penalty that no double holds is infinite, and never no number.
    @Test func aPenaltyBeyondAllNumbersIsInfinite() throws {
        let reader = try Reader(ScoringParameters(penalty: .exponential(tau: 1e-3)))
        let request = RequestTimes(
            id: 0, scheduled: 0,
            tokens: [TokenEvent(time: 0), TokenEvent(time: 2_000_000_000)], finish: 2_000_000_000)
        var tally = SurfaceTally(readers: [reader])
        for _ in 0..<2 { try tally.add(request, classIndex: 0) }
        let surface = try #require(
            tally.figures(over: ServingInterval(begin: 0, end: 2_000_000_000))
        ).whole
        #expect(surface.penalties[0] == 0 && surface.penalties[300] == .infinity)
        #expect(surface.smoothGoodput(column: 300, alpha: 0) == 2)
        #expect(surface.smoothGoodput(column: 300, alpha: 1) == -.infinity)
        #expect(surface.crossing(surface, column: 300) == nil)
        #expect(RankingMap([surface, surface]).columns[300].map(\.run) == [0])
    }

    @Test func noTimeHasNoSurface() throws {
        let tally = SurfaceTally(readers: [try Reader(.default)])
        #expect(tally.figures(over: try ServingInterval(begin: 5, end: 5)) == nil)
    }

    @Test func aRequestThatCannotBeIsNamed() throws {
        var tally = SurfaceTally(readers: [try Reader(.default)])
        let request = RequestTimes(
            id: 7, scheduled: 5, tokens: [TokenEvent(time: 4)], finish: 9)
        #expect(
            throws: ScoringError.request(
                id: 7, defect: .tokenBeforeScheduled(token: 4, scheduled: 5))
        ) { try tally.add(request, classIndex: 0) }
    }
}
