import Foundation
import Testing

@testable import Workload

/// Rows and statistics that the traces' own README states, where the files are beside the package.
@Suite struct PublicTraceTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        var file: String
        var rows: Int
        var inputMean: Double
        var outputMean: Double
        var rate: Double?
        var largestInput: UInt32
        var testDescription: String { file }
        var isPresent: Bool { FileManager.default.fileExists(atPath: path) }
        var path: String { PublicTraceTests.folder + file }
    }

    static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../shared/traces/"
        ).standardizedFileURL.path + "/"

    static let present: [Expectation] = [
        Expectation(
            file: "azure2023_conv.csv", rows: 19_366, inputMean: 1_154.7, outputMean: 211.1,
            rate: 5.53, largestInput: 14_050),
        Expectation(
            file: "azure2023_code.csv", rows: 8_819, inputMean: 2_047.8, outputMean: 27.9,
            rate: 2.57, largestInput: 7_437),
        Expectation(
            file: "mooncake_fast25_conversation.jsonl", rows: 12_031, inputMean: 12_035,
            outputMean: 342.6, rate: 3.40, largestInput: 126_195),
        Expectation(
            file: "mooncake_fast25_synthetic.jsonl", rows: 3_993, inputMean: 15_325,
            outputMean: 149.1, rate: 3.91, largestInput: 191_378),
        Expectation(
            file: "sharegpt_8k_lengths_llama2tok.csv", rows: 30_731, inputMean: 2_340,
            outputMean: 438.7, rate: nil, largestInput: 8_141),
        Expectation(
            file: "arxiv_summarization_lengths_llama2tok.csv", rows: 28_257, inputMean: 2_588,
            outputMean: 291.4, rate: nil, largestInput: 4_054),
    ].filter(\.isPresent)

    @Test(.enabled(if: !present.isEmpty), arguments: present)
    func `a public trace has the rows and statistics of its description`(
        trace: Expectation
    ) throws {
        let data = try Data(contentsOf: URL(filePath: trace.path))
        let rows = try readTrace(Array(data), chunk: 65_536)
        #expect(rows.count == trace.rows)
        let count = Double(rows.count)
        let input = rows.reduce(0.0) { $0 + Double($1.input) } / count
        let output = rows.reduce(0.0) { $0 + Double($1.output) } / count
        #expect(abs(input / trace.inputMean - 1) < 1e-3)
        #expect(abs(output / trace.outputMean - 1) < 3e-3)
        #expect(rows.map(\.input).max() == trace.largestInput)
        if let rate = trace.rate {
            #expect(abs(try #require(Trace.meanRate(rows)) / rate - 1) < 3e-3)
        }
        for row in rows where !row.blocks.isEmpty {
            #expect(row.blocks.count == Int((row.input + 511) / 512))
        }
    }
}
