import Glibc
import Goodput
import Results
import SampleRuns
import Sampling
import Testing
import TimeBase
import TokenLog

@testable import Compare
@testable import Loss
@testable import Page

/// The page of a comparison, of runs in memory.
@Suite("Page of a comparison")
struct ComparePageTests {
    /// The sample run with every token of every second request later by `delay` ns.
    private func result(delay: Int64) -> RunResult {
        var result = SampleRun.result
        for index in result.requests.indices where index % 2 == 1 {
            result.requests[index].tokens = result.requests[index].tokens?.map { event in
                TokenEvent(time: event.time + delay, count: event.count)
            }
            result.requests[index].finish.ns += delay
        }
        return result
    }

    private static var overrides: ScoringOverrides {
        var overrides = ScoringOverrides()
        overrides.surface = true
        return overrides
    }

    private func page(_ names: [String], delays: [Int64]) throws -> (CompareFindings, String) {
        let results = delays.map { result(delay: $0) }
        let summaries = try results.map { try RunSummary($0, overrides: Self.overrides) }
        let figures = ComparisonReport.figures(hasBounds: true)
        let report = ComparisonReport(
            zip(names, summaries).map { name, summary in
                ComparedSystem(
                    name: name,
                    runs: [ComparedSystem.Run(summary, path: "runs/a", figures: figures)])
            }, figures)
        let runs = zip(summaries, results).map {
            (summary: $0, requests: StoredRequests($1.requests) as any MeasuredRequests)
        }
        let page = try ComparePage(report, runs: runs)
        return (page.story, String(decoding: page.html(version: "1"), as: UTF8.self))
    }

    @Test("A lead is an interval of weights, as a count over the plane has it", arguments: [2, 3])
    func bands(_ count: Int) {
        // Lines that cross: who delivers more makes faster readers wait.
        let surfaces = [(100.0, 0.9, 1.0), (112, 4, 1.3), (90, 0.05, 1.6)].prefix(count).map {
            throughput, cost, power in
            Surface(
                throughput: throughput,
                penalties: Surface.speeds.map { min(80, cost * pow($0 / 10, power)) })
        }
        let bands = LeadBands(surfaces: surfaces)
        var leads = [Int](repeating: 0, count: count)
        for column in stride(from: 0, to: Surface.speeds.count, by: 15) {
            for alpha in stride(from: 0.05, to: LeadBands.mostAlpha, by: 0.1) {
                let values = surfaces.map { $0.smoothGoodput(column: column, alpha: alpha) }
                for (system, share) in values.indices.flatMap({ system in
                    LeadBands.shares.map { (system, $0) }
                }) {
                    let rest = values.indices.filter { $0 != system }.map { values[$0] }
                    let margin =
                        values[system] - (rest.max() ?? 0) - share * surfaces[0].throughput
                    guard margin.magnitude > 1e-6 else { continue }
                    let told =
                        bands.weights(of: system, by: share, column: column)?.contains(alpha)
                        ?? false
                    #expect(told == (margin > 0), "\(system) \(share) \(column) \(alpha)")
                    if told { leads[system] += 1 }
                }
            }
        }
        #expect(leads.allSatisfy { $0 > 20 }, "not all lead somewhere: \(leads)")
    }

    @Test("The same request twice: less, more, as long, never")
    func pairs() throws {
        let rows: [(base: Int64, other: Int64)] = [
            (0, 0), (9_000_000, 0), (500_000_000, 0), (0, 20_000_000), (30_000_000, 31_000_000),
        ]
        func requests(_ idle: ((base: Int64, other: Int64)) -> Int64) -> ComparedRequests {
            ComparedRequests(
                rows: rows.enumerated().map { id, row in
                    ComparedRequests.Row(
                        id: id, firstToken: nil, tokenTime: nil, wholeAnswer: nil, idle: idle(row))
                })
        }
        let pairs = WaitPairs(requests(\.base), requests(\.other))
        #expect(pairs.waits.count == 5)
        #expect([pairs.less, pairs.more, pairs.asLong, pairs.never] == [1, 1, 1, 2])
        let fewer = WaitPairs(requests(\.base), ComparedRequests(rows: []))
        #expect(fewer.waits.isEmpty && fewer.never == 0)
    }

    private func row(_ figure: SummaryFigure, _ a: [Double], _ b: [Double]) throws
        -> ComparisonReport.Row
    {
        ComparisonReport.Row(
            figure: figure, base: b.reduce(0, +) / 3, value: a.reduce(0, +) / 3,
            outcome: .success(try #require(Comparison(seeds: a, b))))
    }

    @Test("The headline has the difference where it is shown, and says where it is not")
    func headlines() throws {
        let (story, _) = try page(["a", "b"], delays: [0, 0])
        let base = [100.0, 100, 100]
        let more = try row(.smooth, [103, 104, 105], base)
        let text = story.sentence(1, [more]).replacing("\u{A0}", with: " ")
        #expect(
            text == "With b readers get 4.0 % more than with a: 104 smooth tokens a second "
                + "against 100.")
        #expect(story.detail([more])?.contains("+4.0\u{A0}% (+1.5 to +6.5)") == true)
        let less = try row(.smooth, [97, 96, 95], base)
        #expect(story.sentence(1, [less]).contains("4.0\u{A0}% less than with a"))
        let even = try row(.smooth, [90, 100, 113], base)
        #expect(story.sentence(1, [even]).hasPrefix("No difference is shown in what readers get"))
        let refused = ComparisonReport.Row(
            figure: .smooth, base: 1, value: 2, outcome: .failure(.overloaded))
        #expect(story.sentence(1, [refused]).hasPrefix("b is not compared with a: overloaded"))
        #expect(story.sentence(1, []) == "b and a have no smooth goodput to compare.")
    }

    @Test("Right is better for the reader, whatever the figure")
    func turning() throws {
        let base = [100.0, 100, 100]
        let more = try #require(try row(.smooth, [103, 104, 105], base).turned)
        #expect(more.value == 0.04 && more.low > 0.01 && more.high < 0.07 && more.low < more.high)
        let slower = try row(.latency(.ttft, .rank(.p99)), [103, 104, 105], base)
        let turned = try #require(slower.turned)
        #expect(slower.judgement == .worse && turned.value == -0.04)
        #expect(turned.low < turned.value && turned.value < turned.high && turned.high < 0)
        let refused = ComparisonReport.Row(
            figure: .smooth, base: 1, value: 2, outcome: .failure(.runs))
        #expect(refused.turned == nil && refused.change == nil)
    }

    @Test("Every section is there, with a finding as its heading")
    func sections() throws {
        let (story, html) = try page(["a", "b"], delays: [0, 2_000_000_000])
        for id in ["differences", "ranking", "timelines", "requests", "latencies"] {
            let parts = html.split(separator: "<section id=\"\(id)\"")
            try #require(parts.count == 2, "\(id)")
            #expect(parts[1].hasPrefix("><header><h2>"))
        }
        #expect(html.contains("default-src &#39;none&#39;"))
        #expect(story.pairs[0]?.more ?? 0 > 0)
        #expect(story.rankingFinding(try #require(story.bands)).contains("a leads"))
    }

    @Test("One system against itself shows nothing, and says so")
    func equal() throws {
        let (story, html) = try page(["a", "b"], delays: [0, 0])
        #expect(story.pairs[0]?.less == 0 && story.pairs[0]?.more == 0)
        #expect(
            story.rankingFinding(try #require(story.bands))
                == "Nobody leads by 1 % for any reader (α\u{A0}=\u{A0}1).")
        #expect(!html.contains("winner") && !html.contains("significant"))
    }

    @Test("Names of systems are text", arguments: EscapingTests.hostile)
    func names(_ name: String) throws {
        let pages = [
            try page([name, "b"], delays: [0, 1_000]).1,
            try page(["a", "b"], delays: [0, 1_000]).1,
        ]
        for tag in ["<script", "</script", "<img", "<svg", "<!--", "\u{202E}", "\u{1B}"] {
            #expect(
                pages[0].split(separator: tag).count == pages[1].split(separator: tag).count,
                "\(tag)")
        }
    }
}
