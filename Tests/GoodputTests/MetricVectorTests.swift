import Foundation
import Goodput
import Testing

/// Every worked example: integers exactly, reals within 1e-9 of max(1, |a|, |b|).
@Suite struct MetricVectorTests {
    @Test func theCheckoutBringsItsOwnExamples() {
        #expect(MetricVector.all.count >= 9)
    }

    @Test(arguments: MetricVector.all)
    func scoresAndTotalsAreAsExpected(path: String) throws {
        let vector = try MetricVector(path: path)
        let scoring = try Scoring(vector.requests, for: vector.reader)
        #expect(scoring.requests.count == vector.scores.count)
        for (score, expected) in zip(scoring.requests, vector.scores) {
            let name = "request \(score.id)"
            #expect(score.id == expected["id"] as? Int)
            #expect(score.outcome.rawValue == expected["outcome"] as? String, "\(name)")
            expect(score.tokens, expected["tokens"], name, "tokens")
            expect(score.ttft.map(Int.init), expected["ttft"], name, "ttft")
            expect(score.tbtMax.map(Int.init), expected["tbt_max"], name, "tbt_max")
            expect(score.e2e.map(Int.init), expected["e2e"], name, "e2e")
            expect(Int(score.idle), expected["idle"], name, "idle")
            expect(score.deadlinesMet, expected["deadlines_met"], name, "deadlines_met")
            expect(score.tpot, expected["tpot"], name, "tpot")
            expect(score.tbtP99, expected["tbt_p99"], name, "tbt_p99")
            expect(score.benefit, expected["benefit"], name, "benefit")
            expect(score.fluidity, expected["fluidity"], name, "fluidity")
            expect(score.qoe, expected["qoe"], name, "qoe")
            #expect(score.sloMet == expected["slo_met"] as? Bool, "\(name)")
            #expect(score.classicMet == expected["classic_met"] as? Bool, "\(name)")
        }
        expect(scoring.totals, vector.totals)
    }

    private func expect(_ totals: RunTotals, _ expected: [String: Any]) {
        let name = "totals"
        expect(totals.requests, expected["requests"], name, "requests")
        expect(totals.tokens, expected["tokens"], name, "tokens")
        expect(Int(totals.interval?.length ?? 0), expected["interval"], name, "interval")
        let reals: [(String, Double?)] = [
            ("throughput", totals.throughput), ("smooth_goodput", totals.smoothGoodput),
            ("slo_attainment", totals.sloAttainment), ("goodput", totals.goodput),
            ("classic_attainment", totals.classicAttainment),
            ("classic_request_goodput", totals.classicRequestGoodput), ("qoe", totals.qoe),
        ]
        for (field, value) in reals { expect(value, expected[field], name, field) }
        let distributions: [(String, Percentiles?)] = [
            ("ttft", totals.ttft), ("tpot", totals.tpot), ("idle", totals.idle),
            ("e2e", totals.e2e), ("tbt", totals.tbt),
        ]
        for (field, value) in distributions {
            let wanted = expected[field] as? [String: Any] ?? [:]
            expect(value?.p50, wanted["p50"], field, "p50")
            expect(value?.p90, wanted["p90"], field, "p90")
            expect(value?.p99, wanted["p99"], field, "p99")
            expect(value?.mean, wanted["mean"], field, "mean")
        }
        guard let wanted = expected["timeline"] as? [String: Any] else {
            #expect(totals.timeline == nil)
            return
        }
        let bins = wanted["smooth"] as? [NSNumber] ?? []
        #expect((wanted["bin"] as? NSNumber)?.int64Value == Timeline.bin)
        #expect(totals.timeline?.smooth.count == bins.count)
        for (index, pair) in zip(totals.timeline?.smooth ?? [], bins).enumerated() {
            expect(pair.0, pair.1, "timeline", "bin \(index)")
        }
    }

    private func expect(_ value: Int?, _ expected: Any?, _ name: String, _ field: String) {
        #expect(value == (expected as? NSNumber)?.intValue, "\(field) of \(name)")
    }

    private func expect(_ value: Double?, _ expected: Any?, _ name: String, _ field: String) {
        let wanted = (expected as? NSNumber)?.doubleValue
        #expect(
            isClose(value, wanted), "\(field) of \(name): \(value ?? .nan), not \(wanted ?? .nan)")
    }
}

/// The agreement that the worked examples ask for; nil agrees with nil alone.
func isClose(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return (a - b).magnitude <= 1e-9 * max(1, a.magnitude, b.magnitude)
}
