import Goodput
import JSON
import PlainText
import Results
import RunRecord
import TimeBase
import ToolRules

/// The benchmark report v0.2 of llm-d (`analysis/benchmark_report/schema_v0_2.py` at 8bc9f1d), in
/// JSON, which is YAML, too.
///
/// Latencies and rates are by vLLM's rule, which llm-d's own reports of vLLM's results have, too;
/// what that schema has no member for stands in `observability`.
struct BenchmarkReport {
    private let export: RunExport
    private static let ranks = [
        ("p1", "1"), ("p10", "10"), ("p25", "25"), ("p50", "50"), ("p75", "75"), ("p90", "90"),
        ("p99", "99"), ("p99p9", "99.9"),
    ]

    init(_ export: RunExport) { self.export = export }

    func write(to writer: ExportWriter, _ census: inout ExportCensus) throws(FileProblem) {
        var counted = census
        try export.forEachScored(withTokens: false) { (request) throws(FileProblem) in
            counted.add(request)
        }
        census = counted
        var choices = ScoringOverrides()
        choices.percentiles = PercentileRanks(Self.ranks.compactMap { PercentileRank($0.1) })
        let printed = try PrintedRun(of: export.run, as: .vllm, choices, path: export.path)
        let summary = try export.run.summary()
        let report: JSONValue = [
            "version": "0.2", "run": Self.run(summary),
            "scenario": ["load": Self.load(summary)],
            "results": [
                "request_performance": ["aggregate": Self.aggregate(printed, summary)],
                "observability": ["legato": Self.own(summary)],
            ],
        ]
        try writer.append(report.indented)
    }

    /// An object of the members that have a value: the schema knows no null.
    private static func object(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }

    private static func run(_ summary: RunSummary) -> JSONValue {
        let epoch = summary.header.epoch.realtime
        var time: JSONValue?
        if let interval = summary.run.totals.interval {
            let begin = epoch &+ interval.begin
            time = [
                "start": .string(Figures.instant(unixNs: begin)),
                "end": .string(Figures.instant(unixNs: begin &+ interval.length)),
                "duration": .string("PT\(interval.length.decimal(9))S"),
            ]
        }
        return object([("uid", .string(summary.header.runID)), ("time", time)])
    }

    private static func load(_ summary: RunSummary) -> JSONValue {
        let header = summary.header
        let words = header.load?.words ?? LoadWords()
        let scenario = header.scenario
        let isSampled = (scenario["classes"]?.array ?? []).contains { $0["prompts"] != nil }
        func length(_ total: Double, _ requests: Int) -> JSONValue? {
            guard requests > 0, total >= Double(requests) else { return nil }
            return ["distribution": "other", "value": .real(total / Double(requests))]
        }
        let load = ServingHead.Load(header)
        let rate = load.rate.double.flatMap { $0 > 0 ? JSONValue.real($0) : nil }
        let standardized = object([
            ("tool", "legato"), ("tool_version", .string(header.version)),
            ("source", isSampled ? "sampled" : "random"), ("stage", 0),
            (
                "input_seq_len",
                length(Double(summary.lengths.input.achieved), summary.lengths.input.requests)
                    ?? ["distribution": "other", "value": 1]
            ),
            (
                "output_seq_len",
                length(Double(summary.run.totals.tokens), summary.run.totals.requests)
            ),
            ("rate_qps", rate), ("concurrency", load.concurrency.int64.map { .integer($0) }),
        ])
        let description = [header.name, words.load, words.lengths, words.duration]
            .filter { !$0.isEmpty }.joined(separator: ", ")
        return [
            "metadata": ["description": .string(description)], "standardized": standardized,
            "native": object([("config", scenario.isNull ? nil : scenario)]),
        ]
    }

    private static func aggregate(_ printed: PrintedRun, _ summary: RunSummary) -> JSONValue {
        let figures = printed.figures
        func number(_ name: String) -> Double? { figures[name]?.number }
        let completed = number("completed") ?? 0
        func statistics(_ name: String, _ units: String) -> JSONValue? {
            guard completed > 0, let mean = number("mean_\(name)") else { return nil }
            let listed = ranks.map { member, rank in
                (member, number("p\(rank)_\(name)").map { JSONValue.real($0) })
            }
            return object(
                [("units", .string(units)), ("mean", .real(mean))]
                    + [("stddev", number("std_\(name)").map { .real($0) })] + listed)
        }
        func mean(_ value: Double?, _ units: String) -> JSONValue? {
            value.map { ["units": .string(units), "mean": .real($0)] }
        }
        func each(_ name: String) -> JSONValue? {
            completed > 0 ? mean(number(name).map { $0 / completed }, "count") : nil
        }
        let outcomes = summary.run.totals.outcomes
        return [
            "requests": object([
                ("total", .integer(Int64(summary.run.totals.requests))),
                ("failures", .integer(Int64(outcomes.failed))),
                ("incomplete", .integer(Int64(outcomes.abandoned + outcomes.unfinished))),
                ("input_length", each("total_input_tokens")),
                ("output_length", each("total_output_tokens")),
            ]),
            "latency": object([
                ("time_to_first_token", statistics("ttft_ms", "ms")),
                ("time_per_output_token", statistics("tpot_ms", "ms/token")),
                ("inter_token_latency", statistics("itl_ms", "ms/token")),
                ("request_latency", statistics("e2el_ms", "ms")),
            ]),
            "throughput": object([
                ("output_token_rate", mean(number("output_throughput"), "tokens/s")),
                ("total_token_rate", mean(number("total_token_throughput"), "tokens/s")),
                ("request_rate", mean(number("request_throughput"), "queries/s")),
            ]),
        ]
    }

    /// The figures that are Legato's own.
    private static func own(_ summary: RunSummary) -> JSONValue {
        let totals = summary.run.totals
        func real(_ value: Double?) -> JSONValue? { value.map { .real($0) } }
        return object([
            ("verdict", .string(summary.header.validity.verdict.rawValue)),
            ("simulated", summary.header.simulated.map { .string($0) }),
            ("smooth_goodput", real(totals.smoothGoodput)), ("goodput", real(totals.goodput)),
            ("robust", real(summary.robust.smoothGoodput)),
            ("throughput", real(totals.throughput)), ("attainment", real(totals.sloAttainment)),
            ("qoe", real(totals.qoe)),
            ("classes_scored_as", .array(summary.classParameters.map { .string($0.name) })),
        ])
    }
}
