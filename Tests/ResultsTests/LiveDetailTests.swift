import Goodput
import RunRecord
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Results

/// Figures that a live page shows beside the console's figures.
@Suite struct LiveDetailTests {
    private func tokens(_ delivered: Double, _ earned: Double) -> LiveTokens {
        var tokens = LiveTokens()
        tokens.delivered = delivered
        tokens.earned = earned
        return tokens
    }

    @Test("Bins keep what is put in, however long the run, in bounded memory")
    func bins() {
        var bins = RunBins<LiveTokens>()
        let seconds: [Int64] = [-3, 0, 1, 59, 3_599, 3_600, 36_000, 359_999, 360_000, 5_000_000]
        for second in seconds { bins.add(tokens(2, 1), second: second) }
        #expect(bins.amounts.count <= RunBins<LiveTokens>.most)
        #expect(bins.width == 10_000)
        #expect(bins.amounts.reduce(0) { $0 + $1.delivered } == 2 * Double(seconds.count))
        bins.add(tokens(2, 1), second: .max)
        #expect(bins.width == 10_000, "a broken stamp widens nothing")
    }

    @Test(
        "Steps are 1, 2, 5, 10 ... seconds wide and lose nothing",
        arguments: [(0.2, 1), (1, 1), (1.1, 2), (2.7, 5), (9.8, 10), (61, 100), (1e9, 5_000)])
    func steps(least: Double, width: Int64) {
        var bins = RunBins<LiveTokens>()
        for second in 0..<1_234 as Range<Int64> { bins.add(tokens(1, -0.5), second: second) }
        let (wide, amounts) = bins.steps(atLeast: least)
        #expect(wide == width)
        #expect(amounts.reduce(0) { $0 + $1.delivered } == 1_234)
        #expect(amounts.reduce(0) { $0 + $1.earned } == -617)
        #expect(amounts[0].delivered == Double(min(width, 1_234)))
    }

    @Test("A queue's step is the most that was told in it")
    func queue() {
        var bins = RunBins<LiveQueue>()
        for (second, waiting) in [(0, 3), (1, 9), (2, nil)] as [(Int64, UInt32?)] {
            var load = LiveQueue()
            load.waiting = waiting
            bins.add(load, second: second)
        }
        #expect(bins.steps(atLeast: 5).amounts.map(\.waiting) == [9])
        #expect(bins.amounts.map(\.waiting) == [3, 9, nil])
    }

    @Test("Spans are those of scored requests, and the timeline adds up to the headline")
    func spans() throws {
        var score = LiveScore(
            agents: ["a"], readers: [try Reader(ScoringParameters())],
            start: ClusterInstant(ns: 0), planned: 2, duration: nil, isDetailed: true)
        for (request, phase) in [(0, .scored), (1, .warmup)] as [(UInt32, Phase)] {
            score.becameDue(
                request, agent: 0, classIndex: 0, phase: phase,
                scheduled: ClusterInstant(ns: 1_000_000_000), sent: nil)
            for (token, at) in [(1, 1.5), (2, 1.75), (1, 4.0)] as [(UInt32, Double)] {
                score.received(token, of: request, at: ClusterInstant(ns: Int64(at * 1e9)))
            }
            score.finished(request, at: ClusterInstant(ns: 4_000_000_000), outcome: .completed)
        }
        let detail = try #require(score.detail)
        #expect(detail[.ttft].count == 1 && detail[.tbt].count == 3)
        #expect(abs(detail[.tbt].sum - 2.5e9) < 1e6)
        let longest = try #require(detail[.tbt].max)
        #expect(abs(longest - 2.25e9) < 3e6)
        let perToken = try #require(detail[.tpot].p50)
        #expect(abs(perToken - 2.5e9 / 3) < 1e6)
        let whole = try #require(detail[.e2e].p99)
        #expect(abs(whole - 3e9) < 3e6)
        #expect(detail.timeline.amounts.map(\.delivered) == [0, 3, 0, 0, 1])
        let snapshot = score.snapshot(at: ClusterInstant(ns: 4_000_000_000))
        #expect(snapshot.tokens == 4 && snapshot.agents[0].tokens == 4)
        let earned = detail.timeline.amounts.reduce(0) { $0 + $1.earned }
        #expect(abs(earned - snapshot.earned) < 1e-9)
    }

    @Test("A span of nothing is nothing, and not the end of a bucket")
    func nothing() {
        var histogram = LiveHistogram()
        histogram.record(0, count: 3)
        #expect(histogram.spread.p50 == 0 && histogram.spread.max == 0 && histogram.p99 == 0)
        #expect(histogram.spread.count == 3 && histogram.spread.sum == 0)
    }

    @Test("Nobody who does not look at it pays for it")
    func absent() throws {
        let score = LiveScore(
            agents: ["a"], readers: [try Reader(ScoringParameters())],
            start: ClusterInstant(ns: 0), planned: 2, duration: nil)
        #expect(score.detail == nil)
    }

    @Test("Servers are as many as there is room for, whatever agents name")
    func servers() {
        var servers = LiveServers()
        for target in 0..<UInt16(200) {
            servers.add(
                ScrapeRecord(
                    target: target, asked: LocalInstant(ns: 0), at: LocalInstant(ns: 1),
                    answer: .figures(ServerFigures())), agent: 0, name: { "\($0)" }, second: 0)
        }
        #expect(servers.servers.count == LiveServers.most)
    }
}
