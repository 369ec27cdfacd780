import Console
import Goodput
import SampleRuns
import Testing

@testable import Results

@Suite struct LatencyRowTests {
    @Test func namesOfOtherToolsMeanTheSameRows() throws {
        #expect(try LatencyRow.list("ttft,tpot,itl,e2el") == [.ttft, .tbt, .tpot, .e2e])
        #expect(try LatencyRow.list(" e2e , ttft-sent,e2e") == [.ttftSent, .e2e])
        #expect(try LatencyRow.list(LatencyRow.names) == LatencyRow.allCases)
    }

    @Test(arguments: ["", ",", "ttft,p99", "TTFT"])
    func otherNamesAreRefusedWithAllThatThereAre(text: String) {
        let error = #expect(throws: LatencyRowError.self) { try LatencyRow.list(text) }
        #expect(error?.description.contains("inter-chunk") == true)
    }

    @Test func theTableShowsTheRowsThatWereAskedFor() throws {
        let summary = try RunSummary(SampleRun.result)
        let lines = ResultTable(summary, style: .plain, rows: [.ttft, .e2e]).lines
        func has(_ title: String) -> Bool { lines.contains { $0.hasPrefix(" \(title) ") } }
        #expect(has("TTFT") && has("E2E") && !has("TBT") && !has("idle"))
        let all = ResultTable(summary, style: .plain, isVerbose: true).lines
        #expect(
            LatencyRow.allCases.allSatisfy { row in all.contains { $0.hasPrefix(" \(row.title) ") }
            })
    }
}
