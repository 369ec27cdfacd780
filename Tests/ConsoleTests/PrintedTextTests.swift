import Goodput
import Results
import SampleRuns
import Testing
import ToolRules

@testable import Console

@Suite("Another tool's printout") struct PrintedTextTests {
    private func lines(_ tool: Tool) throws -> [String] {
        try PrintedRun(
            of: SampleRun.stored, as: tool, .init(), path: "r7"
        ).lines(style: .plain)
    }

    @Test("Every figure of a layout is one of the tool's", arguments: Tool.allCases)
    func paths(tool: Tool) {
        let known = Set(tool.rows().map { $0.path.joined(separator: ".") })
        for part in tool.layout(["99"]) {
            switch part {
            case .title: break
            case .lines(let rows, _):
                for row in rows { #expect(known.contains(row.path), "\(row.path)") }
            case .table(let heading, let rows, _):
                for row in rows {
                    #expect(row.paths.count == heading.count - 1)
                    #expect(known.isSuperset(of: row.paths), "\(row.paths)")
                }
            }
        }
    }

    @Test("No line is wider than a page, and the foot says what is lost", arguments: Tool.allCases)
    func foot(tool: Tool) throws {
        let lines = try lines(tool)
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.contains(" what \(tool.rawValue)'s rule loses or does otherwise here:"))
        #expect(!lines.contains { $0.hasSuffix(" ") })
        #expect(lines.contains { $0.contains("between schedule and send") })
        #expect(lines[1].contains(tool.command))
    }

    @Test("vLLM's block stands as vLLM prints it")
    func vllm() throws {
        let lines = try lines(.vllm)
        #expect(lines.contains(" ============ Serving Benchmark Result ============"))
        #expect(lines.contains(" Successful requests:                     4"))
        #expect(lines.contains(" ---------------Time to First Token----------------"))
        #expect(lines.contains { $0.hasPrefix(" P99 TTFT (ms):                           199.9") })
    }

    @Test("The rules between tokens are a table")
    func interToken() throws {
        var tally = InterTokenTally()
        let request = RequestTimes(
            id: 0, scheduled: 0,
            tokens: [TokenEvent(time: 0), TokenEvent(time: 3_000_000, count: 3)],
            finish: 3_000_000)
        tally.add(request)
        _ = tally.close()
        let totals = try Scoring([request], for: Reader(.default)).totals
        let lines = tally.figures(beside: totals).lines
        #expect(lines.count == 1 + InterTokenRule.allCases.count)
        #expect(lines[1].contains("gap between events") && lines[1].contains("3.00 ms"))
        #expect(lines[3].contains("spread") && lines[3].contains("1.00 ms"))
    }
}
