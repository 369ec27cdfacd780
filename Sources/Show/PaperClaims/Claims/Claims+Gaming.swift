import EngineModel
import Goodput

extension Claims {
    /// C1.
    static let outputDelay: Claim = {
        let honest = Condition(engine: base, rate: 2, scoring: firstToken)
        var delayed = honest
        delayed.load.engine.holding.outputDelayNs = 95_000_000
        return Claim(
            name: "C1",
            sentence: "Delaying tokens improves the attainment of a bound on the tail of TBT, and "
                + "never the reader's lot. 2 requests/s; every token 95 ms after the one before.",
            rows: [
                row("as made", honest, .attainment, .init(0.051)),
                row("delayed", delayed, .attainment, .init(0.757, 0.010)),
                row("as made", honest, .tbtP99, .init(295)),
                row("delayed", delayed, .tbtP99, .init(95)),
                row("as made", honest, .smoothGoodput, .init(836, 26)),
                row("delayed", delayed, .smoothGoodput, .init(68, 2)),
            ],
            relations: [
                .init(
                    sentence: "attainment rises by the delay", first: 1, second: 0,
                    kind: .greater(by: 1)),
                .init(
                    sentence: "smooth goodput falls by it", first: 4, second: 5,
                    kind: .greater(by: 1)),
            ])
    }()

    /// C1b.
    static let heldFirst: Claim = {
        func condition(_ hold: Int64, _ scoring: ScoringParameters) -> Condition {
            var condition = Condition(engine: base, rate: 2.5, scoring: scoring)
            condition.load.engine.holding.firstNs = hold
            return condition
        }
        let first = ScoringParameters(anchor: .firstToken)
        return Claim(
            name: "C1b",
            sentence: "Holding the first token raises smooth goodput where deadlines start at it, "
                + "and lowers it where they start at the arrival. 2.5 requests/s, held 5 s.",
            rows: [
                row("first_token", condition(0, first), .smoothGoodput, .init(1005, 30)),
                row(
                    "first_token, held", condition(5 * second, first), .smoothGoodput,
                    .init(1037, 30)),
                row("arrival", condition(0, .default), .smoothGoodput, .init(1019, 31)),
                row(
                    "arrival, held", condition(5 * second, .default), .smoothGoodput,
                    .init(835, 31)),
            ],
            relations: [
                .init(
                    sentence: "first_token rewards holding", first: 1, second: 0,
                    kind: .greater(by: 0)),
                .init(
                    sentence: "arrival punishes it", first: 2, second: 3, kind: .greater(by: 0.1)),
            ])
    }()

    /// C2.
    static let abandonment: Claim = {
        func condition(_ rate: Double, abandons: Bool) -> Condition {
            let options = engine {
                if abandons { $0.abandonFor = ToldReader(speed: 5, ttftBudgetNs: second) }
            }
            return Condition(engine: options, rate: rate, scoring: slowReader)
        }
        let (low, lowDrops) = (condition(3, abandons: false), condition(3, abandons: true))
        let (high, highDrops) = (condition(3.5, abandons: false), condition(3.5, abandons: true))
        let (over, overDrops) = (condition(4, abandons: false), condition(4, abandons: true))
        return Claim(
            name: "C2",
            sentence: "Giving up late requests raises goodput (eq. 7) and lowers smooth goodput, "
                + "just above saturation. S = 5, alpha 2.5, 1 s.",
            rows: [
                row("3/s, all served", low, .goodput, .init(1030)),
                row("3/s, late ones given up", lowDrops, .goodput, .init(1062)),
                row("3/s, all served", low, .smoothGoodput, .init(1206, 30)),
                row("3/s, late ones given up", lowDrops, .smoothGoodput, .init(1063, 34)),
                row("3.5/s, all served", high, .goodput, .init(760, 149)),
                row("3.5/s, late ones given up", highDrops, .goodput, .init(1094, 37)),
                row("3.5/s, all served", high, .smoothGoodput, .init(1249)),
                row("3.5/s, late ones given up", highDrops, .smoothGoodput, .init(1096)),
                row("4/s, all served", over, .smoothGoodput, .init(1017, 95)),
                row("4/s, late ones given up", overDrops, .smoothGoodput, .init(1054, 42)),
            ],
            relations: [
                .init(
                    sentence: "goodput rises at 3/s", first: 1, second: 0, kind: .greater(by: 0)),
                .init(
                    sentence: "smooth goodput falls at 3/s", first: 2, second: 3,
                    kind: .greater(by: 0.05)),
                .init(
                    sentence: "goodput rises at 3.5/s", first: 5, second: 4,
                    kind: .greater(by: 0.2)),
                .init(
                    sentence: "smooth goodput falls at 3.5/s", first: 6, second: 7,
                    kind: .greater(by: 0.05)),
            ])
    }()
}
