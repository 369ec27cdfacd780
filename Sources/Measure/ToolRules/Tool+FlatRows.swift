import Goodput

// The two tools whose file is one object of numbers.
extension Tool {
    static func vllmRows(_ percentiles: PercentileRanks) -> [ToolRow] {
        let counts: [ToolRow] = [
            ToolRow(["duration"], .duration(.schedule), .seconds),
            ToolRow(["completed"], .requests(.counted)),
            ToolRow(["failed"], .requests(.failed)),
            ToolRow(["total_input_tokens"], .tokens(.input, .counted)),
            ToolRow(["total_output_tokens"], .tokens(.output, .counted)),
            ToolRow(["request_throughput"], .rate(.requests(.counted), over: .schedule)),
            ToolRow(["request_goodput"], .rate(.goodRequests, over: .schedule)),
            ToolRow(["output_throughput"], .rate(.tokens(.output, .counted), over: .schedule)),
            ToolRow(["total_token_throughput"], .rate(.tokens(.both, .counted), over: .schedule)),
            ToolRow(["max_output_tokens_per_s"], .peakEvents),
            ToolRow(["max_concurrent_requests"], .peakRequests),
        ]
        let distributions: [(String, Measure)] = [
            ("ttft_ms", .timeToFirst), ("tpot_ms", .meanGapToEnd), ("itl_ms", .eventGap),
            ("e2el_ms", .latency),
        ]
        let named: [(String, Statistic)] = [
            ("mean", .mean), ("median", .median), ("std", .deviation),
        ]
        let listed = percentiles.ranks.map { ("p" + $0.number, Statistic.percentile($0)) }
        return counts + milliseconds(distributions, named + listed)
    }

    static let sglangRows: [ToolRow] = {
        let retokenized = Quantity.unknown(
            "sglang counts the text's tokens with a tokenizer, and no text is kept here")
        let counts: [ToolRow] = [
            ToolRow(["duration"], .duration(.schedule), .seconds),
            ToolRow(["completed"], .requests(.counted)),
            ToolRow(["total_input_tokens"], .tokens(.input, .counted)),
            ToolRow(["total_output_tokens"], .tokens(.output, .counted)),
            ToolRow(["total_output_tokens_retokenized"], retokenized),
            ToolRow(["request_throughput"], .rate(.requests(.counted), over: .schedule)),
            ToolRow(["input_throughput"], .rate(.tokens(.input, .counted), over: .schedule)),
            ToolRow(["output_throughput"], .rate(.tokens(.output, .counted), over: .schedule)),
            ToolRow(["total_throughput"], .rate(.tokens(.both, .counted), over: .schedule)),
        ]
        let distributions: [(String, Measure)] = [
            ("e2e_latency_ms", .latency), ("ttft_ms", .timeToFirst), ("tpot_ms", .meanGapToEnd),
            ("itl_ms", .eventGap),
        ]
        let named: [(String, Statistic)] = [
            ("mean", .mean), ("median", .median), ("std", .deviation), ("p90", .percentile(.p90)),
            ("p95", .percentile(.p95)), ("p99", .percentile(.p99)),
        ]
        let others: [ToolRow] = [
            ToolRow(["max_itl_ms"], .statistic(.eventGap, .greatest), .milliseconds),
            ToolRow(["concurrency"], .concurrency(.counted, over: .schedule)),
            ToolRow(["max_output_tokens_per_s"], .peakEvents),
            ToolRow(["max_concurrent_requests"], .peakRequests),
        ]
        return counts + milliseconds(distributions, named) + others
    }()

    private static func milliseconds(
        _ distributions: [(String, Measure)], _ statistics: [(String, Statistic)]
    ) -> [ToolRow] {
        distributions.flatMap { name, measure in
            statistics.map {
                ToolRow(["\($0.0)_\(name)"], .statistic(measure, $0.1), .milliseconds)
            }
        }
    }
}

extension Statistic {
    static let median = percentile(.p50)

    static func percentile(_ rank: PercentileRank) -> Statistic {
        .percentile(thousandths: rank.thousandths)
    }
}

extension PercentileRank {
    static let p95 = PercentileRank(thousandths: 95_000)
}
