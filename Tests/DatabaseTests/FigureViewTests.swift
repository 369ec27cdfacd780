import GRDB
import Goodput
import JSON
import Results
import RunRecord
import SampleRuns
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Database

/// The views give what `summary.json` gives.
@Suite("Figures in SQL")
struct FigureViewTests {
    /// Runs of every kind: whole, without requests, with failures alone, with answers that came
    /// whole and collected, with other percentiles.
    enum Kind: String, CaseIterable {
        case sample, empty, warmupOnly, failedOnly, wholeAnswers, collected, otherPercentiles, long

        var result: RunResult {
            var result = SampleRun.result
            switch self {
            case .sample: break
            case .empty: result.requests = []
            case .warmupOnly: result.requests.removeAll { $0.phase == .scored }
            case .failedOnly:
                for index in result.requests.indices {
                    result.requests[index].tokens = []
                    result.requests[index].outcome = .failed
                    result.requests[index].error = RequestError(
                        kind: .connect, detail: "it's \"refused\"; DROP TABLE requests")
                }
            case .wholeAnswers:
                for index in result.requests.indices where index % 2 == 0 {
                    result.requests[index].notes.marks.insert(.notStreamed)
                }
            case .collected:
                for index in result.requests.indices {
                    let end = result.requests[index].finish.ns
                    result.requests[index].tokens = (0..<9).map { _ in TokenEvent(time: end) }
                }
            case .otherPercentiles:
                result.header.percentiles = PercentileRanks([
                    PercentileRank(thousandths: 0), PercentileRank(thousandths: 33_333),
                    PercentileRank(thousandths: 100_000),
                ])
            case .long:
                let one = result.requests
                for round in 1..<40 {
                    for var request in one {
                        request.id += UInt32(8 * round)
                        for index in (request.tokens ?? []).indices {
                            request.tokens?[index].time += Int64(round * index * 977)
                        }
                        result.requests.append(request)
                    }
                }
            }
            return result
        }
    }

    @Test(
        "Every view is the summary's figure, of the run, each agent and each class",
        arguments: Kind.allCases, [TokenStorage.deltas, .rows])
    func views(kind: Kind, storage: TokenStorage) throws {
        let run = try WrittenRun(kind.result, storage)
        let summary = try JSONValue(parsing: Array(run.summary.json.utf8))
        for (view, member) in [
            ("throughput", "throughput"), ("smooth_goodput", "smooth_goodput"),
            ("goodput", "goodput"), ("attainment", "slo_attainment"),
            ("classic_attainment", "classic_attainment"),
            ("classic_request_goodput", "classic_request_goodput"),
        ] {
            let figures = try run.figures(view)
            let parts = try Self.parts(summary)
            #expect(figures.count == parts.count, "\(view)")
            for (part, totals) in parts {
                Self.compare(figures[part] ?? .none, totals[member]?.double, "\(view) \(part)")
            }
        }
        let name = run.summary.header.name
        for (view, member) in [
            ("robust_smooth_goodput", "smooth_goodput"), ("robust_goodput", "goodput"),
        ] {
            Self.compare(
                try run.figures(view)["run/\(name)"] ?? .none,
                summary["robust"]?[member]?.double, view)
        }
        for view in ["ttft", "ttft_sent", "tpot", "e2e", "idle", "tbt", "inter_chunk"] {
            try compareDistribution(of: run, view, try Self.parts(summary).map { ($0, $1[view]) })
        }
        try compareDistribution(of: run, "lateness", [("run/\(name)", summary["lateness"])])
    }

    private func compareDistribution(
        of run: WrittenRun, _ view: String, _ parts: [(String, JSONValue?)]
    ) throws {
        let figures = try run.figures(view)
        for (part, distribution) in parts {
            for member in distribution?.members ?? [] where member.name != "count" {
                let figure = figures["\(part)/\(member.name)"] ?? .none
                Self.compare(figure, member.value.double, "\(view) \(part) \(member.name)")
            }
        }
    }

    private static func parts(_ summary: JSONValue) throws -> [(String, JSONValue)] {
        let name = try #require(summary["name"]?.string)
        var parts = [("run/\(name)", try #require(summary["totals"]))]
        for (scope, list) in [("agent", "agents"), ("class", "classes")] {
            for part in summary[list]?.array ?? [] {
                let name = try #require(part["name"]?.string)
                parts.append(("\(scope)/\(name)", try #require(part["totals"])))
            }
        }
        return parts
    }

    private static func compare(_ figure: Double?, _ expected: Double?, _ what: String) {
        guard let figure, let expected else {
            #expect(figure == nil && expected == nil, "\(what)")
            return
        }
        let error = (figure - expected).magnitude
        #expect(
            error <= 1e-9 * max(1, expected.magnitude), "\(what): \(figure) for \(expected)")
    }
}
