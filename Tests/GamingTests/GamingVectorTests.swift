import Foundation
import Gaming
import Goodput
import JSON
import Results
import Testing

/// Every worked example of the page, under each of its parameter sets: fields and figures.
@Suite struct GamingVectorTests {
    @Test func theCheckoutBringsItsOwnExamples() {
        #expect(GamingVector.own.count >= 3)
    }

    @Test(arguments: GamingVector.all)
    func figuresAreAsExpected(path: String) throws {
        let sets = try GamingVector.sets(path: path)
        #expect(sets.count >= 2)
        for (index, set) in sets.enumerated() {
            let figures = try Gameability(set.vector)
            var writer = JSONWriter()
            writer.value(figures.json)
            expectEqual(try JSONValue(parsing: writer.bytes), set.expected, "$[\(index)]")
        }
    }

    private func expectEqual(_ value: JSONValue, _ expected: JSONValue, _ place: String) {
        switch (value, expected) {
        case (.object(let members), .object(let wanted)):
            #expect(Set(members.map(\.name)) == Set(wanted.map(\.name)), "\(place)")
            for member in wanted {
                expectEqual(value[member.name] ?? .null, member.value, "\(place).\(member.name)")
            }
        case (.array(let values), .array(let wanted)):
            #expect(values.count == wanted.count, "\(place)")
            for (index, pair) in zip(values, wanted).enumerated() {
                expectEqual(pair.0, pair.1, "\(place)[\(index)]")
            }
        case (.integer(let a), .integer(let b)): #expect(a == b, "\(place)")
        case (.real, .real), (.real, .integer), (.integer, .real):
            #expect(isClose(value.double, expected.double), "\(place): \(value), \(expected)")
        default: #expect(value == expected, "\(place): \(value), \(expected)")
        }
    }
}

/// A file of requests, and of figures under several parameter sets.
enum GamingVector {
    /// The examples beside these tests.
    static let own = list("Tests/Vectors/gaming")
    /// Those and the ones that stand beside the checkout where they do.
    static let all = own + list("../shared/vectors/pacing")

    private static func list(_ folder: String) -> [String] {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appendingPathComponent(folder).standardized.path
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(path)/\($0)" }
    }

    static func sets(path: String) throws -> [(vector: MetricVector, expected: JSONValue)] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let file = try JSONValue(parsing: bytes)
        let sets = try #require(file["expected"]?["gameability"]?.array)
        return try sets.map { set in
            let vector = JSONValue.object([
                "parameters": try #require(set["parameters"]),
                "requests": try #require(file["requests"]),
            ])
            return (
                try MetricVector(json: vector, path: path), try #require(set["expected"])
            )
        }
    }
}

extension Gameability {
    init(_ vector: MetricVector) throws {
        try self.init(vector.requests, vector.parameters)
    }

    /// The figures of `requests`, of which there is one at least, all for one reader.
    init(_ requests: [RequestTimes], _ parameters: ScoringParameters) throws {
        let interval = try #require(try ServingInterval(over: requests))
        let tokens = requests.flatMap(\.tokens).reduce(0) { $0 + Int($1.count) }
        var analysis = try GamingAnalysis(
            over: interval, readers: [try Reader(parameters)], tokens: tokens)
        for request in requests { try analysis.add(request, classIndex: 0) }
        self = analysis.figures()
    }
}

/// The agreement that the worked examples ask for; nil agrees with nil alone.
func isClose(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return (a - b).magnitude <= 1e-9 * max(1, a.magnitude, b.magnitude)
}
