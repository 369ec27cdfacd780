import Foundation
import Goodput
import Sampling
import Testing

/// The worked examples of the statistics page, beside these tests and beside the checkout.
enum StatisticVectors {
    /// One example: what goes in, and what is to come out.
    struct Case: CustomTestStringConvertible, Sendable {
        let file: String
        let index: Int
        var testDescription: String { "\(file) \(index)" }
    }

    static let all: [Case] = directories.flatMap { directory -> [Case] in
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().flatMap { name in
            let path = "\(directory)/\(name)"
            return (0..<count(path)).map { Case(file: path, index: $0) }
        }
    }

    private static let directories: [String] = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        return [
            root.appendingPathComponent("Tests/Vectors/statistics").path,
            root.appendingPathComponent("../shared/vectors/statistics").standardized.path,
        ]
    }()

    private static func object(_ path: String) -> [String: Any] {
        let data = try? Data(contentsOf: URL(fileURLWithPath: path))
        let object = data.flatMap { try? JSONSerialization.jsonObject(with: $0) }
        return object as? [String: Any] ?? [:]
    }

    private static func count(_ path: String) -> Int {
        (object(path)["cases"] as? [Any])?.count ?? 1
    }

    static func read(_ example: Case) -> (given: [String: Any], expected: [String: Any]) {
        let file = object(example.file)
        guard let cases = file["cases"] as? [[String: Any]] else {
            return (file, file["expected"] as! [String: Any])
        }
        return (cases[example.index], (file["expected"] as! [[String: Any]])[example.index])
    }
}
