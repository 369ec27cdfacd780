import Testing

@testable import Dashboard

/// Metrics as text, in both formats.
@Suite struct ExpositionTests {
    private static let families: [MetricFamily] = {
        var sent = MetricFamily("legato_sent", .counter, help: "Requests that were sent.")
        sent.add(3, [.init("agent", "a\"b\\c\nd\u{1b}[31m")])
        var span = MetricFamily("legato_span_seconds", .summary, .seconds, help: "A span.")
        span.add([("0.5", 0.25), ("0.99", nil)], sum: 1.5, count: 4)
        var run = MetricFamily("legato_run", .info, help: "The run.")
        run.add(1, [.init("seed", "42")])
        return [sent, span, run]
    }()

    @Test("Prometheus' own format names a counter with its suffix and knows no unit")
    func prometheus() {
        #expect(
            Exposition.prometheus.text(Self.families) == #"""
                # HELP legato_sent_total Requests that were sent.
                # TYPE legato_sent_total counter
                legato_sent_total{agent="a\"b\\c?d?[31m"} 3
                # HELP legato_span_seconds A span.
                # TYPE legato_span_seconds summary
                legato_span_seconds{quantile="0.5"} 0.25
                legato_span_seconds_sum 1.5
                legato_span_seconds_count 4
                # HELP legato_run_info The run.
                # TYPE legato_run_info gauge
                legato_run_info{seed="42"} 1

                """#)
    }

    @Test("OpenMetrics names the family, its unit, and the end")
    func openMetrics() {
        #expect(
            Exposition.openMetrics.text(Self.families) == #"""
                # TYPE legato_sent counter
                # HELP legato_sent Requests that were sent.
                legato_sent_total{agent="a\"b\\c?d?[31m"} 3
                # TYPE legato_span_seconds summary
                # UNIT legato_span_seconds seconds
                # HELP legato_span_seconds A span.
                legato_span_seconds{quantile="0.5"} 0.25
                legato_span_seconds_sum 1.5
                legato_span_seconds_count 4
                # TYPE legato_run info
                # HELP legato_run The run.
                legato_run_info{seed="42"} 1
                # EOF

                """#)
    }

    @Test("What has no value has no line, and a family without lines no head")
    func nothing() {
        var family = MetricFamily("legato_x", .gauge, help: "X.")
        family.add(nil)
        family.add(.nan)
        family.add(.infinity)
        #expect(Exposition.prometheus.text([family]) == "")
        #expect(Exposition.openMetrics.text([family]) == "# EOF\n")
    }

    @Test(
        "The format is the one that is asked for",
        arguments: [
            ([], Exposition.prometheus), (["text/plain"], .prometheus), (["*/*"], .prometheus),
            (["application/openmetrics-text; version=1.0.0;q=0.75", "*/*;q=0.1"], .openMetrics),
            (["application/openmetrics-text;q=0"], .prometheus),
        ] as [([String], Exposition)])
    func format(accept: [String], format: Exposition) {
        #expect(Exposition(accept: accept) == format)
    }
}
