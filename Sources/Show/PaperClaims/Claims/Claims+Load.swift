import EngineModel
import Goodput

extension Claims {
    /// C3, and what C4 starts from.
    static let rateCurve: Claim = {
        let expected: [(Double, Claim.Expectation)] = [
            (1, .init(429)), (1.5, .init(637)), (2, .init(839)), (2.5, .init(1031)),
            (2.75, .init(1120)), (3, .init(1197)), (3.25, .init(1244)), (3.5, .init(1232, 69)),
            (4, .init(991, 95)), (5, .init(436, 79)),
        ]
        func condition(_ rate: Double) -> Condition {
            Condition(engine: base, rate: rate, scoring: .paperV2)
        }
        return Claim(
            name: "C3",
            sentence: "Smooth goodput rises and then falls with the rate, while throughput keeps "
                + "rising. The preset paper-v2.",
            rows: expected.map { rate, expected in
                row("\(rate) requests/s", condition(rate), .smoothGoodput, expected)
            } + [
                row("3.25 requests/s", condition(3.25), .throughput),
                row("5 requests/s", condition(5), .throughput),
            ],
            relations: [
                .init(
                    sentence: "smooth goodput rises up to 3.25/s", first: 6, second: 4,
                    kind: .greater(by: 0)),
                .init(
                    sentence: "smooth goodput falls from 3.25 to 5/s", first: 6, second: 9,
                    kind: .greater(by: 0.5)),
                .init(
                    sentence: "throughput rises on", first: 11, second: 10, kind: .greater(by: 0)),
            ])
    }()

    /// C4.
    static let bestRates: Claim = {
        let rates = [1.5, 2, 2.5, 2.75, 3]
        let expected: [(alpha: Double, rate: Double)] = [(0.5, 2.75), (1, 2.5), (5, 2.5), (10, 2)]
        let rows = expected.flatMap { alpha, _ in
            rates.map { rate in
                row(
                    "alpha \(alpha), \(rate)/s",
                    Condition(
                        engine: base, rate: rate, requests: 5_000,
                        scoring: ScoringParameters(alpha: alpha)), .smoothGoodput)
            }
        }
        return Claim(
            name: "C4",
            sentence: "A larger alpha moves the best rate down. 5,000 requests, S = 20, arrival, "
                + "1 s.",
            rows: rows,
            peaks: expected.enumerated().map { index, expected in
                Claim.Peak(
                    label: "alpha \(expected.alpha)",
                    rows: index * rates.count..<(index + 1) * rates.count, expected: expected.rate)
            }, seeds: 4)
    }()

    /// C5.
    static let chunkedTail: Claim = {
        let whole = Condition(engine: base, rate: 2.5, scoring: slowReader)
        let small = Condition(engine: chunked(512), rate: 2.5, scoring: slowReader)
        let large = Condition(engine: chunked(2048), rate: 2.5, scoring: slowReader)
        func faster(_ condition: Condition) -> Condition {
            var condition = condition
            condition.load.rate = 3
            condition.scoring = .paperV2
            return condition
        }
        return Claim(
            name: "C5",
            sentence: "Chunked prefill cuts the tail of TBT, and not always raises smooth goodput. "
                + "TBT at 2.5 requests/s, smooth goodput (paper-v2) at 3.",
            rows: [
                row("prefill-first", whole, .tbtP99, .init(434, 37)),
                row("chunked 512", small, .tbtP99, .init(64)),
                row("chunked 2048", large, .tbtP99, .init(159)),
                row("prefill-first", faster(whole), .smoothGoodput, .init(1197)),
                row("chunked 512", faster(small), .smoothGoodput, .init(1094, 64)),
                row("chunked 2048", faster(large), .smoothGoodput, .init(1204)),
            ],
            relations: [
                .init(
                    sentence: "512 tokens cut the tail to less than a third", first: 0, second: 1,
                    kind: .greater(by: 2)),
                .init(
                    sentence: "and lose smooth goodput", first: 3, second: 4,
                    kind: .greater(by: 0)),
            ])
    }()

    /// C7.
    static let lowRates: Claim = {
        let whole = Condition(engine: base, rate: 1.5, scoring: .paperV2)
        let large = Condition(engine: chunked(2048), rate: 1.5, scoring: .paperV2)
        let small = Condition(engine: chunked(512), rate: 1.5, scoring: .paperV2)
        return Claim(
            name: "C7",
            sentence: "At half of saturation both schedulers have the same smooth goodput, and it "
                + "is the throughput. 1.5 requests/s.",
            rows: [
                row("prefill-first", whole, .smoothGoodput),
                row("prefill-first", whole, .throughput),
                row("chunked 2048", large, .smoothGoodput),
                row("chunked 2048", large, .throughput),
                row("chunked 512", small, .smoothGoodput),
                row("chunked 512", small, .throughput),
            ],
            relations: [
                .init(
                    sentence: "prefill-first: within 0.5 % of its throughput", first: 0, second: 1,
                    kind: .equal(within: 0.005)),
                .init(
                    sentence: "chunked 2048: within 0.5 % of its throughput", first: 2, second: 3,
                    kind: .equal(within: 0.005)),
                .init(
                    sentence: "chunked 512, whose first tokens come later: within 1 %", first: 4,
                    second: 5, kind: .equal(within: 0.01)),
                .init(
                    sentence: "all alike within 1 %", first: 0, second: 4,
                    kind: .equal(within: 0.01)),
            ])
    }()

    /// C8.
    static let cliff: Claim = {
        func condition(_ rate: Double) -> Condition {
            Condition(engine: base, rate: rate, scoring: slowReader)
        }
        return Claim(
            name: "C8",
            sentence: "Goodput (eq. 7) falls off a cliff where smooth goodput bends. S = 5, "
                + "alpha 2.5, 1 s.",
            rows: [
                row("2.5 requests/s", condition(2.5), .goodput, .init(954)),
                row("4 requests/s", condition(4), .goodput, .init(325, 36)),
                row("2.5 requests/s", condition(2.5), .smoothGoodput, .init(1036)),
                row("4 requests/s", condition(4), .smoothGoodput, .init(1017, 95)),
            ],
            relations: [
                .init(
                    sentence: "goodput more than halves", first: 0, second: 1,
                    kind: .greater(by: 1)),
                .init(
                    sentence: "smooth goodput stays within 15 %", first: 2, second: 3,
                    kind: .equal(within: 0.15)),
            ])
    }()

    /// C9.
    static let metrics: Claim = {
        let whole = Condition(engine: base, rate: 3, scoring: .paperV2)
        let small = Condition(engine: chunked(512), rate: 3, scoring: .paperV2)
        return Claim(
            name: "C9",
            sentence: "The choice of metric flips the ranking of two systems. Prefill-first "
                + "against chunked 512 at 3 requests/s.",
            rows: [
                row("prefill-first", whole, .tbtP99), row("chunked 512", small, .tbtP99),
                row("prefill-first", whole, .smoothGoodput),
                row("chunked 512", small, .smoothGoodput),
            ],
            relations: [
                .init(
                    sentence: "chunked wins by the tail of TBT", first: 0, second: 1,
                    kind: .greater(by: 1)),
                .init(
                    sentence: "prefill-first wins by smooth goodput", first: 2, second: 3,
                    kind: .greater(by: 0)),
            ])
    }()
}
