import ForeignResults
import Goodput
import ToolRules

/// A tool's own figures of a run, held against those that its rule makes of the requests here.
package struct SummaryCheck: Hashable, Sendable {
    package struct Figure: Hashable, Sendable {
        /// The members of the tool's file that lead to it, joined by dots.
        package var name: String
        /// By the tool's rule, of the requests as they were read, in the file's unit.
        package var ours: Double
        package var printed: Double

        /// Whether the two are equal but for how far stamps are rounded.
        func agrees(within share: Double) -> Bool {
            abs(ours - printed) <= share * max(abs(ours), abs(printed)) + 1e-9
        }
    }

    /// All that were compared, in the order of the tool's file.
    package var figures: [Figure]
    /// Those that do not agree.
    package var differences: [Figure]

    /// Compares the figures that `source` has of itself with those of `vector`; nil where it has
    /// none that can be made again.
    init?(
        of vector: MetricVector, _ source: ForeignSource, _ objectives: Objectives, path: String
    ) throws(FileProblem) {
        let found: [Figure]
        if let tool = source.tool.rule {
            found = try Self.figures(of: vector, source, as: tool, path: path)
        } else if source.tool == .genaiBench {
            found = Self.genaiFigures(of: vector, source)
        } else {
            return nil
        }
        guard !found.isEmpty else { return nil }
        // A double of Unix seconds tells 238 ns apart.
        let share = source.tool == .guidellm ? 5e-5 : 1e-6
        figures = found
        differences = found.filter { !$0.agrees(within: share) }
    }

    // MARK: By a rule that is written down

    private static func figures(
        of vector: MetricVector, _ source: ForeignSource, as tool: Tool, path: String
    ) throws(FileProblem) -> [Figure] {
        let ranks = listedPercentiles(source.summary)
        var choices = ScoringOverrides()
        choices.percentiles = ranks
        let made = try PrintedRun(vector: vector, as: tool, choices, path: path).figures
        return made.figures.compactMap { figure in
            let name = figure.row.path.joined(separator: ".")
            guard let printed = source.summary[name], let value = figure.value.number,
                isComparable(figure.row.quantity, of: source)
            else { return nil }
            return Figure(name: name, ours: value, printed: printed)
        }
    }

    /// The percentiles of vLLM's file, which names those that were asked for.
    private static func listedPercentiles(_ summary: [String: Double]) -> PercentileRanks {
        let ranks = summary.keys.compactMap { name -> PercentileRank? in
            guard name.hasPrefix("p"), name.hasSuffix("_ttft_ms"),
                let number = Double(name.dropFirst().dropLast("_ttft_ms".count)), number > 0,
                number < 100
            else { return nil }
            return PercentileRank(thousandths: Int((number * 1_000).rounded()))
        }
        return ranks.isEmpty
            ? Tool.usualPercentiles : PercentileRanks(ranks.sorted().prefix(PercentileRanks.most))
    }

    /// Whether a figure rests on nothing but what the file has of the requests.
    private static func isComparable(_ quantity: Quantity, of source: ForeignSource) -> Bool {
        let hasEnds = !source.remarks.contains(.endIsLastToken)
        return switch quantity {
        case .requests, .tokens: true
        // The tool's clock reads the run's begin and end elsewhere than its requests'.
        case .rate(.requests, _), .rate(.tokens, _): source.duration != nil
        case .statistic(.latency, _), .statistic(.meanGapToEnd, _), .statistic(.ratePerRequest, _):
            hasEnds
        case .statistic(.events, _), .statistic(.eventGap, _): source.fidelity != .boundsOnly
        case .statistic: true
        case .duration, .concurrency, .goodRequests, .peakEvents, .peakRequests, .unknown,
            .rate(.goodRequests, _):
            false
        }
    }

    // MARK: genai-bench

    private static func genaiFigures(
        of vector: MetricVector, _ source: ForeignSource
    ) -> [Figure] {
        let completed = vector.requests.filter { $0.outcome == .completed }
        let scale = source.summary["_scale"] ?? 1
        var result: [Figure] = []
        func compare(_ name: String, _ ours: Double?) {
            guard let printed = source.summary[name], let ours else { return }
            result.append(
                Figure(name: "aggregated_metrics.\(name)", ours: ours, printed: printed))
        }
        compare("num_completed_requests", Double(completed.count))
        compare("num_error_requests", Double(vector.requests.count - completed.count))
        let tokens = completed.map { $0.tokens.reduce(0) { $0 + Int($1.count) } }
        let sum = Double(tokens.reduce(0, +))
        compare(
            "mean_output_throughput_tokens_per_s",
            source.duration.map { sum / (Double($0) / 1e9) })
        let spans: [(String, [Double])] = [
            ("ttft", completed.compactMap { $0.tokens.first.map { Double($0.time) } }),
            (
                "tpot",
                zip(completed, tokens).compactMap { request, count in
                    guard count > 1, let first = request.tokens.first?.time else { return nil }
                    return Double(request.finish - first) / Double(count - 1)
                }
            ),
            ("e2e_latency", completed.map { Double($0.finish) }),
        ]
        for (name, values) in spans {
            let figures = Distribution(values, ranks: [.p50, .p90, .p99])
            compare("stats.\(name).mean", (figures?.mean).map { $0 / 1e9 / scale })
            for (member, rank) in [("p50", PercentileRank.p50), ("p90", .p90), ("p99", .p99)] {
                compare(
                    "stats.\(name).\(member)",
                    figures?.percentiles[rank].map { $0 / 1e9 / scale })
            }
        }
        return result
    }
}
