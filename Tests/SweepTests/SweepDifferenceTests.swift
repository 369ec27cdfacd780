import Goodput
import JSON
import Results
import SampleRuns
import Sampling
import Testing

@testable import Sweep

/// Points of one plan are compared request by request.
@Suite struct SweepDifferenceTests {
    /// A point whose requests each waited `wait` seconds, twice or thrice that.
    private func point(
        _ load: Double, wait: Double, settings: [SweepSetting] = [], runs: Int = 1
    ) throws -> SweepPoint {
        let summary = try RunSummary(SampleRun.result)
        let runs = try (0..<runs).map { index in
            let requests = (0..<100).map { id in
                let scheduled = Int64(id) * 250_000_000 + Int64(index * id % 7) * 10_000_000
                let end = scheduled + Int64(wait * 1e9) * Int64(1 + id % 3)
                return RequestTimes(
                    id: id, scheduled: scheduled, tokens: [TokenEvent(time: end, count: 9)],
                    finish: end, outcome: .completed)
            }
            var run = SweepPoint.Run(summary, folder: "a", figures: SweepResult.listed)
            run.compared = ComparedRun(
                plan: "a", seed: UInt64(index),
                samples: runs == 1
                    ? try RunSamples(of: requests, for: try Reader(.default), .open) : nil)
            run.values[.smooth] = 36 - wait * Double(10 + index)
            run.values[.qoe] = 1
            run.verdict = .valid
            return run
        }
        return SweepPoint(load: load, settings: settings, runs: runs)
    }

    private func result(_ curves: [SweepResult.Curve], _ axis: SweepAxis) -> SweepResult {
        SweepResult(
            name: "a", version: "1", axis: axis, figure: .smooth, bound: nil, curves: curves)
    }

    /// A run that is not valid is no part of its point's figures; a point of such runs alone is
    /// shown, and no search goes by it.
    @Test func runsThatAreNotValidAreLeftOut() throws {
        var runs = try point(1, wait: 1, runs: 3).runs
        runs[1].verdict = .notValid
        runs[1].values[.smooth] = 1e6
        let some = SweepPoint(load: 1, settings: [], runs: runs)
        #expect(some.estimate(.smooth)?.value == 25 && some.verdict == .notValid)
        #expect(some.reading(.smooth, nil).value == 25 && !some.reading(.smooth, nil).isLeftOut)
        for index in runs.indices { runs[index].verdict = .notValid }
        let none = SweepPoint(load: 1, settings: [], runs: [runs[1]])
        #expect(none.estimate(.smooth)?.value == 1e6)
        let reading = none.reading(.smooth, nil)
        #expect(reading.isLeftOut && reading.value == nil && reading.isMet == nil)
    }

    @Test func valuesOfAFieldAreComparedWithTheBest() throws {
        let curve = SweepResult.Curve(
            settings: [],
            points: [try point(1, wait: 2.5), try point(2, wait: 1), try point(4, wait: 1)])
        var result = result([curve], .field("x"))
        result.compareLast(floor: 0)
        let points = result.curves[0].points
        #expect(points[1].toBest == nil && points[0].toBest?.load == 2)
        guard case .success(let slow)? = points[0].toBest?[.smooth],
            case .success(let same)? = points[2].toBest?[.smooth]
        else {
            Issue.record("\(String(describing: points[0].toBest?[.smooth]))")
            return
        }
        #expect(slow.pairing == .paired && slow.difference < 0 && slow.isShown)
        #expect(same.difference == 0 && !same.isShown)
        // QoE is no sum over requests.
        guard case .failure(.runs)? = points[0].toBest?[.qoe] else {
            Issue.record("QoE was compared")
            return
        }
        let readings = result.curves[0].readings(.smooth, nil, floor: 0)
        #expect(readings.map(\.isLikeBest) == [false, true, true])
        #expect(readings.allSatisfy { $0.interval == nil })
        let json = result.json["curves"]
        guard case .array(let curves)? = json, case .array(let stored)? = curves[0]["points"] else {
            Issue.record("no points")
            return
        }
        let smooth = stored[0]["to_best"]?["figures"]?["smooth"]
        #expect(smooth?["difference"]?.double == slow.difference)
        #expect(
            stored[0]["to_best"]?["figures"]?["qoe"]?["not_compared"]?.string?
                .contains("3 runs") == true)
        #expect(stored[1]["to_best"] == .null)
    }

    @Test func curvesAreComparedWithTheFirst() throws {
        let settings = ["a", "b"].map { [SweepSetting(field: "x", value: $0)] }
        for runs in [1, 3] {
            let curves = try settings.enumerated().map { index, settings in
                SweepResult.Curve(
                    settings: settings,
                    points: [
                        try point(
                            1, wait: index == 0 ? 1 : 2.5, settings: settings, runs: runs)
                    ])
            }
            var result = result([], .rate)
            for curve in curves {
                result.curves.append(curve)
                result.compareLast(floor: nil)
            }
            #expect(result.curves[0].points[0].toFirst == nil)
            let differences = try #require(result.curves[1].points[0].toFirst)
            #expect(differences.settings == settings[0])
            guard case .success(let comparison)? = differences[.smooth] else {
                Issue.record("\(differences)")
                return
            }
            #expect(comparison.pairing == (runs == 1 ? .paired : .seeds))
            #expect(comparison.difference < 0)
        }
    }

    @Test func plansAreEqualWhateverServesThem() throws {
        func text(_ json: String, seed: UInt64 = 1) throws -> String {
            var header = SampleRun.result.header
            header.seed = seed
            header.scenario = try JSONValue(parsing: Array(json.utf8))
            return header.planText
        }
        let base = try text(#"{"stages":[1],"classes":[{"share":1,"reader":{"speed":5}}]}"#)
        let same = try text(
            #"{"stages":[1],"classes":[{"share":1}],"engine":{"gpu":"A100"},"reader":{"speed":9}}"#)
        #expect(base == same)
        #expect(try base != text(#"{"stages":[2],"classes":[{"share":1}]}"#))
        #expect(try base != text(#"{"stages":[1],"classes":[{"share":2}]}"#))
        #expect(try base != text(#"{"stages":[1],"classes":[{"share":1}]}"#, seed: 2))
    }
}
