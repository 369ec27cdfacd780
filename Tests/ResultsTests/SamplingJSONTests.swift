import Goodput
import JSON
import Results
import Sampling
import Testing

/// The fields of the statistics page in `summary.json`, `joined.json` and comparisons.
@Suite struct SamplingJSONTests {
    /// A run with a request every 0.1 s, of which each has four tokens.
    private func samples(_ count: Int = 300) throws -> RunSamples {
        let requests = (0..<count).map { id in
            // A wobble of its own, so that no figure is constant.
            let start = Int64(id) * 100_000_000 + Int64(id * id % 71) * 1_000_000
            let first = start + 50_000_000 + Int64(id * 7 % 31) * 1_000_000
            let pace = 20_000_000 + Int64(id * 13 % 11) * 100_000
            return RequestTimes(
                id: id, scheduled: start,
                tokens: (0..<Int64(2 + id * 5 % 4)).map { TokenEvent(time: first + $0 * pace) },
                finish: first + 6 * pace)
        }
        return try #require(try RunSamples(of: requests, for: try Reader(.default), .open))
    }

    private func names(_ json: JSONValue?) -> [String] { json?.members?.map(\.name) ?? [] }

    @Test func steadyHasItsFields() throws {
        let samples = try samples()
        let json = samples.steadyJSON
        #expect(
            names(json) == [
                "verdict", "reason", "window", "requests", "residence_s", "in_flight",
                "elasticity", "relaxation_s", "arrival_rate", "arrival_p", "backlog",
                "backlog_growth", "pace_change", "pace_range", "pace_p", "needs_s",
                "smooth_goodput", "throughput",
            ])
        #expect(json["verdict"]?.string == "steady")
        #expect(json["reason"]?.isNull == true)
        let window = try #require(samples.steady.window)
        #expect(
            json["window"]?.array?.map(\.int64) == [window.lowerBound, window.upperBound])
        #expect(json["backlog"]?.array?.count == 4)
        #expect(names(samples.stageJSON) == ["steady", "window"])
        #expect(samples.stageJSON["window"] == samples.json["window"])
        #expect(json["throughput"]?.double == samples.window?[.throughput].value)
    }

    @Test func nothingIsNull() throws {
        let json = SteadyState.ofNothing.json()
        #expect(json["verdict"]?.string == "too short")
        #expect(json["reason"]?.string == "count")
        #expect(json["window"]?.isNull == true)
        #expect(json["backlog"]?.isNull == true)
        #expect(json["throughput"]?.isNull == true)
        let few = try samples(3)
        #expect(few.json["window"]?.isNull == true)
        #expect(few.json["run"]?["throughput"]?["no_interval"]?.string == "too short")
        #expect(few.json["run"]?["throughput"]?["low"]?.isNull == true)
    }

    @Test func figuresHaveTheirFields() throws {
        let samples = try samples()
        for scope in ["run", "window"] {
            let json = try #require(samples.json[scope])
            #expect(
                names(json) == [
                    "smooth_goodput", "robust", "throughput", "goodput", "slo_attainment",
                    "classic_attainment", "classic_request_goodput", "ttft", "tpot", "e2e",
                    "idle", "tbt",
                ])
            #expect(
                names(json["throughput"]) == [
                    "value", "low", "high", "se", "dof", "steepness", "no_interval",
                ])
            #expect(names(json["tbt"]) == ["p50", "p90", "p99", "p999"])
            #expect(
                names(json["tbt"]?["p999"]) == [
                    "value", "low", "high", "beyond", "shown", "no_interval",
                ])
        }
        let p50 = samples.json["run"]?["ttft"]?["p50"]
        #expect(p50?["shown"]?.bool == true)
        #expect(p50?["value"]?.double == samples.run?[.ttft][.p50]?.value)
    }

    @Test func joinedAndComparedHaveTheirFields() throws {
        let run = try #require(try samples().run)
        let joined = JoinedRuns(
            [run, run, run], leftOut: [JoinedRuns.LeftOut(run: "b", reason: .notValid)],
            stopped: RepeatUntil(share: 0.05)
        ).json
        #expect(names(joined) == ["runs", "left_out", "stopped", "figures"])
        #expect(joined["left_out"]?.array?.first?["reason"]?.string == "not valid")
        #expect(joined["stopped"]?.double == 0.05)
        #expect(joined["figures"]?["throughput"]?["dof"]?.int64 == 2)
        let comparison = try #require(Comparison(seeds: [1, 2, 3], [0, 0, 0])).json
        #expect(
            names(comparison) == [
                "difference", "low", "high", "relative", "dof", "shown", "pairing", "runs",
                "floor",
            ])
        #expect(comparison["relative"]?.isNull == true)
        #expect(comparison["runs"]?.array?.map(\.int64) == [3, 3])
    }
}
