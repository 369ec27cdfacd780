extension Glossary {
    static let latencies: [GlossaryEntry] = [
        GlossaryEntry(
            "TTFT", ["time to first token"],
            "From the instant at which the workload meant the request to be sent to its first "
                + "token: a late client never flatters the server.",
            rule: "t_0 - scheduled", unit: "ns", place: .summary("totals.ttft"), in: .latencies),
        GlossaryEntry(
            "TTFT from send", ["ttft sent", "ttft_sent"],
            "From the real send to the first token: what other tools print as TTFT.",
            rule: "t_0 - sent", unit: "ns", place: .summary("totals.ttft_sent"), in: .latencies),
        GlossaryEntry(
            "TBT", ["itl", "inter-token latency", "time between tokens", "between tokens"],
            "The gap between a token and the next one, of all requests in one pool; k tokens in "
                + "one "
                + "event are k - 1 gaps of 0.",
            rule: "t_i - t_(i-1)", unit: "ns", place: .summary("totals.tbt"), in: .latencies),
        GlossaryEntry(
            "inter-chunk", ["icl", "inter-chunk latency", "inter_chunk", "event gap"],
            "The gap between two events of a stream, whatever they carry: what vLLM and SGLang "
                + "print as ITL.",
            unit: "ns", place: .summary("totals.inter_chunk"), in: .latencies),
        GlossaryEntry(
            "TPOT", ["time per output token"],
            "A request's mean time a token after the first one; it hides stalls within a request.",
            rule: "(t_(n-1) - t_0) / (n - 1)", unit: "ns", place: .summary("totals.tpot"),
            in: .latencies),
        GlossaryEntry(
            "E2E", ["e2el", "end to end", "latency", "request latency"],
            "From the schedule to the last token.",
            rule: "t_(n-1) - scheduled", unit: "ns", place: .summary("totals.e2e"), in: .latencies),
        GlossaryEntry(
            "idle", ["idle latency", "user idle latency", "waiting time"],
            "The total time that a reader of the given speed sat waiting for tokens that were not "
                + "there when they were due.",
            rule: "max(0, max_i(t_i - d_i))", unit: "ns", place: .summary("totals.idle"),
            source: "arXiv 2410.14257 eq. 9", in: .latencies),
        GlossaryEntry(
            "send lateness", ["late", "lateness"],
            "How late the client itself sent a request, waits for a slot (--max-concurrency) "
                + "aside. "
                + "It is part of every latency, and a client that is late makes a run not valid.",
            rule: "sent - scheduled - wait for a slot", unit: "ns", place: .summary("lateness"),
            in: .latencies),
        GlossaryEntry(
            "percentile", ["p50", "p90", "p95", "p99", "p99.9", "median", "rank"],
            "The value below which that share of requests (or gaps) lies, linearly between closest "
                + "ranks (numpy's default). A dash: too few requests stand behind it.",
            place: .summary("totals.ttft.p99"), in: .latencies),
        GlossaryEntry(
            "mean", ["average", "avg"], "The arithmetic mean over what is listed.",
            place: .summary("totals.ttft.mean"), in: .latencies),
        GlossaryEntry(
            "max", ["maximum", "greatest"],
            "The greatest value that was seen; of a clock, the "
                + "greatest half-width within the run.",
            place: .summary("totals.ttft.max"), in: .latencies),
    ]
}
