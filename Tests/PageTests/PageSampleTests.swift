import Goodput
import Loss
import Results
import RunRecord
import SampleRuns
import Testing
import TimeBase
import TokenLog

@testable import Page

@Suite("Page of a run of many requests")
struct PageSampleTests {
    /// A run of `count` requests, each a little slower than the one before, the last of all the
    /// slowest.
    static func run(_ count: Int) -> RunResult {
        var result = SampleRun.result
        let models = [result.requests[1], result.requests[5]]
        result.requests = (0..<count).map { index in
            var request = models[index % 2]
            let shift = Int64(index) * 40_000_000 - request.scheduled.ns
            request.id = UInt32(index)
            request.agent = "node-0\(1 + index % 2)"
            request.scheduled = ClusterInstant(ns: request.scheduled.ns + shift)
            request.sent = request.scheduled
            let slower = Int64(index) * 1_500_000
            request.tokens = request.tokens?.enumerated().map { place, event in
                TokenEvent(
                    time: event.time + shift + slower * Int64(place), count: event.count)
            }
            request.finish = ClusterInstant(ns: request.tokens!.last!.time)
            return request
        }
        return result
    }

    static func requests(
        _ result: RunResult, mostWhole: Int
    ) throws -> (summary: RunSummary, rows: PageRequests) {
        var overrides = ScoringOverrides()
        overrides.surface = true
        let summary = try RunSummary(result, overrides: overrides)
        let interval = try #require(summary.run.totals.interval)
        return (
            summary,
            try PageRequests(
                StoredRequests(result.requests), summary, over: interval, mostWhole: mostWhole)
        )
    }

    @Test("A sample is chosen by ids, says so, and every sum is of all")
    func sample() throws {
        let result = Self.run(400)
        let (summary, rows) = try Self.requests(result, mostWhole: 100)
        let again = try Self.requests(result, mostWhole: 100).rows
        #expect(rows.rows.map(\.id) == again.rows.map(\.id))
        #expect(rows.sample.every == 4)
        #expect((50...150).contains(rows.drawn))
        // Both agents, which the plan deals in turn, have their part.
        #expect(Set(rows.rows.prefix(rows.drawn).map(\.agentIndex)).count == 2)
        #expect(rows.delivered == summary.run.totals.tokens)
        #expect(rows.open.whole == (try Self.requests(result, mostWhole: 1_000).rows.open.whole))
        let page = try ReportPage(
            summary, of: StoredRequests(result.requests), folder: "r", version: "0.1.0",
            mostWhole: 100)
        let html = String(decoding: page.html { $0 }, as: UTF8.self)
        #expect(html.contains("Shown one by one is 1 request in 4, \(rows.drawn) of 400"))
        #expect(!(try SamplePages.html()).contains("Shown one by one"))
    }

    @Test("The longest wait of all is shown for every reader, whether or not it is in the sample")
    func longest() throws {
        let result = Self.run(400)
        let (summary, rows) = try Self.requests(result, mostWhole: 100)
        let (_, all) = try Self.requests(result, mostWhole: 1_000)
        let classes = summary.classParameters.map(\.parameters)
        let sampled = try ReaderPicks.all(rows, classes)
        let whole = try ReaderPicks.all(all, classes)
        #expect(sampled.count == 1 + Lens.speeds.count)
        for (lens, (a, b)) in zip(try Lens.all(classes), zip(sampled, whole)) {
            func idle(_ picks: ReaderPicks, _ rows: PageRequests) -> Int64 {
                let row = rows.rows[picks.rows[2]]
                return row.idle(for: lens.readers[row.classIndex])
            }
            #expect(idle(a, rows) == idle(b, all))
        }
    }

    @Test("Smooth goodput at a step of the slider is that of a score", arguments: [0, 15, 27, 60])
    func sums(step: Int) throws {
        let result = Self.run(150)
        let (_, rows) = try Self.requests(result, mostWhole: 50)
        let fastest = Lens.speeds.count - 1
        let penalty = LossCause.allCases.reduce(0) { sum, cause in
            sum + rows.spectrum.losses(cause, speed: fastest - step).reduce(0, +)
        }
        for alpha in [0.5, 1] {
            var overrides = ScoringOverrides()
            overrides.readingSpeed = Lens.speeds[step]
            overrides.alpha = alpha
            let scored = try RunSummary(result, overrides: overrides)
            let told = try #require(scored.run.totals.smoothGoodput)
            let own = try #require(
                rows.interval.rate(of: Double(rows.earning) - alpha * penalty))
            #expect(abs(own - told) <= 1e-9 * max(1, abs(told)))
        }
    }

    @Test("Curves of a sampled page are those of all requests, to a bin")
    func curves() throws {
        let result = Self.run(300)
        let whole = try Self.requests(result, mostWhole: 1_000)
        let sampled = try Self.requests(result, mostWhole: 60)
        let a = LatencyCurve.all(PageRun(summary: whole.summary, requests: whole.rows))
        let b = LatencyCurve.all(PageRun(summary: sampled.summary, requests: sampled.rows))
        #expect(a.map(\.row) == b.map(\.row) && a.map(\.count) == b.map(\.count))
        for (exact, binned) in zip(a, b) {
            for share in [0.1, 0.5, 0.9, 1] {
                let value = try #require(exact.whole.first { $0.share >= share }?.value)
                let other = try #require(binned.whole.first { $0.share >= share }?.value)
                #expect(abs(other - value) <= value / 60 + 1, "\(exact.row) at \(share)")
            }
        }
    }

    @Test("The most open at once is that of a count at every begin")
    func open() {
        let spans: [[Range<Int64>]] = [
            [0..<10, 5..<8, 5..<5, 8..<20, 10..<12], [], [3..<4, 0..<30],
        ]
        let peaks = OpenPeaks(spans)
        func plain(_ spans: [Range<Int64>]) -> Int {
            spans.map(\.lowerBound).map { at in spans.count { $0.contains(at) || $0 == at..<at } }
                .max() ?? 0
        }
        #expect(peaks.nodes.map(\.requests) == spans.map(plain))
        #expect(peaks.whole.requests == plain(spans.flatMap { $0 }))
        #expect(peaks.nodes[1] == OpenPeaks.Peak())
    }
}
