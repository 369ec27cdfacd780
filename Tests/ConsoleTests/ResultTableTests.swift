import PlainText
import RunRecord
import SampleRuns
import Testing
import TimeBase
import Timeline
import TokenLog

@testable import Console
@testable import Results

/// The table's size, and what is shown of many agents.
@Suite struct ResultTableTests {
    /// The sample run with its requests dealt to so many agents.
    private static func result(agents: Int) -> RunResult {
        var result = SampleRun.result
        let names = (0..<agents).map { "node-\($0 + 1)" }
        result.header.agents = names.enumerated().map { index, name in
            var agent = SampleRun.header.agents[index % 2]
            agent.name = name
            var audit = ClientAudit()
            audit.sends = 500
            audit.timeouts = 9
            audit.latenessP99Ns = 9_000_000
            agent.audit = audit
            return agent
        }
        var requests: [MeasuredRequest] = []
        for (round, name) in names.enumerated() {
            for var request in SampleRun.requests {
                request.id += UInt32(round * SampleRun.requests.count)
                request.agent = name
                request.error?.detail = "of \(name)"
                requests.append(request)
            }
        }
        result.requests = requests
        result.header.notes = (0..<30).map { "A note of some words, the one of number \($0)." }
        return result
    }

    /// Whatever is wrong with a run of four agents, its table is one screen; with `--verbose` all
    /// of it is there.
    @Test(arguments: [1, 2, 3, 4])
    func oneScreenHoldsARun(agents: Int) throws {
        let summary = try RunSummary(Self.result(agents: agents))
        let lines = ResultTable(summary, style: .plain, directory: "runs/x").lines
        #expect(lines.count <= ResultTable.mostLines, "\(lines.count): \(lines)")
        #expect(lines.contains { $0.hasSuffix("more remarks: --verbose shows all") })
        #expect(lines.last == " runs/x   legato report runs/x   legato compare runs/x OTHER")
        let all = ResultTable(summary, style: .plain, directory: "runs/x", isVerbose: true).lines
        let text = all.joined(separator: " ").split(separator: " ").joined(separator: " ")
        for warning in summary.warnings {
            let words = warning.harmless.split(separator: " ").joined(separator: " ")
            #expect(text.contains(words), "\(warning)")
        }
        for heading in [" clock ", " client ", " class ", " between tokens "] {
            #expect(all.contains { $0.hasPrefix(heading) }, "\(heading)")
        }
    }

    @Test func ofManyAgentsTheWorstAreShown() throws {
        let summary = try RunSummary(Self.result(agents: 32))
        let lines = ResultTable(summary, style: .plain).lines
        let first = try #require(lines.firstIndex { $0.hasPrefix(" agent ") })
        #expect(lines[(first + 1)...].prefix { $0.hasPrefix(" node-") }.count == 8, "\(lines)")
        #expect(lines[first + 9].hasPrefix(" and 24 more agents: "), "\(lines[first + 9])")
        let all = ResultTable(summary, style: .plain, isVerbose: true).lines
        let heading = try #require(all.firstIndex { $0.hasPrefix(" agent ") })
        #expect(all[(heading + 1)...].prefix { $0.hasPrefix(" node-") }.count == 32)
        #expect(!all.contains { $0.contains("more agents") })
    }

    /// Beside each other on a wide terminal, below each other on a narrow one.
    @Test func latenciesAndLossStandWhereThereIsRoom() throws {
        let summary = try RunSummary(SampleRun.result)
        func loss(_ columns: Int) throws -> String {
            let lines = ResultTable(summary, style: .plain, columns: columns).lines
            #expect(lines.filter { $0.count > columns } == [], "\(columns)")
            let heading = try #require(lines.first { $0.hasPrefix(" agent ") })
            #expect(!heading.hasSuffix("…"), "a column is left out, and none cut: \(heading)")
            return try #require(lines.first { $0.contains("where the rest went (") })
        }
        #expect(try loss(100).contains("max     where the rest went"))
        #expect(try loss(60).hasPrefix(" where the rest went"))
        for columns in 60...120 { _ = try loss(min(100, columns)) }
    }

    /// Clients and clocks of which nothing is odd are behind `--verbose`.
    @Test func whatIsAsItShouldBeIsNotShown() throws {
        var result = SampleRun.result
        for index in result.header.agents.indices {
            result.header.agents[index].clock?.events = []
            result.header.agents[index].clock?.suspected = []
            result.header.agents[index].clock?.problems = []
            result.header.agents[index].audit = ClientAudit()
        }
        let summary = try RunSummary(result)
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.filter { $0.hasPrefix(" clock ") || $0.hasPrefix(" client ") } == [])
        result.header.agents[1].audit?.timeouts = 3
        let odd = ResultTable(try RunSummary(result), style: .plain, isVerbose: false).lines
        let index = try #require(odd.firstIndex { $0.hasPrefix(" client ") })
        #expect(odd[index + 1].hasPrefix(" node-02") && !odd[index + 2].hasPrefix(" node"))
    }

    /// A command is told once, and a folder with a blank in its name is one word.
    @Test func commandsCanBeCopied() throws {
        let summary = try RunSummary(SampleRun.result)
        let lines = ResultTable(summary, style: .plain, directory: "my runs/x").lines
        #expect(
            lines.contains {
                $0.hasSuffix("legato report 'my runs/x'   legato compare 'my runs/x' OTHER")
            })
        #expect(lines.count { $0.contains("legato compare 'my runs/x' OTHER") } <= 2)
        let long = String(repeating: "a", count: 70)
        let wide = ResultTable(summary, style: .plain, directory: long).lines.suffix(3)
        #expect(wide == [" \(long)", " legato report \(long)", " legato compare \(long) OTHER"])
    }
}
