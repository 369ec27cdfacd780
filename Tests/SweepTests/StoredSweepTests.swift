import JSON
import Results
import SampleRuns
import Sampling
import Testing

@testable import Sweep

/// `sweep.json` is read back as it was written.
@Suite struct StoredSweepTests {
    private func result() throws -> SweepResult {
        let summary = try RunSummary(SampleRun.result)
        let curves = ["chunked", "prefill-first"].map { value in
            let settings = [SweepSetting(field: "engine.scheduler", value: value)]
            let points = [1.0, 2.5].map { load in
                var run = SweepPoint.Run(
                    summary, folder: "points/\(value)-\(load)", figures: SweepResult.listed)
                run.intervals[.smooth] = load...load + 2
                return SweepPoint(load: load, settings: settings, runs: [run])
            }
            return SweepResult.Curve(settings: settings, points: points)
        }
        return SweepResult(
            name: "a", version: "1", scenario: #"{"name": "a"}"#, axis: .rate, figure: .smooth,
            bound: nil, curves: curves, hardware: SweepHardware(gpus: 2, price: 3))
    }

    private func read(_ json: JSONValue) throws -> StoredSweep {
        try StoredSweep(json: JSONValue(parsing: json.serialized), path: "s/sweep.json")
    }

    @Test func whatWasWrittenComesBack() throws {
        let result = try result()
        let stored = try read(result.json)
        #expect(stored.name == "a" && stored.axis == .rate && stored.figure == .smooth)
        #expect(stored.price == 3 && stored.scenario["name"]?.string == "a")
        #expect(stored.curves.map(\.settings) == result.curves.map(\.settings))
        for (curve, own) in zip(stored.curves, result.curves) {
            #expect(curve.gpus == 2)
            for (point, its) in zip(curve.points, own.points) {
                #expect(point.load == its.load && point.verdict == its.verdict)
                #expect(!point.isOverSaturated && !point.isUsable)
                #expect(point.runs.map(\.folder) == its.runs.map(\.folder))
                #expect(point.runs.map(\.finding) == its.runs.map(\.reason))
                for figure in result.figures {
                    #expect(point.estimates[figure] == its.estimate(figure), "\(figure.name)")
                }
                #expect(point.frontier == result.frontier(its, of: own))
            }
        }
    }

    @Test func differencesComeBack() throws {
        var result = try result()
        let comparison = try #require(Comparison(seeds: [3, 4, 6], [1, 1, 1]))
        result.curves[1].points[0].toFirst = SweepDifferences(
            load: 1, settings: result.curves[0].settings,
            figures: [(.smooth, .success(comparison)), (.qoe, .failure(.overloaded))])
        let stored = try read(result.json)
        let differences = try #require(stored.curves[1].points[0].toFirst)
        #expect(differences.load == 1 && differences.settings == result.curves[0].settings)
        #expect(
            differences.figures[.smooth]
                == .told(
                    StoredSweep.Difference.Told(
                        difference: comparison.difference, low: comparison.low,
                        high: comparison.high, isShown: comparison.isShown, isBySeed: true)))
        #expect(
            differences.figures[.qoe]
                == .refused(SystemComparison.Refusal.overloaded.sentence(of: "QoE")))
    }

    @Test(arguments: [
        ("format", "2", "format 2"), ("axis", "null", "axis"), ("curves", "3", "curves"),
        ("figure", "\"nonsense\"", "figure"), ("name", "null", "name"),
    ])
    func whatIsDamagedIsNamed(member: String, value: String, word: String) throws {
        let changed = try #require(try result().json.members).map { each in
            each.name == member
                ? JSONMember(member, try JSONValue(parsing: Array(value.utf8))) : each
        }
        let error = #expect(throws: FileProblem.self) { try read(.object(changed)) }
        #expect(error?.kind == .content && error?.path == "s/sweep.json")
        #expect(error?.problem.contains(word) == true, "\(String(describing: error))")
    }
}
