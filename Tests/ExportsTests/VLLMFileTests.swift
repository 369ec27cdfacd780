import Exports
import Foundation
import Results
import SampleRuns
import Testing
import TokenLog
import ToolRules

@Suite("Export as vllm")
struct VLLMFileTests {
    private static func object(
        _ result: RunResult = SampleRun.result
    ) throws -> (file: [String: Any], remarks: [ExportRemark]) {
        let (bytes, remarks) = try SampleExport.file(.vllm, of: result)
        let object = try JSONSerialization.jsonObject(with: Data(bytes))
        return (try #require(object as? [String: Any]), remarks)
    }

    @Test("Every number is the one that is printed by that tool's rule")
    func numbers() throws {
        let (file, _) = try Self.object()
        let printed = try PrintedRun(
            of: SampleRun.stored, as: .vllm,
            ScoringOverrides(), path: "")
        #expect(printed.figures.figures.count > 20)
        for figure in printed.figures.figures {
            let value = file[figure.row.path[0]]
            if let number = figure.value.number {
                let read = try #require(value as? Double, "\(figure.row.path)")
                // Foundation reads some decimals with an error in the last place.
                #expect(abs(read - number) <= 1e-15 * abs(number), "\(figure.row.path)")
            } else {
                #expect(value is NSNull, "\(figure.row.path)")
            }
        }
        #expect(file["num_prompts"] as? Int == 7)
        #expect(file["model_id"] as? String == "m\"1")
        #expect(file["date"] as? String == "19700101-000001")
        let origin = file["legato"] as? [String: Any]
        #expect(origin?["run_id"] as? String == "r7")
    }

    @Test("The arrays give the numbers again, by arithmetic of their own")
    func arrays() throws {
        let (file, _) = try Self.object()
        let ttfts = try #require(file["ttfts"] as? [Double])
        let itls = try #require(file["itls"] as? [[Double]])
        let outputs = try #require(file["output_lens"] as? [Int])
        let inputs = try #require(file["input_lens"] as? [Int])
        let latencies = try #require(file["latencies"] as? [Double])
        let starts = try #require(file["start_times"] as? [Double])
        let errors = try #require(file["errors"] as? [String])
        let texts = try #require(file["generated_texts"] as? [String])
        #expect(texts == [String](repeating: "", count: 7))
        for count in [
            ttfts.count, itls.count, outputs.count, inputs.count, latencies.count, starts.count,
            errors.count,
        ] {
            #expect(count == 7)
        }
        let good = errors.indices.filter { errors[$0].isEmpty }
        #expect(file["completed"] as? Int == good.count)
        #expect(file["failed"] as? Int == 7 - good.count)
        #expect(file["total_output_tokens"] as? Int == good.reduce(0) { $0 + outputs[$1] })
        #expect(file["total_input_tokens"] as? Int == good.reduce(0) { $0 + inputs[$1] })
        let mean = good.reduce(0) { $0 + ttfts[$1] } / Double(good.count)
        #expect(abs(mean * 1e3 - (file["mean_ttft_ms"] as? Double ?? 0)) < 1e-6)
        let gaps = good.flatMap { itls[$0] }
        let meanGap = gaps.reduce(0, +) / Double(gaps.count)
        #expect(abs(meanGap * 1e3 - (file["mean_itl_ms"] as? Double ?? 0)) < 1e-6)
        for index in good {
            #expect(abs(ttfts[index] + itls[index].reduce(0, +) - latencies[index]) < 1e-9)
        }
        #expect(abs(starts[0] - 0.250061001) < 1e-12)
        // Tokens from before the failure stay.
        #expect(errors[1] == "reset 200: reset after 5 events")
        #expect(itls[1].count == 4)
        #expect(outputs[1] == 0)
        #expect(latencies[1] == 0)
        // The hidden tokens of the server's count.
        #expect(outputs[3] == 23 + 200)
    }

    @Test("What the file cannot say is told")
    func remarks() throws {
        let (_, remarks) = try Self.object()
        #expect(remarks.contains(.neverSent(1)))
        #expect(remarks.contains(.wholeAnswer(1)))
        #expect(remarks.contains(.hiddenTokens(1)))
        #expect(remarks.contains(.noSchedule(longest: 61_007)))
        for remark in remarks { #expect(!remark.sentence.isEmpty) }
    }

    @Test("A run without requests, and one in which none completed")
    func nothing() throws {
        let (empty, said) = try Self.object(SampleExport.run { $0.requests = [] })
        #expect(empty["completed"] as? Int == 0)
        #expect((empty["ttfts"] as? [Double])?.isEmpty == true)
        #expect(said.contains(.noRequest))
        let failed = SampleExport.run { result in
            for index in result.requests.indices {
                result.requests[index].outcome = .failed
                result.requests[index].error = RequestError(kind: .connect, detail: "refused")
                result.requests[index].tokens = []
            }
        }
        let (file, words) = try Self.object(failed)
        #expect(file["completed"] as? Int == 0)
        #expect(file["failed"] as? Int == 7)
        #expect(file["errors"] as? [String] == [String](repeating: "connect: refused", count: 7))
        #expect(words.contains(.nothingCompleted(7)))
    }
}
