/// The views: a figure of `summary.json` each, for the run, each agent and each class.
extension DatabaseSchema {
    static let figureViews = parts + rates + latencies + gapViews

    private static let parts = [
        View(
            name: "scored", note: "The requests that figures are made of: all but warm-up.",
            columns: requests.columns.map(\.name),
            query: "SELECT * FROM requests WHERE phase = 'scored'"),
        View(
            name: "parts", note: "The run, its agents and its classes, by `scope` and `name`.",
            columns: ["scope", "name"],
            query: """
                SELECT 'run' AS scope, name FROM run
                UNION ALL SELECT 'agent', name FROM agents
                UNION ALL SELECT 'class', name FROM classes
                """),
        View(
            name: "part_requests", note: "The scored requests of each part.",
            columns: ["scope", "name"] + requests.columns.map(\.name),
            query: """
                SELECT 'run' AS scope, run.name AS name, scored.* FROM run, scored
                UNION ALL SELECT 'agent', agent, scored.* FROM scored
                UNION ALL SELECT 'class', class, scored.* FROM scored
                """),
        View(
            name: "totals", note: "The sums that rates are made of; T is the run's in all parts.",
            columns: [
                "scope", "name", "interval_s", "requests", "completed", "failed", "abandoned",
                "unfinished", "tokens", "benefit_tokens", "robust_benefit_tokens", "slo_tokens",
                "robust_slo_tokens", "slo_met", "classic_met", "qoe",
            ],
            query: """
                SELECT p.scope AS scope, p.name AS name,
                    (run.end_ns - run.begin_ns) / 1e9 AS interval_s, count(r.id) AS requests,
                    count(iif(r.outcome = 'completed', 1, NULL)) AS completed,
                    count(iif(r.outcome = 'failed', 1, NULL)) AS failed,
                    count(iif(r.outcome = 'abandoned', 1, NULL)) AS abandoned,
                    count(iif(r.outcome = 'unfinished', 1, NULL)) AS unfinished,
                    sum(r.tokens) AS tokens, sum(r.benefit_tokens) AS benefit_tokens,
                    sum(r.robust_benefit_tokens) AS robust_benefit_tokens,
                    sum(r.slo_met * r.read_tokens) AS slo_tokens,
                    sum(r.robust_slo_met * r.robust_read_tokens) AS robust_slo_tokens,
                    sum(r.slo_met) AS slo_met, sum(r.classic_met) AS classic_met,
                    avg(r.qoe) AS qoe
                FROM run, parts AS p
                    LEFT JOIN part_requests AS r ON r.scope = p.scope AND r.name = p.name
                GROUP BY p.scope, p.name
                """),
    ]

    private static let rates = [
        figure("throughput", "tokens_per_s", "tokens / interval_s", "All delivered tokens over T."),
        figure(
            "smooth_goodput", "tokens_per_s", "benefit_tokens / interval_s",
            "The sum of all benefits over T."),
        figure(
            "robust_smooth_goodput", "tokens_per_s", "robust_benefit_tokens / interval_s",
            "The same for the preset `robust`."),
        figure(
            "goodput", "tokens_per_s", "slo_tokens / interval_s",
            "Tokens of the requests with `slo_met` over T."),
        figure(
            "robust_goodput", "tokens_per_s", "robust_slo_tokens / interval_s",
            "The same for the preset `robust`."),
        figure(
            "attainment", "share", "slo_met * 1.0 / requests",
            "The share of requests with `slo_met`."),
        figure(
            "classic_attainment", "share", "classic_met * 1.0 / requests",
            "The share of requests with `classic_met`."),
        figure(
            "classic_request_goodput", "requests_per_s", "classic_met / interval_s",
            "Requests with `classic_met` over T."),
    ]

    private static func figure(
        _ name: String, _ column: String, _ expression: String, _ note: String
    ) -> View {
        View(
            name: name, note: note, columns: ["scope", "name", column],
            query: "SELECT scope, name, CAST(\(expression) AS REAL) AS \(column) FROM totals")
    }

    private static let latencies = [
        latency("ttft", "ttft_ns", "TTFT, from scheduled"),
        latency("ttft_sent", "ttft_sent_ns", "TTFT, from sent"),
        latency("tpot", "tpot_ns", "TPOT"),
        latency("e2e", "e2e_ns", "The time to the last token"),
        latency("idle", "idle_ns", "The readers' idle time"),
        latency("lateness", "late_ns", "The client's own lateness"),
    ]

    private static let distribution = ["scope", "name", "figure", "value_ns"]
    private static let rule =
        "the percentiles of the table percentiles (between closest ranks, numpy's default), "
        + "`mean` and `max`; no rows for a part without values"

    private static func latency(_ name: String, _ column: String, _ title: String) -> View {
        View(
            name: name, note: "\(title): \(rule).", columns: distribution,
            query: """
                WITH ranked AS (
                    SELECT scope, name, \(column) AS x,
                        row_number() OVER (PARTITION BY scope, name ORDER BY \(column)) - 1 AS rank,
                        count(*) OVER (PARTITION BY scope, name) AS n
                    FROM part_requests WHERE \(column) IS NOT NULL),
                placed AS (
                    SELECT r.scope, r.name, p.name AS figure, r.x, r.rank,
                        (r.n - 1) * p.thousandths / 100000 AS lower,
                        (r.n - 1) * p.thousandths % 100000 / 100000.0 AS weight
                    FROM ranked AS r, percentiles AS p)
                SELECT scope, name, figure,
                    CAST(min(x) + (max(x) - min(x)) * weight AS REAL) AS value_ns
                FROM placed WHERE rank = lower OR rank = lower + 1 AND weight > 0
                GROUP BY scope, name, figure
                UNION ALL SELECT scope, name, 'mean', avg(x) FROM ranked GROUP BY scope, name
                UNION ALL SELECT scope, name, 'max', max(x) FROM ranked GROUP BY scope, name
                """)
    }

    private static let gapViews = [
        View(
            name: "gaps",
            note: "The gaps between the tokens of each request: `between` its events, and 0 "
                + "`within` an event of several tokens (`count` of them).",
            columns: ["id", "kind", "gap_ns", "count"],
            query: """
                WITH steps AS MATERIALIZED (
                    SELECT id, tokens,
                        time_ns - lag(time_ns) OVER (PARTITION BY id ORDER BY event) AS gap_ns
                    FROM token_events)
                SELECT id, 'between' AS kind, gap_ns, 1 AS count FROM steps
                WHERE gap_ns IS NOT NULL
                UNION ALL SELECT id, 'within', 0, tokens - 1 FROM steps WHERE tokens > 1
                """),
        gapFigure("tbt", "TBT, every gap between tokens", "1"),
        gapFigure("inter_chunk", "Every gap between stream events", "g.kind = 'between'"),
    ]

    private static func gapFigure(_ name: String, _ title: String, _ condition: String) -> View {
        View(
            name: name,
            note: "\(title) of the answers that streamed: \(rule). It decodes all tokens.",
            columns: distribution,
            query: """
                WITH grouped AS (
                    SELECT r.scope, r.name, g.gap_ns AS x, sum(g.count) AS c
                    FROM gaps AS g JOIN part_requests AS r ON r.id = g.id
                    WHERE r.streamed AND \(condition) GROUP BY r.scope, r.name, g.gap_ns),
                ranked AS (
                    SELECT scope, name, x, c,
                        sum(c) OVER (PARTITION BY scope, name ORDER BY x) AS upto,
                        sum(c) OVER (PARTITION BY scope, name) AS n
                    FROM grouped),
                placed AS (
                    SELECT r.scope, r.name, p.name AS figure, r.x, r.c, r.upto,
                        (r.n - 1) * p.thousandths / 100000 AS lower,
                        (r.n - 1) * p.thousandths % 100000 / 100000.0 AS weight
                    FROM ranked AS r, percentiles AS p)
                SELECT scope, name, figure,
                    CAST(min(x) + (max(x) - min(x)) * weight AS REAL) AS value_ns
                FROM placed
                WHERE upto - c <= lower AND lower < upto
                    OR upto - c <= lower + 1 AND lower + 1 < upto AND weight > 0
                GROUP BY scope, name, figure
                UNION ALL
                SELECT scope, name, 'mean', sum(x * 1.0 * c) / sum(c) FROM ranked
                GROUP BY scope, name
                UNION ALL SELECT scope, name, 'max', max(x) FROM ranked GROUP BY scope, name
                """)
    }
}
