import EngineModel
import Goodput

extension Claims {
    /// C10.
    static let staticBatches: Claim = {
        let batches = engine {
            $0.scheduler = .static
            $0.maxSequences = 32
        }
        func condition(_ engine: EngineOptions, _ rate: Double, _ scoring: ScoringParameters)
            -> Condition
        {
            Condition(engine: engine, rate: rate, scoring: scoring)
        }
        let first = ScoringParameters(anchor: .firstToken)
        return Claim(
            name: "C10",
            sentence: "Static batching loses, and an anchor at the first token hides its queue. "
                + "32 places, 2 requests/s; it saturates at .66, so .5 beside it.",
            rows: [
                row("static", condition(batches, 2, first), .throughput, .init(288)),
                row("prefill-first", condition(base, 2, .default), .throughput, .init(843)),
                row(
                    "static, arrival", condition(batches, 2, .default), .smoothGoodput, .init(-4299)
                ),
                row(
                    "static, first_token", condition(batches, 2, first), .smoothGoodput,
                    .init(288)),
                row("static", condition(batches, 2, first), .ttftP50, .init(351)),
                row("static at .5/s", condition(batches, 0.5, .default), .smoothGoodput),
                row("prefill-first at .5/s", condition(base, 0.5, .default), .smoothGoodput),
            ],
            relations: [
                .init(
                    sentence: "static loses throughput", first: 1, second: 0,
                    kind: .greater(by: 1)),
                .init(
                    sentence: "first_token hides the queue", first: 3, second: 0,
                    kind: .equal(within: 0.01)),
                .init(
                    sentence: "static loses at .5/s, too", first: 6, second: 5,
                    kind: .greater(by: 0)),
            ])
    }()

    /// C11.
    static let preemptions: Claim = {
        func condition(_ rate: Double, unlimited: Bool = false) -> Condition {
            let options = engine {
                $0.gpu = .a100x40
                if unlimited { $0.keyValueTokens = 4_000_000 }
            }
            return Condition(
                engine: options, mix: .constant(prompt: 1_067, output: 1_613), rate: rate,
                requests: 1_000, scoring: .paperV2)
        }
        return Claim(
            name: "C11",
            sentence: "Preemptions cost. A100 of 40 GB, 1,067 tokens in and 1,613 out, 1,000 "
                + "requests, the preset paper-v2; unlimited: memory for everybody.",
            rows: [
                row("1.0 requests/s", condition(1), .preemptions),
                row("1.1 requests/s", condition(1.1), .preemptions, .init(7, 12)),
                row("1.2 requests/s", condition(1.2), .preemptions, .init(151)),
                row("1.3 requests/s", condition(1.3), .preemptions, .init(385)),
                row("1.2 requests/s", condition(1.2), .smoothGoodput, .init(1760)),
                row(
                    "1.2, unlimited", condition(1.2, unlimited: true), .smoothGoodput, .init(1852)),
                row("1.5 requests/s", condition(1.5), .smoothGoodput, .init(924)),
                row(
                    "1.5, unlimited", condition(1.5, unlimited: true), .smoothGoodput, .init(2226)),
            ],
            relations: [
                .init(
                    sentence: "more load, more preemptions", first: 3, second: 1,
                    kind: .greater(by: 1)),
                .init(
                    sentence: "they cost smooth goodput at 1.5/s", first: 7, second: 6,
                    kind: .greater(by: 0.5)),
            ])
    }()

    /// C12.
    static let disaggregation: Claim = {
        func condition(_ scheduler: SchedulerKind, _ rate: Double) -> Condition {
            let options = engine {
                $0.gpu = .h100
                $0.engines = 2
                $0.scheduler = scheduler
                $0.chunkBudget = 2_048
            }
            return Condition(engine: options, rate: rate, scoring: .paperV2)
        }
        return Claim(
            name: "C12",
            sentence: "Disaggregation has the best tail of TBT, and not always the best smooth "
                + "goodput, at equal GPUs. Two H100.",
            rows: [
                row("disaggregated, 12/s", condition(.disaggregated, 12), .tbtP99),
                row("chunked 2048, 12/s", condition(.chunked, 12), .tbtP99),
                row("prefill-first, 12/s", condition(.prefillFirst, 12), .tbtP99),
                row("disaggregated, 16/s", condition(.disaggregated, 16), .smoothGoodput),
                row("chunked 2048, 16/s", condition(.chunked, 16), .smoothGoodput),
                row("prefill-first, 16/s", condition(.prefillFirst, 16), .smoothGoodput),
            ],
            relations: [
                .init(
                    sentence: "its tail is shorter than chunked prefill's", first: 1, second: 0,
                    kind: .greater(by: 0)),
                .init(
                    sentence: "and than prefill-first's", first: 2, second: 0,
                    kind: .greater(by: 0)),
                .init(
                    sentence: "another has more smooth goodput at 16/s", first: 4, second: 3,
                    kind: .greater(by: 0)),
            ])
    }()
}
