// The two tools whose file has an object for each distribution.
extension Tool {
    static let aiperfRows: [ToolRow] = {
        func one(
            _ tag: String, _ unit: String, _ quantity: Quantity, _ scale: ToolRow.Scale = .one
        ) -> ToolRow {
            ToolRow([tag, "avg"], quantity, scale, unit: unit)
        }
        func all(
            _ tag: String, _ unit: String, _ measure: Measure,
            _ scale: ToolRow.Scale = .milliseconds
        ) -> [ToolRow] {
            let percentiles = [1, 5, 10, 25, 50, 75, 90, 95, 99].map {
                ("p\($0)", Statistic.percentile(thousandths: $0 * 1_000))
            }
            let statistics: [(String, Statistic)] =
                [("avg", .mean)] + percentiles + [
                    ("min", .least), ("max", .greatest), ("std", .deviation), ("count", .count),
                    ("sum", .sum),
                ]
            return statistics.map { name, statistic in
                ToolRow(
                    [tag, name], .statistic(measure, statistic), name == "count" ? .one : scale,
                    unit: unit)
            }
        }
        let perUser = "tokens/sec/user"
        let distributions: [[ToolRow]] = [
            all("request_latency", "ms", .latency), all("time_to_first_token", "ms", .timeToFirst),
            all("time_to_second_token", "ms", .timeToSecond),
            all("inter_token_latency", "ms", .meanGap), all("inter_chunk_latency", "ms", .eventGap),
            all("output_token_throughput_per_user", perUser, .ratePerUser, .perSecond),
            all("e2e_output_token_throughput", perUser, .ratePerRequest, .perSecond),
            all("output_sequence_length", "tokens", .outputTokens, .one),
            all("input_sequence_length", "tokens", .inputTokens, .one),
        ]
        let rates: [ToolRow] = [
            one("request_throughput", "requests/sec", .rate(.requests(.counted), over: .schedule)),
            one(
                "output_token_throughput", "tokens/sec",
                .rate(.tokens(.output, .counted), over: .schedule)),
            one(
                "total_token_throughput", "tokens/sec",
                .rate(.tokens(.both, .counted), over: .schedule)),
            one("goodput", "requests/sec", .rate(.goodRequests, over: .schedule)),
            one("good_request_count", "requests", .goodRequests),
        ]
        let counts: [ToolRow] = [
            one("request_count", "requests", .requests(.counted)),
            one("error_request_count", "requests", .requests(.failed)),
            one("benchmark_duration", "sec", .duration(.counted), .seconds),
            one("total_osl", "tokens", .tokens(.output, .counted)),
            one("total_isl", "tokens", .tokens(.input, .counted)),
        ]
        return rates + counts + distributions.joined()
    }()

    static let guidellmRows: [ToolRow] = {
        func all(
            _ name: String, _ measure: Measure, _ scale: ToolRow.Scale = .one
        ) -> [ToolRow] {
            let path = ["metrics", name, "successful"]
            let statistics: [(String, Statistic)] = [
                ("mean", .mean), ("median", .median), ("std_dev", .deviation), ("min", .least),
                ("max", .greatest), ("count", .count), ("total_sum", .sum),
            ]
            let percentiles: [(String, Int)] = [
                ("p001", 100), ("p01", 1_000), ("p05", 5_000), ("p10", 10_000), ("p25", 25_000),
                ("p50", 50_000), ("p75", 75_000), ("p90", 90_000), ("p95", 95_000),
                ("p99", 99_000), ("p999", 99_900),
            ]
            return statistics.map { member, statistic in
                ToolRow(
                    path + [member], .statistic(measure, statistic),
                    member == "count" ? .one : scale)
            }
                + percentiles.map { member, thousandths in
                    ToolRow(
                        path + ["percentiles", member],
                        .statistic(measure, .percentile(thousandths: thousandths)), scale)
                }
        }
        func mean(_ name: String, _ quantity: (Quantity.Scope) -> Quantity) -> [ToolRow] {
            [("successful", Quantity.Scope.counted), ("total", .all)].map { member, scope in
                ToolRow(["metrics", name, member, "mean"], quantity(scope))
            }
        }
        let counts: [(String, Quantity.Scope)] = [
            ("successful", .counted), ("errored", .failed), ("incomplete", .incomplete),
            ("total", .all),
        ]
        let distributions: [[ToolRow]] = [
            all("request_latency", .latency, .seconds), all("prompt_token_count", .inputTokens),
            all("output_token_count", .outputTokens), all("total_token_count", .allTokens),
            all("time_to_first_token_ms", .timeToFirst, .milliseconds),
            all("time_per_output_token_ms", .timePerToken, .milliseconds),
            all("inter_token_latency_ms", .meanGap, .milliseconds),
        ]
        let rates: [[ToolRow]] = [
            mean("requests_per_second") { .rate(.requests($0), over: .sends) },
            mean("request_concurrency") { .concurrency($0, over: .sends) },
            mean("prompt_tokens_per_second") { .rate(.tokens(.input, $0), over: .sends) },
            mean("output_tokens_per_second") { .rate(.tokens(.output, $0), over: .sends) },
            mean("tokens_per_second") { .rate(.tokens(.both, $0), over: .sends) },
        ]
        return [ToolRow(["duration"], .duration(.sends), .seconds)]
            + counts.map { ToolRow(["metrics", "request_totals", $0], .requests($1)) }
            + rates.joined() + distributions.joined()
    }()
}
