import Foundation
import Goodput
import Holding

/// A worked example of the detection: `requests` in, `expected.detection` out.
struct HoldingVector {
    let requests: [RequestTimes]
    /// By request.
    let promptTokens: [UInt32?]
    /// `expected.detection`.
    let expected: [String: Any]

    /// The examples beside these tests, and those that stand beside the checkout where they do.
    static let all: [String] = directories.flatMap { directory in
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(directory)/\($0)" }
    }

    private static let directories: [String] = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        return [
            root.appendingPathComponent("Tests/Vectors/holding").path,
            root.appendingPathComponent("../shared/vectors/pacing").standardized.path,
        ]
    }()

    init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let file = try JSONSerialization.jsonObject(with: data) as! [String: Any]
        let entries = file["requests"] as! [[String: Any]]
        expected = (file["expected"] as! [String: Any])["detection"] as! [String: Any]
        requests = entries.map(Self.request)
        promptTokens = entries.map { ($0["prompt_tokens"] as? NSNumber)?.uint32Value }
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

    func figures(seed: UInt64) throws -> HoldingFigures {
        var analysis = HoldingAnalysis(
            targets: 1, over: try ServingInterval(over: requests), seed: seed)
        for (request, prompt) in zip(requests, promptTokens) {
            analysis.add(request, target: 0, promptTokens: prompt)
        }
        return analysis.figures()[0]
    }
}
