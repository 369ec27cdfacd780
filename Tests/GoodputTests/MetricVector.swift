import Foundation
import Goodput

/// A worked example: `parameters` and `requests` in, `expected` out.
struct MetricVector {
    let name: String
    let reader: Reader
    let requests: [RequestTimes]
    /// `expected.requests`, by field.
    let scores: [[String: Any]]
    let totals: [String: Any]

    /// The examples beside these tests, and those that stand beside the checkout where they do.
    static let all: [String] = directories.flatMap { directory in
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(directory)/\($0)" }
    }

    private static let directories: [String] = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        return [
            root.appendingPathComponent("Tests/Vectors/metrics").path,
            root.appendingPathComponent("../shared/vectors/metrics").standardized.path,
        ]
    }()

    init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let file = try JSONSerialization.jsonObject(with: data) as! [String: Any]
        let expected = file["expected"] as! [String: Any]
        name = path
        reader = try Reader(Self.parameters(file["parameters"] as! [String: Any]))
        requests = (file["requests"] as! [[String: Any]]).map(Self.request)
        scores = expected["requests"] as! [[String: Any]]
        totals = expected["totals"] as! [String: Any]
    }

    private static func parameters(_ object: [String: Any]) -> ScoringParameters {
        func integer(_ key: String) -> Int64? { (object[key] as? NSNumber)?.int64Value }
        func real(_ value: Any?) -> Double? { (value as? NSNumber)?.doubleValue }
        let kind = object["penalty"] as! [String: Any]
        let penalty: Penalty =
            switch kind["kind"] as! String {
            case "power": .power(exponent: real(kind["exponent"]) ?? 2)
            case "exponential": .exponential(tau: real(kind["tau"]) ?? 1)
            case "hinge": .hinge(grace: real(kind["grace"]) ?? 0.5)
            case "fraction": .fraction(tau: real(kind["tau"]) ?? 1)
            case "step": .step
            default: .linear
            }
        return ScoringParameters(
            readingSpeed: real(object["reading_speed"])!,
            anchor: Anchor(rawValue: object["anchor"] as! String)!,
            ttftBudget: integer("ttft_budget")!, alpha: real(object["alpha"])!, penalty: penalty,
            incomplete: IncompletePolicy(rawValue: object["incomplete"] as! String)!,
            objectives: Objectives(
                ttft: integer("ttft_slo"), tpot: integer("tpot_slo"), tbt: integer("tbt_slo"),
                e2e: integer("e2e_slo")))
    }

    private static func request(_ object: [String: Any]) -> RequestTimes {
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
