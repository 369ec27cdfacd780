import Foundation
import Testing

@testable import Workload

/// Traces as people have them: unsorted, with failed requests, in other units and blocks.
@Suite("Traces of the field") struct OddTraceTests {
    private func read(
        _ text: String, _ change: (inout TraceReader.Options) -> Void = { _ in }
    ) throws -> (rows: [TraceRow], reader: TraceReader) {
        var options = TraceReader.Options()
        change(&options)
        return try readWholeTrace(Array(text.utf8), options)
    }

    private func line(
        _ time: String, _ input: Int, _ output: Int, ids: Int? = nil, more: String = ""
    ) -> String {
        let blocks = ids.map { ", \"hash_ids\": \(Array(0..<$0))" } ?? ""
        return "{\"timestamp\": \(time), \"input_length\": \(input), \"output_length\": \(output)"
            + "\(blocks)\(more)}"
    }

    @Test("The earliest row is the origin, wherever it stands; ties keep the file's order")
    func earliest() throws {
        let text =
            "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:40,30,4\n"
            + "2023-11-16 18:15:48,31,4\n2023-11-16 18:15:44,32,4\n2023-11-16 18:15:39,33,4\n"
            + "2023-11-16 18:15:44,34,4\n"
        let rows = try read(text).rows
        #expect(rows.map(\.input) == [33, 30, 32, 34, 31])
        #expect(rows.map { ($0.arrivalNs ?? -1) / second } == [0, 1, 5, 5, 9])
        let replay = TraceReplay(rows: rows)
        let plan = try WorkloadPlan.make(
            WorkloadSpec(
                stages: [StageSpec(load: .open(.replay(replay)))],
                classes: [ClassSpec(name: "a", lengths: nil)]), seed: 1)
        #expect(plan.requests.count == 5)
    }

    @Test("Rows without tokens are left out by name, and nothing is sent in their place")
    func failedRows() throws {
        let (rows, reader) = try read(
            "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                + "5,ChatGPT,472,18,490,a\n6,GPT-4,10,0,10,b\n7,GPT-4,0,5,5,b\n8,GPT-4,10,5,15,b\n")
        #expect(rows.map(\.input) == [472, 10])
        #expect(rows.map(\.arrivalNs) == [0, 3 * second])
        #expect(reader.leftOut.words == "1 no output tokens, 1 no input tokens")
    }

    @Test("What a window and a number of requests leave out is counted")
    func windows() throws {
        let rows = (0..<10).map { TraceRow(arrivalNs: $0 * second, input: 4, output: 4) }
        let replay = TraceReplay(rows: rows, fromNs: 2 * second, durationNs: 5 * second)
        #expect(replay.leftOut(requests: nil).words == "5 outside the window")
        #expect(
            replay.leftOut(requests: 2).words
                == "5 outside the window, 3 beyond the stage's requests")
    }

    @Test(
        "Few unusable rows are left out and counted; more than 1 % show the first",
        arguments: [0, 1, 3])
    func unusable(bad: Int) throws {
        var lines = ["num_prefill_tokens,num_decode_tokens"]
        for row in 0..<200 { lines.append(row < bad * 7 && row % 7 == 0 ? "x,3" : "9,3") }
        let text = lines.joined(separator: "\n")
        if bad < 3 {
            let (rows, reader) = try read(text)
            #expect(rows.count == 200 - bad && reader.leftOut[.unusable] == bad)
        } else {
            let error = #expect(throws: TraceError.self) { try read(text) }
            #expect(error?.line == 2 && error?.column == 1)
        }
    }

    @Test("Bailian's rows are in seconds and have blocks of 16")
    func bailian() throws {
        let more = ", \"chat_id\": 1, \"parent_chat_id\": -1, \"turn\": 1, \"type\": \"text\""
        let text = [line("0.1", 60, 5, ids: 4, more: more), line("1.2", 70, 5, ids: 5, more: more)]
            .joined(separator: "\n")
        let (rows, reader) = try read(text)
        #expect(reader.format == .bailian && reader.blockTokens == 16 && reader.time == .seconds)
        #expect(rows.map(\.arrivalNs) == [0, 1_100_000_000])
        let plan = try WorkloadPlan.make(
            WorkloadSpec(
                stages: [StageSpec(load: .open(.replay(TraceReplay(rows: rows))))],
                classes: [ClassSpec(name: "a", lengths: nil)]), seed: 1)
        #expect(plan.requests[0].prompt.map(\.tokens) == [16, 16, 16, 12])
        #expect(plan.requests[1].prompt.prefix(3) == plan.requests[0].prompt.prefix(3))
        #expect(plan.requests.map(\.inputTokens) == [60, 70])
    }

    @Test(
        "The size of blocks is found by the rows, where they say it",
        arguments: [
            ([(600, 2), (700, 2)], 512), ([(60, 4), (70, 5)], 16), ([(100, 2), (129, 3)], 64),
            ([(5_000, 3), (10_000, 5)], 2_048), ([(512, 1), (100, 1)], 512), ([(1_030, 2)], 512),
        ] as [([(Int, Int)], UInt32)])
    func blocks(rows: [(Int, Int)], size: UInt32) throws {
        let text = rows.map { line("0", $0.0, 5, ids: $0.1) }.joined(separator: "\n")
        let (read, reader) = try read(text)
        #expect(reader.blockTokens == size && read.allSatisfy { $0.blockTokens == size })
    }

    @Test("Ids and lengths that contradict each other are named, and so is what to write")
    func contradictions() throws {
        func problem(
            _ rows: [(Int, Int)], _ change: (inout TraceReader.Options) -> Void = { _ in }
        ) -> String {
            let text = rows.map { line("0", $0.0, 5, ids: $0.1) }.joined(separator: "\n")
            do {
                _ = try read(text, change)
                return ""
            } catch {
                return "\(error)"
            }
        }
        // No one size makes both.
        let none = problem([(1_024, 2), (60, 4)])
        #expect(none.hasPrefix("2:1: ") && none.contains("4 ids for 60 tokens"), "\(none)")
        #expect(none.contains("`block: N`"))
        let given = problem([(60, 4), (70, 5)]) { $0.blockTokens = 512 }
        #expect(given.contains("blocks of 512"), "\(given)")
        let several = problem([(600, 1), (1_100, 1)])
        #expect(several.contains("2048, 4096") && several.contains("`block: 2048`"), "\(several)")
        #expect(problem([(600, 1), (1_100, 1)]) { $0.blockTokens = 2_000 } == "")
        // One in two hundred is left out like any other row that cannot be.
        let text = (0..<200).map { line("0", $0 == 7 ? 9_999 : 600, 5, ids: 2) }
        let (rows, reader) = try read(text.joined(separator: "\n"))
        #expect(rows.count == 199 && reader.leftOut[.unusable] == 1)
    }

    @Test("Times in ms that cannot be are asked about, and a unit that is said is taken")
    func units() throws {
        let text = [line("0.1", 60, 5), line("1.2", 70, 5)].joined(separator: "\n")
        let error = #expect(throws: TraceError.self) { try read(text) }
        #expect(error?.problem.contains("`time: s`") == true && error?.line == 1)
        #expect(error?.column == 15)
        #expect(try read(text) { $0.time = .seconds }.rows[1].arrivalNs == 1_100_000_000)
        #expect(try read(text) { $0.time = .milliseconds }.rows[1].arrivalNs == 1_100_000)
        // Fractions of ms that are spread as requests are.
        let slow = [line("10.5", 60, 5), line("1200.25", 70, 5)].joined(separator: "\n")
        #expect(try read(slow).rows[1].arrivalNs == 1_189_750_000)
        // Whole seconds are told by the rate that they would be in ms, blocks or none.
        for ids in [nil, 4] {
            let whole = (0..<5).map { line("\($0)", 60, 5, ids: ids) }.joined(separator: "\n")
            let error = #expect(throws: TraceError.self) { try read(whole) }
            #expect(error?.problem.contains("1000 arrivals a second") == true)
            #expect(error?.problem.contains("`time: s`") == true)
            #expect(error?.line == 1 && error?.column == 15)
            #expect(try read(whole) { $0.time = .seconds }.rows[4].arrivalNs == 4 * second)
            #expect(try read(whole) { $0.isReplay = false }.rows.count == 5)
        }
        let ticks = (0..<5).map { line("\($0 / 3 * 3000)", 60, 5) }.joined(separator: "\n")
        #expect(try read(ticks).rows[4].arrivalNs == 3 * second)
        // Lengths alone have no times to misread.
        #expect(try read(text) { $0.isReplay = false }.rows.count == 2)
        let vidur = "num_prefill_tokens,num_decode_tokens,arrived_at\n7,9,1000\n7,9,2000\n"
        #expect(try read(vidur) { $0.time = .milliseconds }.rows[1].arrivalNs == second)
    }

    private static let folder =
        URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/field/").standardizedFileURL.path + "/"

    @Test(
        "Files of the field are read whole",
        .enabled(if: FileManager.default.fileExists(atPath: folder)),
        arguments: [
            ("08-earlier-than-the-first.csv", 5, "", nil),
            ("08-earlier-than-the-first.jsonl", 2, "", 512),
            ("15-burstgpt-failed-rows.csv", 2, "1 no output tokens", nil),
            ("16-blocks-of-16-seconds.jsonl", 2, "", 16),
        ] as [(String, Int, String, UInt32?)])
    func field(file: String, rows: Int, leftOut: String, block: UInt32?) throws {
        let data = try Data(contentsOf: URL(filePath: Self.folder + file))
        let (read, reader) = try readWholeTrace(Array(data))
        #expect(read.count == rows && reader.leftOut.words == leftOut)
        #expect(reader.blockTokens == block)
        #expect(read.map { $0.arrivalNs ?? -1 } == read.map { $0.arrivalNs ?? -1 }.sorted())
        #expect(read.first?.arrivalNs == 0)
    }
}
