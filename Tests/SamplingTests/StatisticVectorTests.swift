import Foundation
import Goodput
import Testing

@testable import Sampling

/// Every worked example of the statistics page, within the page's tolerance.
@Suite struct StatisticVectorTests {
    @Test func theCheckoutBringsItsOwnExamples() {
        #expect(StatisticVectors.all.count >= 12)
    }

    @Test(arguments: StatisticVectors.all)
    func isAsExpected(_ example: StatisticVectors.Case) throws {
        let (given, expected) = StatisticVectors.read(example)
        let found: [String: Any] =
            switch given["kind"] as? String {
            case "rate": rate(given)
            case "share": share(given)
            case "percentiles": percentiles(given)
            case "paired": paired(given)
            case "independent": try independent(given)
            case "joined":
                JoinedFigure(reals(given["values"]), errors: reals(given["ses"])).plainFields
            case "sets": try sets(given)
            default: try run(given, expected, mostKept: RunSampling.mostKept)
            }
        let wrong = differences(found, expected)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    /// The same run whether its events are kept or handed over again.
    @Test(arguments: StatisticVectors.all.filter { $0.file.contains("/run-") })
    func isAsExpectedFromFurtherPasses(_ example: StatisticVectors.Case) throws {
        let (given, expected) = StatisticVectors.read(example)
        let wrong = differences(try run(given, expected, mostKept: 10), expected)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }

    private func reals(_ value: Any?) -> [Double] { (value as? [Any] ?? []).map { number($0) } }

    private func steady(_ given: [String: Any]) -> SteadyState {
        let fields = given["steady"] as! [String: Any]
        var steady = SteadyState(.steady)
        #expect(fields["verdict"] as? String == "steady")
        steady.elasticity = number(fields["elasticity"])
        steady.relaxation = number(fields["relaxation"])
        return steady
    }

    private func spread(
        _ places: [Double], _ z: [Double], length: Double, _ steady: SteadyState
    ) -> ArrivalSpread {
        var cosines = ArrivalCosines(figures: 1)
        for (place, z) in zip(places, z) { cosines.add([z], at: place) }
        return cosines.spread(of: 0, ratio: steady.ratio(to: length))
    }

    private func rate(_ given: [String: Any]) -> [String: Any] {
        let values = reals(given["values"])
        let length = number(given["length"])
        let steady = steady(given)
        let sum = values.reduce(0, +)
        let loss = given["best"] is NSNull ? 0 : 1 - sum / number(given["best"])
        return FigureSample(
            rateOf: sum, over: number(given["over"]),
            spread(reals(given["u"]), values, length: length, steady), loss: loss,
            length: length, steady
        ).plainFields
    }

    private func share(_ given: [String: Any]) -> [String: Any] {
        let met = reals(given["met"])
        let length = number(given["length"])
        let steady = steady(given)
        let p = met.reduce(0, +) / Double(met.count)
        return FigureSample(
            shareOf: Int(met.reduce(0, +)), among: met.count,
            spread(reals(given["u"]), met.map { $0 - p }, length: length, steady),
            length: length, steady
        ).plainFields
    }

    private func percentiles(_ given: [String: Any]) -> [String: Any] {
        let values = (given["values"] as! [[Any]]).map { reals($0) }
        let sorted = values.joined().sorted()
        let places = reals(given["u"])
        let length = number(given["length"])
        let steady = steady(given)
        var all = PercentileSamples(
            percentiles: PercentileSamples.ranks.map { rank in
                let q = Double(rank.thousandths) / 100_000
                let limit = InterpolatedRank(rank, of: sorted.count).value { sorted[$0] }
                let z = values.map { Double($0.count { $0 <= limit }) - q * Double($0.count) }
                return PercentileSample(
                    q, value: limit, beyond: values.count { $0.contains { $0 > limit } },
                    count: sorted.count, spread(places, z, length: length, steady),
                    length: length, steady)
            })
        all.setEnds(of: sorted.count) { sorted[$0] }
        return all.plainFields
    }

    private func paired(_ given: [String: Any]) -> [String: Any] {
        Comparison(
            paired: reals(given["u"]), a: reals(given["a"]), b: reals(given["b"]),
            length: number(given["length"]), relaxation: number(given["relaxation"]),
            floor: number(given["floor"])
        ).plainFields
    }

    private func independent(_ given: [String: Any]) throws -> [String: Any] {
        func sample(_ side: String) -> FigureSample {
            let fields = given[side] as! [String: Any]
            var sample = FigureSample(
                rateOf: number(fields["value"]), over: 1,
                ArrivalSpread(powers: [], white: 0, ratio: 0), loss: 0, length: 1,
                SteadyState(.stages))
            sample.se = number(fields["se"])
            sample.dof = Int(number(fields["dof"]))
            return sample
        }
        return try #require(
            Comparison(independent: sample("a"), sample("b"), floor: number(given["floor"]))
        ).plainFields
    }

    private func sets(_ given: [String: Any]) throws -> [String: Any] {
        let (a, b) = (reals(given["a"]), reals(given["b"]))
        let comparison =
            given["paired"] as? Bool == true
            ? Comparison(seeds: a, b) : Comparison(welch: a, b)
        return try #require(comparison).plainFields
    }

    private func run(
        _ given: [String: Any], _ expected: [String: Any], mostKept: Int
    ) throws -> [String: Any] {
        let requests = (given["requests"] as! [[String: Any]]).map { VectorRequests.request($0) }
        let reader = try Reader(VectorRequests.parameters(given["parameters"] as! [String: Any]))
        let load: ArrivalLoad =
            given["loop"] as? String == "closed"
            ? .closed(users: Int(number(given["concurrency"]))) : .open
        let samples = try RunSamples(of: requests, for: reader, load, mostKept: mostKept)
        let start = requests.map(\.scheduled).min() ?? 0
        #expect((samples == nil) == requests.isEmpty)
        // A scope that is not there is an empty object.
        if (expected["window"] as? [String: Any])?.isEmpty == true {
            #expect(samples?.window == nil)
        }
        if (expected["run"] as? [String: Any])?.isEmpty == true { #expect(samples?.run == nil) }
        return [
            "steady": (samples?.steady ?? .ofNothing).plainFields(from: start),
            "run": samples?.run?.plainFields ?? [:],
            "window": samples?.window?.plainFields ?? [:],
        ]
    }
}

/// Requests and parameters of the examples.
enum VectorRequests {
    static func parameters(_ object: [String: Any]) -> ScoringParameters {
        func integer(_ key: String) -> Int64? { (object[key] as? NSNumber)?.int64Value }
        let kind = (object["penalty"] as! [String: Any])["kind"] as! String
        return ScoringParameters(
            readingSpeed: number(object["reading_speed"]),
            anchor: Anchor(rawValue: object["anchor"] as! String)!,
            ttftBudget: integer("ttft_budget")!, alpha: number(object["alpha"]),
            penalty: Penalty(kind: kind)!,
            incomplete: IncompletePolicy(rawValue: object["incomplete"] as! String)!,
            objectives: Objectives(
                ttft: integer("ttft_slo"), tpot: integer("tpot_slo"), tbt: integer("tbt_slo"),
                e2e: integer("e2e_slo")))
    }

    static func request(_ object: [String: Any]) -> RequestTimes {
        RequestTimes(
            id: object["id"] as! Int, scheduled: (object["scheduled"] as! NSNumber).int64Value,
            tokens: (object["tokens"] as! [Any]).map { entry in
                if let pair = entry as? [NSNumber] {
                    return TokenEvent(time: pair[0].int64Value, count: pair[1].uint32Value)
                }
                return TokenEvent(time: (entry as! NSNumber).int64Value)
            },
            finish: (object["finish"] as! NSNumber).int64Value,
            outcome: RequestOutcome(rawValue: object["outcome"] as! String)!)
    }
}
