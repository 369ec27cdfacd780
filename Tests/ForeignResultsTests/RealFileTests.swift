import ForeignResults
import Foundation
import Goodput
import Results
import Testing

enum RealFiles {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/exports").standardizedFileURL

    static var areHere: Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("vllm.json").path)
    }
}

/// Files that the tools wrote, beside the checkout where they are.
@Suite(
    "Files that the tools wrote",
    .enabled(if: RealFiles.areHere, "skipped: ../shared/exports is not here"))
struct RealFileTests {
    private func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: RealFiles.folder.appendingPathComponent(name)))
    }

    private func report(_ name: String) throws -> ScoreReport {
        let path = RealFiles.folder.appendingPathComponent(name).path
        let vectors = try MetricVector.all(parsing: try bytes(name), path: path) { names in
            names.lazy.compactMap { name in
                (try? Data(contentsOf: URL(fileURLWithPath: name))).map { (name, Array($0)) }
            }.first
        }
        #expect(vectors.count == 1)
        return try ScoreReport(vector: vectors[0], overrides: ScoringOverrides(), path: path)
    }

    @Test(
        "Ours are the tool's own figures, and so are throughput, completed and failed",
        arguments: [
            ("vllm.json", "needs a rule", 18), ("aiperf.records.jsonl", "needs a rule", 100),
            ("aiperf.raw.jsonl", "exact", 100), ("guidellm.json", "bounds only", 100),
        ], ["", "faults/"])
    func figures(file: (name: String, fidelity: String, figures: Int), folder: String) throws {
        let report = try report(folder + file.name)
        let source = try #require(report.source)
        #expect(source.fidelity.name == file.fidelity)
        let check = try #require(report.check)
        #expect(check.differences.isEmpty, "\(check.differences)")
        #expect(check.figures.count >= file.figures, "\(check.figures.count)")
        let names = Set(check.figures.map(\.name))
        for name in ["completed", "request_count.avg", "metrics.request_totals.successful"] {
            if source.summary[name] != nil { #expect(names.contains(name)) }
        }
        let rate =
            source.summary["output_throughput"] ?? source.summary["output_token_throughput.avg"]
            ?? source.summary["metrics.output_tokens_per_second.total.mean"]
        let throughput = try #require(report.scoring.totals.throughput)
        if folder.isEmpty || source.tool == .guidellm {
            #expect(abs(throughput / (try #require(rate)) - 1) < 5e-5)
        } else {
            // Tokens of failed requests count here, and in none of these tools.
            #expect(throughput >= (try #require(rate)) * (1 - 1e-6))
        }
        let failed = ["vllm": 12, "aiperf": 6, "guidellm": 10][source.tool.rawValue]
        let completed = folder.isEmpty ? 12 : 20 - (try #require(failed))
        #expect(report.scoring.totals.outcomes.completed == completed)
    }

    @Test("Records and packets of one run are the same streams")
    func records() throws {
        let records = try #require(try ForeignRun.all(in: try bytes("aiperf.records.jsonl")))[0]
        let packets = try #require(try ForeignRun.all(in: try bytes("aiperf.raw.jsonl")))[0]
        // Lines are in the order in which requests ended, which is not the same in both.
        func streams(_ run: ForeignRun) -> [Int64: [Int64]] {
            let begin = run.requests.compactMap(\.sent).min() ?? 0
            return Dictionary(
                run.requests.map { request in
                    (request.sent! - begin, request.tokens.map { $0.time - request.sent! })
                }, uniquingKeysWith: { first, _ in first })
        }
        let (a, b) = (streams(records), streams(packets))
        #expect(a.count == 12 && Set(a.keys) == Set(b.keys))
        for (sent, times) in a {
            let others = try #require(b[sent])
            #expect(times.count == others.count)
            // Gaps of the records are rounded to the ns, one by one.
            #expect(zip(times, others).allSatisfy { abs($0 - $1) <= 40 })
        }
    }

    @Test("Cut at many bytes: a sentence, or whole lines; never a trap")
    func cuts() throws {
        for name in ["vllm.json", "aiperf.records.jsonl", "aiperf.raw.jsonl", "guidellm.json"] {
            let bytes = try bytes("faults/" + name)
            for length in stride(from: 1, to: bytes.count, by: bytes.count / 60) {
                do throws(ForeignProblem) {
                    let runs = try ForeignRun.all(in: Array(bytes[..<length]))
                    #expect(runs == nil || name.hasSuffix("l"), "\(name) cut at \(length)")
                } catch {
                    #expect(!error.sentence.isEmpty)
                }
            }
        }
    }
}
