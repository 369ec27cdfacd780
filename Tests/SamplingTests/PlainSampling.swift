import Goodput

@testable import Sampling

/// The figures of a scope, by the page's definitions on lists of all values: slow, and without the
/// passes, bins and counters of the real one.
struct PlainSampling {
    let steady: SteadyState
    let reader: Reader
    let robust: Reader

    /// - Parameters:
    ///   - requests: Those of the scope.
    ///   - fill: Ids of those that only fill a closed loop.
    func scope(
        _ requests: [RequestTimes], from start: Int64, length: Double, over: Double,
        fill: Set<Int> = []
    ) throws -> [String: Any] {
        let places = requests.map { max(0, Double($0.scheduled - start) / 1e9 / length) }
        let scores = try requests.map { try RequestScore($0, for: reader) }
        let robusts = try requests.map { try RequestScore($0, for: robust).benefit }
        let tokens = scores.map { Double($0.tokens) }
        let all = tokens.reduce(0, +)
        func spread(_ z: [Double]) -> ArrivalSpread {
            var cosines = ArrivalCosines(figures: 1)
            for (place, z) in zip(places, z) { cosines.add([z], at: place) }
            return cosines.spread(of: 0, ratio: steady.ratio(to: length))
        }
        func rate(_ z: [Double], best: Double?) -> [String: Any] {
            let sum = z.reduce(0, +)
            let draws = zip(requests, z).map { fill.contains($0.id) ? 0 : $1 }
            let loss = best.map { $0 > 0 ? 1 - sum / $0 : 1 } ?? 0
            return FigureSample(
                rateOf: sum, over: over, spread(draws), loss: loss, length: length, steady
            ).plainFields
        }
        func share(_ met: [Bool]) -> [String: Any] {
            let count = met.count { $0 }
            let p = Double(count) / Double(met.count)
            return FigureSample(
                shareOf: count, among: met.count, spread(met.map { ($0 ? 1 : 0) - p }),
                length: length, steady
            ).plainFields
        }
        func distribution(_ values: [[Double]]) -> [String: Any] {
            let sorted = values.joined().sorted()
            var samples = PercentileSamples(
                percentiles: PercentileSamples.ranks.map { rank in
                    let q = Double(rank.thousandths) / 100_000
                    let limit: Double? =
                        sorted.isEmpty
                        ? nil : InterpolatedRank(rank, of: sorted.count).value { sorted[$0] }
                    let z = values.map { values in
                        Double(values.count { $0 <= limit ?? 0 }) - q * Double(values.count)
                    }
                    return PercentileSample(
                        q, value: limit,
                        beyond: values.count { $0.contains { $0 > limit ?? 0 } },
                        count: sorted.count, spread(z), length: length, steady)
                })
            samples.setEnds(of: sorted.count) { sorted[$0] }
            return samples.plainFields
        }
        return [
            "throughput": rate(tokens, best: nil),
            "smooth_goodput": rate(scores.map(\.benefit), best: all),
            "robust": rate(robusts, best: all),
            "goodput": rate(scores.map { $0.sloMet ? Double($0.read) : 0 }, best: all),
            "classic_request_goodput": rate(
                scores.map { $0.classicMet ? 1 : 0 }, best: Double(requests.count)),
            "slo_attainment": share(scores.map(\.sloMet)),
            "classic_attainment": share(scores.map(\.classicMet)),
            "ttft": distribution(scores.map { $0.ttft.map { [Double($0)] } ?? [] }),
            "tpot": distribution(scores.map { $0.tpot.map { [$0] } ?? [] }),
            "e2e": distribution(scores.map { $0.e2e.map { [Double($0)] } ?? [] }),
            "idle": distribution(scores.map { [Double($0.idle)] }),
            "tbt": distribution(requests.map { $0.isStreamed ? Self.gaps($0) : [] }),
        ]
    }

    private static func gaps(_ request: RequestTimes) -> [Double] {
        let times = request.tokens.flatMap { event in
            Array(repeating: event.time, count: Int(event.count))
        }
        return zip(times, times.dropFirst()).map { Double($1 - $0) }
    }

    /// The lower median of the time per token in each of 64 bins of [`begin`, `end`), ns.
    static func paces(_ requests: [RequestTimes], begin: Int64, end: Int64) -> [Double] {
        var bins = [[Double]](repeating: [], count: 64)
        for request in requests where request.isStreamed {
            for (before, event) in zip(request.tokens, request.tokens.dropFirst())
            where event.time >= begin && event.time < end {
                let bin = (event.time - begin) * 64 / (end - begin)
                bins[Int(bin)].append(Double(event.time - before.time) / Double(event.count))
            }
        }
        return bins.map { $0.isEmpty ? 0 : $0.sorted()[($0.count - 1) / 2] }
    }
}
