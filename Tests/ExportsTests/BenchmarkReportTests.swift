import Exports
import Foundation
import Goodput
import Results
import SampleRuns
import Testing
import ToolRules

@Suite("Export as benchmark report")
struct BenchmarkReportTests {
    private static func report(
        _ result: RunResult = SampleRun.result
    ) throws -> [String: Any] {
        let (bytes, _) = try SampleExport.file(.benchmarkReport, of: result)
        let object = try JSONSerialization.jsonObject(with: Data(bytes))
        return try #require(object as? [String: Any])
    }

    private static func value(_ report: [String: Any], _ path: String) -> Any? {
        path.split(separator: ".").reduce(report as Any?) { value, name in
            (value as? [String: Any])?[String(name)]
        }
    }

    @Test("Latencies and rates are those that vLLM prints, and the rest is the summary's")
    func figures() throws {
        let report = try Self.report()
        #expect(report["version"] as? String == "0.2")
        let printed = try PrintedRun(
            of: SampleRun.stored, as: .vllm,
            ScoringOverrides(), path: "")
        let aggregate = "results.request_performance.aggregate."
        for (path, name) in [
            ("latency.time_to_first_token.mean", "mean_ttft_ms"),
            ("latency.time_to_first_token.p99", "p99_ttft_ms"),
            ("latency.inter_token_latency.p50", "median_itl_ms"),
            ("latency.time_per_output_token.stddev", "std_tpot_ms"),
            ("latency.request_latency.mean", "mean_e2el_ms"),
            ("throughput.output_token_rate.mean", "output_throughput"),
            ("throughput.request_rate.mean", "request_throughput"),
        ] {
            let number = try #require(printed.figures[name]?.number)
            let read = try #require(Self.value(report, aggregate + path) as? Double, "\(path)")
            #expect(abs(read - number) <= 1e-14 * number, "\(path)")
        }
        #expect(Self.value(report, aggregate + "requests.total") as? Int == 7)
        #expect(Self.value(report, aggregate + "requests.failures") as? Int == 1)
        let own = "results.observability.legato.smooth_goodput"
        let summary = try RunSummary(SampleRun.result)
        let smooth = try #require(summary.run.totals.smoothGoodput)
        let read = try #require(Self.value(report, own) as? Double)
        #expect(abs(read - smooth) <= 1e-14 * abs(smooth))
        // T is from the schedule at 0.25 s to the finish at 5.75 s.
        #expect(Self.value(report, "run.time.duration") as? String == "PT5.500000000S")
        #expect(
            Self.value(report, "run.time.start") as? String == "1970-01-01T00:00:01.950000Z")
    }

    @Test("A run without requests has neither latencies nor nulls")
    func empty() throws {
        let (bytes, remarks) = try SampleExport.file(
            .benchmarkReport, of: SampleExport.run { $0.requests = [] })
        #expect(remarks.contains(.noRequest))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("null"))
        let report = try Self.report(SampleExport.run { $0.requests = [] })
        let latency = Self.value(report, "results.request_performance.aggregate.latency")
        #expect((latency as? [String: Any])?.isEmpty == true)
    }
}
