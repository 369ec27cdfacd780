/// A question that people ask of a run, answered.
package struct SampleQuery: Hashable, Sendable {
    package let title: String
    package let sql: String
}

extension DatabaseSchema {
    /// Ten of them.
    package static let queries = [
        SampleQuery(
            title: "The run in one line",
            sql: """
                SELECT run.name, verdict, round(t.tokens_per_s, 1) AS throughput,
                    round(s.tokens_per_s, 1) AS smooth_goodput
                FROM run JOIN throughput AS t ON t.scope = 'run'
                    JOIN smooth_goodput AS s ON s.scope = 'run';
                """),
        SampleQuery(
            title: "TTFT by class, ms",
            sql: """
                SELECT name AS class, figure, round(value_ns / 1e6, 2) AS ttft_ms
                FROM ttft WHERE scope = 'class' ORDER BY name, value_ns;
                """),
        SampleQuery(
            title: "The requests whose readers waited longest",
            sql: """
                SELECT id, class, agent, round(idle_ns / 1e9, 3) AS idle_s,
                    round(ttft_ns / 1e6, 1) AS ttft_ms, round(tbt_max_ns / 1e6, 1) AS worst_gap_ms
                FROM scored ORDER BY idle_ns DESC, id LIMIT 10;
                """),
        SampleQuery(
            title: "Why requests did not complete",
            sql: """
                SELECT outcome, error_kind, error_status, count(*) AS requests,
                    min(error_detail) AS such_as
                FROM scored WHERE outcome <> 'completed'
                GROUP BY outcome, error_kind, error_status ORDER BY requests DESC;
                """),
        SampleQuery(
            title: "Load and TTFT by second of the schedule",
            sql: """
                SELECT scheduled_ns / 1000000000 AS second, count(*) AS requests,
                    round(avg(ttft_ns) / 1e6, 1) AS mean_ttft_ms
                FROM scored GROUP BY second ORDER BY second;
                """),
        SampleQuery(
            title: "Requests in flight when each one was sent",
            sql: """
                SELECT id, in_flight
                FROM (
                    SELECT id, sum(step) OVER (ORDER BY at_ns, step) AS in_flight
                    FROM (
                        SELECT id, sent_ns AS at_ns, 1 AS step
                        FROM requests WHERE sent_ns IS NOT NULL
                        UNION ALL
                        SELECT NULL, finish_ns, -1 FROM requests WHERE sent_ns IS NOT NULL))
                WHERE id IS NOT NULL ORDER BY in_flight DESC, id LIMIT 10;
                """),
        SampleQuery(
            title: "TTFT by the prompt's length",
            sql: """
                SELECT prompt_tokens / 256 * 256 AS from_tokens, count(*) AS requests,
                    round(avg(ttft_ns) / 1e6, 1) AS mean_ttft_ms
                FROM scored WHERE ttft_ns IS NOT NULL GROUP BY from_tokens ORDER BY from_tokens;
                """),
        SampleQuery(
            title: "The server's queue around the worst TTFT",
            sql: """
                SELECT s.at_ns, s.running_requests, s.waiting_requests, s.kv_use
                FROM (SELECT * FROM scored WHERE ttft_ns IS NOT NULL
                      ORDER BY ttft_ns DESC LIMIT 1) AS r
                    JOIN server_samples AS s ON s.target = r.target
                        AND s.at_ns BETWEEN r.scheduled_ns - 2000000000
                            AND r.scheduled_ns + r.ttft_ns + 2000000000
                ORDER BY s.at_ns;
                """),
        SampleQuery(
            title: "The tokens of one request, from its schedule on",
            sql: """
                SELECT event, round((time_ns - scheduled_ns) / 1e6, 3) AS at_ms, t.tokens
                FROM token_events AS t JOIN requests AS r ON r.id = t.id
                WHERE t.id = (SELECT id FROM scored ORDER BY tbt_max_ns DESC, id LIMIT 1)
                ORDER BY event;
                """),
        SampleQuery(
            title: "Tokens that arrived in each second",
            sql: """
                SELECT time_ns / 1000000000 AS second, sum(tokens) AS tokens
                FROM token_events GROUP BY second ORDER BY second;
                """),
    ]
}
