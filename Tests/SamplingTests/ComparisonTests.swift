import Goodput
import Randomness
import Testing

@testable import Sampling

@Suite struct ComparisonTests {
    private func samples(
        _ run: DrawnRun, _ change: (inout RequestTimes) -> Void = { _ in }
    ) throws -> RunSamples {
        var requests = run.times()
        for index in requests.indices { change(&requests[index]) }
        return try #require(
            try RunSamples(of: requests, for: try Reader(.default), .open))
    }

    @Test func aRunDoesNotDifferFromItself() throws {
        let run = DrawnRun(seed: 21)
        let pair = try PairedRuns(try samples(run), try samples(run))
        for figure in RateFigure.allCases {
            let comparison = pair.comparison(of: .rate(figure))
            #expect(comparison.difference == 0)
            #expect(comparison.low == 0)
            #expect(!comparison.isShown)
        }
    }

    /// Everything 20 % slower, on a clock that began elsewhere: shown in the latencies, in one
    /// direction and as much in the other.
    @Test func aSlowerRunIsShown() throws {
        let base = DrawnRun(seed: 22, requests: 300, failures: 0)
        let a = try samples(base) { request in
            let start = request.scheduled
            func slower(_ time: Int64) -> Int64 { start + (time - start) * 6 / 5 + 1 << 50 }
            request.scheduled += 1 << 50
            request.finish = slower(request.finish)
            for index in request.tokens.indices {
                request.tokens[index].time = slower(request.tokens[index].time)
            }
        }
        let b = try samples(base)
        let limit = try #require(b.run?[.ttft][.p50]?.value)
        let there = try PairedRuns(a, b)
        #expect(there.requests >= 250)
        let figure = PairedRuns.Figure.beyond(.ttft, limit: limit)
        let comparison = there.comparison(of: figure)
        #expect(comparison.isShown)
        #expect(comparison.difference > 0.1)
        let back = try PairedRuns(b, a).comparison(of: figure)
        #expect((back.difference + comparison.difference).magnitude < 0.05)
        #expect((there.comparison(of: .rate(.throughput)).difference).magnitude < 1e-9)
    }

    @Test func sharesPairAsShares() throws {
        let base = DrawnRun(seed: 23, requests: 200, failures: 0)
        let a = try samples(base) { request in
            if request.id % 4 == 0 { request.outcome = .failed }
        }
        let comparison = try PairedRuns(a, try samples(base)).comparison(of: .share(.sloAttainment))
        #expect((comparison.difference + 0.25).magnitude < 0.03)
        #expect(comparison.base <= 1)
    }

    @Test func runsWithNothingInCommonAreRefused() throws {
        let a = try samples(DrawnRun(seed: 24))
        let b = try samples(DrawnRun(seed: 24)) { $0.id += 10_000 }
        #expect(throws: PairedRuns.Refusal.nothingInCommon) { try PairedRuns(a, b) }
        let instant = try #require(
            try RunSamples(
                of: [RequestTimes(id: 1, scheduled: 3, tokens: [], finish: 4)],
                for: try Reader(.default), .open))
        #expect(throws: PairedRuns.Refusal.nothingInCommon) { try PairedRuns(instant, a) }
    }

    @Test func sidesWithoutIntervalAreNotCompared() throws {
        let figure = try #require(try samples(DrawnRun(seed: 25)).run?[.throughput])
        var without = figure
        without.se = nil
        #expect(Comparison(independent: without, figure) == nil)
        #expect(Comparison(seeds: [1, 2], [1, 2]) == nil)
        #expect(Comparison(welch: [1, 2, 3], [1, 2]) == nil)
    }

    @Test func equalSetsDoNotDiffer() throws {
        let same = try #require(Comparison(welch: [5, 5, 5], [5, 5, 5, 5]))
        #expect(same.difference == 0 && !same.isShown && same.dof == 5)
        let apart = try #require(Comparison(welch: [6, 6, 6], [5, 5, 5]))
        #expect(apart.isShown)
        let bySeed = try #require(Comparison(seeds: [0, 0, 0], [0, 0, 0]))
        #expect(bySeed.relative == nil)
    }

    @Test func antisymmetry() throws {
        var rng = SplitMix64(seed: 1)
        for _ in 0..<50 {
            let a = (0..<5).map { _ in 10 + rng.nextNormal() }
            let b = (0..<4).map { _ in 10.5 + rng.nextNormal() }
            let there = try #require(Comparison(welch: a, b))
            let back = try #require(Comparison(welch: b, a))
            #expect((there.difference + back.difference).magnitude < 1e-12)
            #expect((there.low + back.high).magnitude < 1e-12)
            #expect(there.isShown == back.isShown)
        }
    }

    @Test func runsAreJoinedByTheirFigures() throws {
        let runs = try (30..<34 as Range<UInt64>).map { seed in
            try #require(try samples(DrawnRun(seed: seed)).run)
        }
        let joined = JoinedRuns(
            runs, leftOut: [JoinedRuns.LeftOut(run: "run-5", reason: .overloaded)],
            stopped: RepeatUntil(share: 0.9))
        #expect(joined.runs == 4)
        let smooth = try #require(joined.figures.first { $0.name == "smooth_goodput" }).figure
        let mean = runs.reduce(0) { $0 + $1[.smoothGoodput].value } / 4
        #expect((smooth.value - mean).magnitude < 1e-9)
        #expect((smooth.high ?? 0) >= 1.9 * mean - 1e-9)
        #expect(joined.figures.contains { $0.name == "ttft_p90" })
        // Too few requests lie beyond it.
        #expect(!joined.figures.contains { $0.name == "ttft_p999" })
        #expect(JoinedRuns([], leftOut: []).figures.isEmpty)
    }
}
