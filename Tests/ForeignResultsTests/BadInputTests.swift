import ForeignResults
import Goodput
import Testing

@Suite("Damaged result files of other tools")
struct BadInputTests {
    @Test("Cut anywhere: a sentence with its place, or whole runs, never a trap")
    func cuts() throws {
        for (name, text) in Files.all {
            let bytes = Array(text.utf8)
            var refused = 0
            for length in 0..<bytes.count {
                do throws(ForeignProblem) {
                    _ = try ForeignRun.all(in: Array(bytes[..<length]))
                } catch {
                    refused += 1
                    #expect(error.offset <= length && !error.sentence.isEmpty)
                }
            }
            #expect(refused > bytes.count / 3, "\(name): \(refused) of \(bytes.count)")
        }
    }

    @Test("Each byte changed: a sentence or a run that can be scored, never a trap")
    func flips() throws {
        let reader = try Reader(.default)
        for (name, text) in Files.all {
            let bytes = Array(text.utf8)
            for index in bytes.indices {
                for byte in [bytes[index] ^ 1, bytes[index] ^ 0x10, UInt8(ascii: "9")] {
                    var changed = bytes
                    changed[index] = byte
                    do throws(ForeignProblem) {
                        for run in try ForeignRun.all(in: changed) ?? [] {
                            for request in run.requests {
                                #expect(throws: Never.self, "\(name) at \(index)") {
                                    try request.check(for: reader)
                                }
                            }
                        }
                    } catch {
                        #expect(!error.sentence.isEmpty)
                    }
                }
            }
        }
    }

    /// The problem of `text` with `old` replaced by `new`.
    private func problem(_ text: String, _ old: String, _ new: String) throws -> ForeignProblem {
        try #require(text.contains(old))
        return try #require(Files.problem(text.replacing(old, with: new)), "\(new)")
    }

    @Test("Units mixed up, members missing, values that are none: the member is named")
    func sentences() throws {
        let vllm: [(String, String, String)] = [
            ("\"ttfts\": [0.1,", "\"ttfts\": [NaN,", "`ttfts[0]` is not a number (NaN"),
            ("\"ttfts\": [0.1,", "\"ttfts\": [\"0.1\",", "`ttfts[0]` is a string"),
            ("\"ttfts\": [0.1,", "\"ttfts\": [null,", "`ttfts[0]` is null"),
            ("\"ttfts\": [0.1,", "\"ttfts\": [-0.1,", "`ttfts[0]` is -0.1"),
            ("\"ttfts\": [0.1,", "\"ttfts\": [100.0,", "`latencies[0]` is 0.2 s, and its tokens"),
            ("\"ttfts\": [0.1, ", "\"ttfts\": [", "3 in `ttfts`"),
            ("[0.04, 0.06]", "[40, 60]", "one of `ttfts`, `itls` and `latencies` is in another"),
            ("[0.04, 0.06]", "[0.04, Infinity]", "`itls[1][1]` is not a number"),
            ("[0.04, 0.06]", "0.04", "`itls[1]` is a number where a list should stand"),
            ("\"output_lens\"", "\"other\"", "lacks `output_lens`"),
            ("\"output_lens\": [3,", "\"output_lens\": [3.5,", "`output_lens[0]` is no whole"),
            ("\"output_lens\": [3,", "\"output_lens\": [-3,", "`output_lens[0]` is no number of"),
            ("\"start_times\": [50.0,", "\"start_times\": [1e300,", "`start_times[0]` is 1e+300"),
            ("\"duration\": 1.0", "\"duration\": -1.0", "`duration` of -1.0"),
        ]
        for (old, new, sentence) in vllm {
            let problem = try problem(Files.vllm, old, new)
            #expect(problem.sentence.contains(sentence), "\(problem.sentence)")
        }
        let records: [(String, String, String)] = [
            (
                "\"value\": 190.0, \"unit\": \"ms\"", "\"value\": 190.0, \"unit\": \"us\"",
                "another unit"
            ),
            ("\"unit\": \"ms\"", "\"unit\": \"fortnights\"", "unit `fortnights`"),
            ("\"request_start_ns\"", "\"other\"", "lacks `request_start_ns`"),
            (
                "\"value\": 3", "\"value\": \"3\"",
                "`metrics.output_sequence_length.value` is a string"
            ),
        ]
        for (old, new, sentence) in records {
            let problem = try problem(Files.aiperfRecords, old, new)
            #expect(problem.sentence.contains(sentence), "\(problem.sentence)")
        }
        let others: [(String, String, String, String)] = [
            (Files.inferencePerf, "\"start_time\": 100.0,", "", "lacks `start_time`"),
            (Files.inferencePerf, "[100.1, 100.2, 100.2", "[100.1, 90.2, 100.2", "cannot be"),
            (Files.etalon, "\"ttft\": [0.1, 0.2]", "\"ttft\": [0.1]", "2 entries in `tbt` and 1"),
            (
                Files.genaiBench(unit: "s", 500, 1_500), "429", "430",
                "longer than the whole run"
            ),
            (Files.genaiBench(unit: "h", 0.5, 1.5), "429", "430", "`_time_unit` of `h`"),
        ]
        for (text, old, new, sentence) in others {
            let problem = try #require(Files.problem(text.replacing(old, with: new)))
            #expect(problem.sentence.contains(sentence), "\(problem.sentence)")
        }
        let turned = Files.guidellm(1795348921.25, 1795348920.25, tokens: 5, end: 1795348921.5)
        #expect(Files.problem(turned)?.sentence.contains("cannot be") == true)
    }

    @Test("The place of a problem is its line and column")
    func places() throws {
        let text = Files.vllm.replacing("50.2, 50.3]", with: "50.2, x]")
        let problem = try #require(Files.problem(text))
        let bytes = Array(text.utf8)
        let place = problem.position(in: bytes)
        let line = text.split(separator: "\n")[place.line - 1]
        #expect(Array(line.utf8)[place.column - 1] == UInt8(ascii: "x"))
        #expect(problem.member == "start_times[3]")
    }

    @Test("Members that nobody knows, nulls and NaN where nothing rests on them are passed over")
    func extras() throws {
        let more = "\"extra\": {\"a\": [1, {\"b\": NaN}], \"c\": -Infinity}, "
        let text = Files.vllm.replacing("\"burstiness\"", with: more + "\"burstiness\"")
        #expect(try Files.run(text).requests == Files.run(Files.vllm).requests)
        let none = Files.vllm.replacing("\"mean_ttft_ms\": 150.0", with: "\"mean_ttft_ms\": NaN")
        #expect(try Files.run(none).source.summary["mean_ttft_ms"] == nil)
    }

    @Test("Nesting without end is refused")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        let text = Files.vllm.replacing("\"burstiness\": 1.0", with: "\"burstiness\": \(deep)")
        #expect(Files.problem(text) != nil || (try? Files.runs(text)) == .some(nil))
    }

    @Test("Errors are data: their last line, cut, and a bounded number of different ones")
    func errors() throws {
        let texts = (0..<2_000).map { "\"error \($0)\\u001b[31m\"" }.joined(separator: ", ")
        let zeros = (0..<2_000).map { _ in "0.0" }.joined(separator: ",")
        let counts = (0..<2_000).map { _ in "0" }.joined(separator: ",")
        let lists = (0..<2_000).map { _ in "[]" }.joined(separator: ",")
        let run = try Files.run(
            """
            {"duration": 3.0, "output_lens": [\(counts)], "ttfts": [\(zeros)], "itls": [\(lists)],
            "start_times": [\(zeros)], "errors": [\(texts)]}
            """)
        #expect(run.source.errors.count <= 257)
        #expect(run.source.errors.reduce(0) { $0 + $1.count } == 2_000)
        #expect(run.requests.allSatisfy { $0.outcome == .failed && $0.tokens.isEmpty })
    }
}
