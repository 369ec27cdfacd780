import Foundation
import Goodput
import JSON
import Loss
import Results
import Testing

/// Every worked example of the attribution page, by the JSON that a summary gets: integers and
/// words exactly, reals within 1e-9 of max(1, |a|, |b|).
@Suite struct LossVectorTests {
    static let files: [String] = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let directories = [
            root.appendingPathComponent("Tests/Vectors/attribution").path,
            root.appendingPathComponent("../shared/vectors/attribution").standardized.path,
        ]
        return directories.flatMap { directory in
            // A checkout without the shared folder has its own examples alone.
            ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
                .filter { $0.hasSuffix(".json") }.sorted().map { "\(directory)/\($0)" }
        }
    }()

    @Test func theCheckoutBringsItsOwnExamples() {
        #expect(Self.files.count >= 4)
    }

    @Test(arguments: files)
    func theLossIsAsExpected(path: String) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let vector = try MetricVector(parsing: bytes, path: path)
        let expected = try #require(try JSONValue(parsing: bytes)["expected"]?["loss"])
        var loss = LossAttribution(
            over: try #require(try ServingInterval(over: vector.requests)), agents: 1,
            readers: [try Reader(vector.parameters)])
        for request in vector.requests {
            try loss.add(
                request,
                of: LossAttribution.Parts(agentIndex: 0, classIndex: 0, serverIndex: 0))
        }
        let json = loss.figures().json(agents: ["a"], classes: ["c"], servers: ["s"])
        expect(json, holds: expected, "loss")
        for (part, name) in [("agents", "a"), ("classes", "c"), ("servers", "s")] {
            expect(try #require(json[part]?[name]), holds: expected, part)
        }
    }

    /// A penalty that is no number in JSON is null.
    @Test func aSurfaceHasItsColumns() throws {
        let reader = try Reader(ScoringParameters(penalty: .exponential(tau: 1e-3)))
        var tally = SurfaceTally(readers: [reader])
        try tally.add(
            RequestTimes(
                id: 0, scheduled: 0,
                tokens: [TokenEvent(time: 0), TokenEvent(time: 2_000_000_000)],
                finish: 2_000_000_000), classIndex: 0)
        let surface = try #require(
            tally.figures(over: ServingInterval(begin: 0, end: 2_000_000_000)))
        let json = surface.whole.json
        #expect(json["throughput"] == .real(1))
        #expect(json["reading_speed"]?.array?.count == 301)
        #expect(json["penalty"]?.array?.first == .real(0))
        #expect(json["penalty"]?.array?.last == .null)
    }

    /// Checks that `json` has all that `expected` has.
    private func expect(_ json: JSONValue, holds expected: JSONValue, _ name: String) {
        switch expected {
        case .object(let members):
            for member in members {
                guard let value = json[member.name] else {
                    Issue.record("\(name) lacks \(member.name)")
                    continue
                }
                expect(value, holds: member.value, "\(name).\(member.name)")
            }
        case .array(let values):
            #expect(json.array?.count == values.count, "\(name)")
            for (index, pair) in zip(json.array ?? [], values).enumerated() {
                expect(pair.0, holds: pair.1, "\(name)[\(index)]")
            }
        case .real(let value):
            #expect(isClose(json.double ?? .nan, value), "\(name): \(json), not \(value)")
        default: #expect(json == expected, "\(name)")
        }
    }
}
