import Console
import JSON
import PlainText
import SampleRuns
import Testing
import TokenLog

@testable import Results

@Suite struct ClientAuditTests {
    private static var keepsUp: ClientAudit {
        var audit = ClientAudit()
        audit.sends = 100
        audit.latenessP50Ns = 20_000
        audit.latenessP99Ns = ClientAudit.largestLatenessNs
        audit.latenessMaxNs = 5_000_000
        audit.busyPermille = ClientAudit.busiestLoopPermille
        audit.busiestPermille = 1_000
        audit.wallNs = ClientAudit.shortestNs
        audit.cpuNs = 7
        audit.timeouts = 1
        audit.events.kernel = 95
        audit.events.callback = 5
        audit.events.kernelJoined = 0
        audit.unstamped = 2
        for bytes: Int64 in [270, 280, 40_000] { audit.readWaiting.add(bytes) }
        for span: Int64 in [3_000, 40_000, 40_001, 900_000] { audit.readDelay.add(span) }
        audit.lateJoins.add(delayNs: nil, sinceNs: 9_000_000, isFirst: false)
        audit.lateJoins.add(delayNs: nil, sinceNs: 70_000_000, isFirst: true)
        return audit
    }

    @Test func theManifestGivesItBack() throws {
        let text = Self.keepsUp.json.serialized
        #expect(try ClientAudit(json: JSONValue(parsing: text)) == Self.keepsUp)
    }

    @Test(arguments: [
        "sends", "lateness", "loop_busy", "events", "read_delay", "wall", "read_waiting",
        "unstamped",
    ])
    func aMissingMemberIsNamed(name: String) throws {
        let members = try #require(Self.keepsUp.json.members).filter { $0.name != name }
        let error = #expect(throws: JSONFieldError.self) {
            try ClientAudit(json: .object(members))
        }
        #expect(error?.problem.contains("`\(name)`") == true)
    }

    @Test func aClientAtTheBoundsKeepsUp() {
        #expect(Self.keepsUp.limits.isEmpty)
        #expect(Self.keepsUp.remarks(name: "node-1").isEmpty)
    }

    private static let strained: [(@Sendable (inout ClientAudit) -> Void, String)] = [
        ({ $0.latenessP99Ns += 1 }, "late at p99"), ({ $0.busyPermille += 1 }, "80.1 % busy"),
    ]

    @Test(arguments: strained.indices)
    func aClientBeyondABoundIsTheLimit(index: Int) {
        var audit = Self.keepsUp
        Self.strained[index].0(&audit)
        #expect(audit.limits.count == 1)
        #expect(audit.limits[0].contains(Self.strained[index].1))
        #expect(audit.limits[0].hasPrefix("the client, not the server, was the limit"))
        // Too little to judge by: nothing is said.
        audit.sends = ClientAudit.fewestSends - 1
        audit.wallNs = ClientAudit.shortestNs - 1
        #expect(audit.limits.isEmpty)
    }

    /// A second in which the loop was too busy is not hidden by an hour in which it was not.
    @Test func aBusySecondIsAStretchThatIsNotValid() throws {
        var audit = Self.keepsUp
        #expect(audit.invalid(name: "node-1", until: 90).isEmpty)
        let second: UInt64 = 1_000_000_000
        audit.busyPermille = 15
        audit.overload.add(from: 4 * second, to: 5 * second, permille: Overload.permille)
        #expect(audit.invalid(name: "node-1", until: 90).isEmpty)
        audit.overload.add(from: 5 * second, to: 6 * second, permille: 1_000)
        audit.overload.add(from: 6 * second, to: 7 * second, permille: 100)
        audit.overload.add(from: 7 * second, to: 8 * second, permille: 900)
        let stretches = audit.invalid(name: "node-1", until: 90)
        #expect(stretches.count == 1 && stretches[0].from == 6 * 1_000_000_000 - 1_000_000_000)
        #expect(stretches[0].to == 8_000_000_000 && stretches[0].node == "node-1")
        #expect(stretches[0].reason.contains("100.0 % busy for 2.00 s"), "\(stretches)")
        let text = audit.json.serialized
        #expect(try ClientAudit(json: JSONValue(parsing: text)) == audit)
        // Runs of before have no such members.
        let members = try #require(Self.keepsUp.json.members).filter {
            !["overload", "late_joined_reads", "late_first_reads"].contains($0.name)
        }
        let old = try ClientAudit(json: .object(members))
        #expect(old.overload == Overload() && old.lateJoins == LateJoins())
        // A client that is not valid as a whole has no stretches besides.
        audit.busyPermille = 900
        let whole = audit.invalid(name: "node-1", until: 90)
        #expect(whole.map(\.to) == [90] && whole[0].from == 0)
    }

    /// However few requests there were, one that left over a second late was held up here.
    @Test func aClientThatStoodStillIsNotValid() {
        var audit = Self.keepsUp
        audit.sends = 3
        audit.latenessMaxNs = ClientAudit.largestStallNs
        #expect(audit.limits.isEmpty)
        audit.latenessMaxNs = 5_820_000_000
        #expect(audit.limits.count == 1)
        #expect(audit.limits[0].hasPrefix("the client stood still: a request left 5.82 s late"))
    }

    private static let remarked: [(@Sendable (inout ClientAudit) -> Void, String)] = [
        ({ $0.events.kernelJoined = 6 }, "several events in one read for 5.7 %"),
        ({ for _ in 0..<9 { $0.readWaiting.add(64 << 10) } }, "read buffer full"),
        ({ $0.outOfOrder = 1 }, "could not use 25.0 % of the kernel's stamps"),
        ({ $0.timeouts = 2 }, "ended 2 of its 100 requests by a time limit"),
    ]

    @Test(arguments: remarked.indices)
    func eachFindingHasItsSentence(index: Int) {
        var audit = Self.keepsUp
        Self.remarked[index].0(&audit)
        let remarks = audit.remarks(name: "node-1")
        #expect(remarks.count == 1 && remarks[0].hasPrefix("node-1 "), "\(remarks)")
        #expect(remarks[0].contains(Self.remarked[index].1), "\(remarks)")
        #expect(audit.limits.isEmpty)
    }

    @Test func theTableShowsEachClient() throws {
        var header = SampleRun.header
        header.agents[1].audit = Self.keepsUp
        let summary = try RunSummary(RunResult(header: header, requests: SampleRun.requests))
        let lines = ResultTable(summary, style: .plain, isVerbose: true).lines
        #expect(lines.allSatisfy { $0.count <= consoleWidth })
        let index = try #require(lines.firstIndex { $0.hasPrefix(" client") })
        let cells = lines[index + 1].split(separator: " ", omittingEmptySubsequences: true)
        #expect(cells.starts(with: ["node-02", "80.0", "%", "100.0", "%", "0.00"]))
        #expect(cells.suffix(7) == ["39", "KiB", "0.0", "%", "2", "1", "-"])
        let without = try RunSummary(
            RunResult(header: SampleRun.header, requests: SampleRun.requests))
        #expect(!ResultTable(without, style: .plain).lines.contains { $0.hasPrefix(" client") })
    }

    @Test func missingStampsAndSlowReadsAreRemarked() {
        var audit = Self.keepsUp
        audit.events.callback = 6
        audit.readDelay.add(60_000_000)
        let remarks = audit.remarks(name: "node-1")
        #expect(remarks.count == 2 && remarks.allSatisfy { $0.hasPrefix("node-1 ") })
    }

    @Test func aRunWithAnAuditIsWrittenAndShown() throws {
        var header = SampleRun.header
        var audit = Self.keepsUp
        audit.events.callback = 50
        header.agents[0].audit = audit
        let text = header.json.serialized
        let back = try RunHeader(json: JSONValue(parsing: text), path: "m")
        #expect(back == header)
        let summary = try RunSummary(RunResult(header: header, requests: SampleRun.requests))
        #expect(summary.warnings.contains { $0.contains("stamped 34.5 % of its events") })
        let agents = try JSONValue(parsing: summary.json)["agents"]?.array
        #expect(agents?[0]["audit"]?["sends"]?.int64 == 100)
        #expect(agents?[1]["audit"]?.isNull == true)
    }
}
