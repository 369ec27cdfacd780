extension Glossary {
    private static let sg = "arXiv 2410.14257"

    static let rates: [GlossaryEntry] = [
        GlossaryEntry(
            "smooth goodput", ["smooth", "smooth_goodput", "benefit rate"],
            "How many tokens a second really reached readers, less the penalty for the time they "
                + "sat waiting.",
            rule: "sum over requests of (n - alpha * f(idle)) / T", unit: "tokens/s",
            place: .summary("totals.smooth_goodput"), source: "\(sg) eqs. 10, 11", in: .rates),
        GlossaryEntry(
            "goodput", ["slo goodput"],
            "Tokens a second of the requests that keep every deadline of their reader; a request "
                + "that misses one counts for nothing.",
            rule: "tokens of the attaining requests / T", unit: "tokens/s",
            place: .summary("totals.goodput"), source: "\(sg) eq. 7", in: .rates),
        GlossaryEntry(
            "kept", ["share of tokens kept", "knee"],
            "The share of the delivered tokens that counts for readers; negative where waiting "
                + "cost more than was delivered. A sweep's knee is the greatest load that keeps "
                + "95 %.",
            rule: "smooth goodput / throughput", unit: "share, at most 1", in: .rates),
        GlossaryEntry(
            "attainment", ["attain", "slo attainment", "slo_attainment"],
            "The share of requests that completed with a token, no idle time, and a TTFT within "
                + "its "
                + "bound where one is set.",
            unit: "share", place: .summary("totals.slo_attainment"), source: "\(sg) eq. 6",
            in: .rates),
        GlossaryEntry(
            "robust", ["robust preset"],
            "Smooth goodput under the preset that nothing can game, whatever reader was chosen: "
                + "neither delaying a token nor dropping a request ever raises it.",
            rule: "S = 20/s, TTFT budget 1 s, a share of min(1, idle / 10 s) is lost, incomplete "
                + "answers earn nothing", unit: "tokens/s",
            place: .summary("robust.smooth_goodput"),
            in: .rates),
        GlossaryEntry(
            "throughput", ["through", "tok/s", "output throughput"],
            "Tokens that arrived a second, whether anybody waited for them or not; requests that "
                + "failed count with what they brought.",
            rule: "tokens / T", unit: "tokens/s", place: .summary("totals.throughput"), in: .rates),
        GlossaryEntry(
            "classic", ["classic goodput", "request goodput", "req/s", "classic_request_goodput"],
            "Requests a second that completed within every bound that is set on TTFT, TPOT, TBT "
                + "and "
                + "E2E (--goodput), and the share of requests that did.",
            rule: "requests within bounds / T", unit: "requests/s",
            place: .summary("totals.classic_request_goodput"),
            source: "DistServe, arXiv 2401.09670; vllm bench serve --goodput", in: .rates),
        GlossaryEntry(
            "answered", ["answers"],
            "Complete answers a second; stands in the place of `classic` where no bound is set.",
            rule: "completed requests / T", unit: "requests/s",
            place: .summary("totals.classic_request_goodput"), in: .rates),
        GlossaryEntry(
            "QoE", ["quality of experience"],
            "How near the times at which a reader could read came to the times at which they were "
                + "to; 1 is no waiting, and the mean over requests with tokens is shown.",
            rule:
                "sum(end - u_i) / sum(end - d_i), u_i when the reader is done waiting for token i",
            unit: "0 to 1", place: .summary("totals.qoe"),
            source: "after Andes, arXiv 2404.16283, per token instead of per area", in: .rates),
        GlossaryEntry(
            "T", ["interval", "serving interval"],
            "The time over which all rates are taken: from the earliest schedule to the latest "
                + "finish or token, over all scored requests.",
            unit: "ns", place: .summary("totals.interval"), in: .rates),
        GlossaryEntry(
            "benefit", [],
            "The worth of one request: its tokens less the penalty for its reader's idle time; it "
                + "may be negative.",
            rule: "n - alpha * f(idle)", unit: "tokens", place: .summary("totals.benefit"),
            source: "\(sg) eq. 10", in: .rates),
        GlossaryEntry(
            "requests", ["request"],
            "Scored requests; those of a warm-up are in no figure.",
            unit: "requests", place: .summary("totals.requests"), in: .rates),
        GlossaryEntry(
            "failed", ["failures"],
            "Requests that ended in an error, a reset or a malformed answer. Over 5 % of them "
                + "(--max-failed) a run is not valid.",
            unit: "requests", place: .summary("load.failed"), in: .rates),
        GlossaryEntry(
            "abandoned", [],
            "Requests that were given up on purpose before their end, by either side.",
            unit: "requests", place: .summary("load.abandoned"), in: .rates),
        GlossaryEntry(
            "unfinished", [],
            "Requests that were not over when the run ended.",
            unit: "requests", place: .summary("load.unfinished"), in: .rates),
    ]
}
