import Exports
import Foundation
import Results
import SampleRuns
import Testing
import ToolRules

@Suite("Export as aiperf")
struct AiperfFileTests {
    @Test("A line a request, with the schedule and the figures by aiperf's rule")
    func lines() throws {
        let (bytes, _) = try SampleExport.file(.aiperf)
        let lines = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any])
        }
        #expect(lines.count == 7)
        let metadata = try #require(lines[0]["metadata"] as? [String: Any])
        #expect(metadata["x_request_id"] as? String == "r7-1")
        #expect(metadata["credit_issued_ns"] as? Int == 1_700_000_000 + 250_000_000)
        #expect(metadata["request_start_ns"] as? Int == 1_700_000_000 + 250_061_001)
        #expect(metadata["request_end_ns"] as? Int == 1_700_000_000 + 1_250_000_000)
        let metrics = try #require(lines[0]["metrics"] as? [String: [String: Any]])
        let gaps = try #require(metrics["inter_chunk_latency"]?["value"] as? [Double])
        let first = try #require(metrics["time_to_first_token"]?["value"] as? Double)
        #expect(
            abs(first + gaps.reduce(0, +) - (metrics["request_latency"]?["value"] as? Double ?? 0))
                < 1e-6)
        #expect(metrics["output_sequence_length"]?["value"] as? Int == 23)
        #expect(metrics["input_sequence_length"]?["value"] as? Int == 101)
        // A failed request has no metrics.
        #expect((lines[1]["metrics"] as? [String: Any])?.isEmpty == true)
        let error = lines[1]["error"] as? [String: Any]
        #expect(error?["type"] as? String == "reset")
        #expect(error?["code"] as? Int == 200)
    }

    @Test("The mean of the lines is the printed one")
    func means() throws {
        let (bytes, _) = try SampleExport.file(.aiperf)
        let values = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
            line -> Double? in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let metrics = object?["metrics"] as? [String: [String: Any]]
            return metrics?["inter_token_latency"]?["value"] as? Double
        }
        let printed = try PrintedRun(
            of: SampleRun.stored, as: .aiperf,
            ScoringOverrides(), path: "")
        let mean = try #require(printed.figures["inter_token_latency.avg"]?.number)
        #expect(values.count > 2)
        #expect(abs(values.reduce(0, +) / Double(values.count) - mean) < 1e-6)
    }
}
