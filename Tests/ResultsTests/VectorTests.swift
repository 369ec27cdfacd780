import Foundation
import Goodput
import JSON
import Testing

@testable import Results

/// `legato score VECTOR --json`: read, scored, written, and compared with `expected` field by
/// field.
@Suite struct VectorTests {
    static let files = files(of: "metrics")

    private static func files(of page: String) -> [String] {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let folders = ["Tests/Vectors/\(page)", "../shared/vectors/\(page)"]
        return folders.flatMap { folder -> [String] in
            let path = root.appendingPathComponent(folder).standardized.path
            let names = try? FileManager.default.contentsOfDirectory(atPath: path)
            return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(path)/\($0)" }
        }
    }

    @Test func theCheckoutBringsItsOwnExamples() {
        #expect(Self.files.count >= 4)
    }

    @Test(arguments: files)
    func theJSONHasTheExpectedFieldsAndValues(path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let written = try report(path, bytes)
        let expected = try #require(try JSONValue(parsing: bytes)["expected"]?.members)
        for member in expected {
            expectEqual(written[member.name] ?? .null, member.value, "$.\(member.name)")
        }
        let names = written.members?.map(\.name)
        #expect(
            names == [
                "requests", "totals", "loss", "steady", "sampling", "holding", "gameability",
            ])
    }

    private func report(_ path: String, _ bytes: [UInt8]) throws -> JSONValue {
        let report = try ScoreReport(
            vector: MetricVector(parsing: bytes, path: path), overrides: ScoringOverrides(),
            path: path)
        return try JSONValue(parsing: report.json)
    }

    @Test(arguments: files(of: "attribution"))
    func theLossStandsBesideTheTotals(path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let written = try report(path, bytes)
        let expected = try #require(try JSONValue(parsing: bytes)["expected"]?["loss"]?.members)
        for member in expected {
            expectEqual(
                written["loss"]?[member.name] ?? .null, member.value, "$.loss.\(member.name)")
        }
        #expect(written["gameability"]?["delay"] != nil)
    }

    @Test(arguments: files(of: "statistics").filter { $0.contains("/run-") })
    func theVerdictOnTheLoadStandsBesideTheTotals(path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let written = try report(path, bytes)
        let expected = try #require(try JSONValue(parsing: bytes)["expected"])
        #expect(written["steady"]?["verdict"] == expected["steady"]?["verdict"])
        let smooth = written["sampling"]?["run"]?["smooth_goodput"]
        for end in ["value", "low", "high"] {
            let wanted = expected["run"]?["smooth_goodput"]?[end]?.double
            let found = smooth?[end]?.double
            #expect((found == nil) == (wanted == nil), "\(end)")
            guard let found, let wanted else { continue }
            #expect((found - wanted).magnitude <= 1e-6 * max(1, wanted.magnitude), "\(end)")
        }
    }

    private func expectEqual(_ value: JSONValue, _ expected: JSONValue, _ path: String) {
        switch (value, expected) {
        case (.object(let members), .object(let wanted)):
            #expect(Set(members.map(\.name)) == Set(wanted.map(\.name)), "\(path)")
            for member in wanted {
                expectEqual(value[member.name] ?? .null, member.value, "\(path).\(member.name)")
            }
        case (.array(let values), .array(let wanted)):
            #expect(values.count == wanted.count, "\(path)")
            for (index, pair) in zip(values, wanted).enumerated() {
                expectEqual(pair.0, pair.1, "\(path)[\(index)]")
            }
        case (.integer(let a), .integer(let b)): #expect(a == b, "\(path)")
        case (.real, .real), (.real, .integer):
            let a = value.double ?? .nan
            let b = expected.double ?? .nan
            #expect((a - b).magnitude <= 1e-9 * max(1, a.magnitude, b.magnitude), "\(path)")
        default: #expect(value == expected, "\(path)")
        }
    }

    @Test(arguments: [
        ("{", "v.json: is not JSON: line 1, column 2: a member's name in quotes should stand here"),
        ("{}", "v.json: lacks `requests`, an array"),
        (
            #"{"parameters":{"alpha":"x"},"requests":[]}"#,
            "v.json: `parameters` has a `alpha` that is not a number"
        ),
        (#"{"parameters":{"alhpa":1},"requests":[]}"#, "unknown member `alhpa`"),
        (#"{"parameters":{"penalty":{"kind":"cubic"}},"requests":[]}"#, "none of linear"),
        (
            #"""
            {"requests":[{"id":4,"scheduled":0,"tokens":[[1,0]],"finish":2,\#
            "outcome":"completed"}]}
            """#,
            "v.json: request 4 has an entry 0 in `tokens` with k = 0; k must lie from 1"
        ),
        (
            #"""
            {"requests":[{"id":4,"scheduled":0,"tokens":["x"],"finish":2,\#
            "outcome":"completed"}]}
            """#,
            "neither a time nor [time, count]"
        ),
        (
            #"""
            {"requests":[{"id":4,"scheduled":0.5,"tokens":[],"finish":2,\#
            "outcome":"completed"}]}
            """#,
            "`scheduled` that is not a whole number"
        ),
        (#"{"requests":[{"scheduled":0}]}"#, "`requests` entry 0 lacks `id`"),
        (
            #"{"requests":[{"id":1,"scheduled":0,"tokens":[],"finish":2,"outcome":"done"}]}"#,
            "one of completed, failed, abandoned, unfinished"
        ),
        (
            #"""
            {"requests":[{"id":4,"scheduled":0,"sent":8,"tokens":[7],"finish":9,\#
            "outcome":"completed"}]}
            """#,
            "v.json: request 4 was `sent` at 8 ns, after its first token at 7 ns"
        ),
        (
            #"""
            {"requests":[{"id":4,"scheduled":0,"tokens":[],"finish":9,"outcome":"completed"},
            {"id":4,"scheduled":0,"tokens":[],"finish":9,"outcome":"completed"}]}
            """#,
            "v.json: request 4 stands there twice"
        ),
    ])
    func badVectorsAreNamed(text: String, words: String) {
        let error = #expect(throws: FileProblem.self) {
            try MetricVector(parsing: Array(text.utf8), path: "v.json")
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.kind == .content)
    }

    @Test(arguments: [
        #"{"parameters":{"alpha":-1},"requests":[]}"#,
        #"{"requests":[{"id":9,"scheduled":5,"tokens":[4],"finish":9,"outcome":"completed"}]}"#,
    ])
    func badTimesAndParametersAreContentProblems(text: String) throws {
        let vector = try MetricVector(parsing: Array(text.utf8), path: "v.json")
        let error = #expect(throws: FileProblem.self) {
            try ScoreReport(vector: vector, overrides: ScoringOverrides(), path: "v.json")
        }
        #expect(error?.kind == .content)
        #expect(error?.description.hasPrefix("v.json: ") == true)
    }

    @Test(arguments: Preset.allCases)
    func parametersRoundTripAndPresetsMayBeNamed(preset: Preset) throws {
        var parameters = preset.parameters
        parameters.objectives = Objectives(ttft: 1, e2e: 2)
        #expect(try ScoringParameters(json: parameters.json) == parameters)
        let named = JSONValue.object(["preset": .string(preset.rawValue)])
        #expect(try ScoringParameters(json: named) == preset.parameters)
    }

    @Test(arguments: Penalty.kinds)
    func penaltiesRoundTrip(kind: String) throws {
        let penalty = try #require(Penalty(kind: kind))
        #expect(penalty.kind == kind)
        #expect(try Penalty(json: penalty.json) == penalty)
        #expect(try Penalty(json: .object(["kind": .string(kind)])) == penalty)
    }

    @Test func overridesKeepWhatTheyDoNotName() {
        var overrides = ScoringOverrides()
        #expect(overrides.isEmpty)
        var given = ScoringParameters.paperV2
        given.objectives.ttft = 5
        #expect(overrides.applied(to: given) == given)
        overrides.preset = .robust
        overrides.alpha = 0.5
        overrides.objectives.tpot = 7
        var expected = ScoringParameters.robust
        expected.alpha = 0.5
        expected.objectives = Objectives(ttft: 5, tpot: 7)
        #expect(overrides.applied(to: given) == expected)
    }
}
