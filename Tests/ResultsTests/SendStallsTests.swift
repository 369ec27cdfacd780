import Console
import Goodput
import SampleRuns
import Testing
import TimeBase
import TokenLog

@testable import Results

/// A run of few requests does not hide a late client.
@Suite struct SendStallsTests {
    private static let ms: Int64 = 1_000_000

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var isLate: Bool
        /// How late each request left, us, by its index; all others 0.05 ms.
        var late: [Int: Int64]
        var requests = 60
        /// Between two requests, ms.
        var gap: Int64 = 250
        /// ms; nil without tokens.
        var ttft: Double? = 200
    }

    static let cases = [
        Case(testDescription: "on time", isLate: false, late: [:]),
        // Sixty requests with a 99th percentile of 125 ms and a worst of 133 ms.
        Case(
            testDescription: "p99 of 125 ms in two requests alone", isLate: true,
            late: [17: 119_400, 48: 133_000]),
        Case(
            testDescription: "p99 of 125 ms among many", isLate: true,
            late: Dictionary(
                uniqueKeysWithValues: stride(from: 3, to: 60, by: 4).map {
                    ($0, Int64($0) * 2_250)
                })),
        Case(
            testDescription: "one hiccup in 100", isLate: false, late: [42: 133_000],
            requests: 100),
        Case(testDescription: "one hiccup in 60", isLate: false, late: [42: 133_000]),
        Case(testDescription: "a blip at the start", isLate: false, late: [0: 30_000]),
        Case(
            testDescription: "a blip at the start of many slots", isLate: false,
            late: [0: 4_000, 1: 3_900, 2: 3_800, 3: 3_700], requests: 40, gap: 0),
        Case(
            testDescription: "one stall that holds up a sixth", isLate: true,
            late: Dictionary(uniqueKeysWithValues: (20..<30).map { ($0, 120_000) }), gap: 1),
        Case(
            testDescription: "a burst that takes 133 ms to leave", isLate: true,
            late: Dictionary(uniqueKeysWithValues: (0..<60).map { ($0, Int64($0) * 2_250) }),
            gap: 0),
        Case(
            testDescription: "three small stalls, a slow server", isLate: false,
            late: [5: 1_500, 25: 2_000, 45: 4_000], ttft: 2_000),
        Case(
            testDescription: "four small stalls of 60", isLate: true,
            late: [5: 1_500, 25: 2_000, 45: 4_000, 55: 1_100], ttft: 2_000),
        Case(
            testDescription: "small stalls against a fast server", isLate: true,
            late: [5: 1_500, 25: 2_000], ttft: 20),
        Case(
            testDescription: "no token at all, two stalls", isLate: false,
            late: [5: 50_000, 25: 90_000], ttft: nil),
        Case(
            testDescription: "three small stalls of 50, a slow server", isLate: false,
            late: [5: 1_500, 25: 2_000, 45: 4_000], requests: 50, ttft: 2_000),
        Case(
            testDescription: "four small stalls of 90, a slow server", isLate: false,
            late: [5: 1_500, 25: 2_000, 45: 4_000, 55: 1_100], requests: 90, ttft: 2_000),
        Case(
            testDescription: "one hiccup in 8", isLate: false, late: [3: 133_000], requests: 8),
        // The second leaves at once; the third was due while the first still waited.
        Case(
            testDescription: "three of 60 in one stall, one overtaken", isLate: false,
            late: [10: 900_000, 11: 20_000, 12: 20_000]),
        Case(
            testDescription: "due at the instant at which a late one left", isLate: false,
            late: [10: 250_000, 11: 20_000]),
        Case(
            testDescription: "half a millisecond is on time, however fast the server is",
            isLate: false,
            late: Dictionary(uniqueKeysWithValues: (0..<15).map { ($0 * 4, 500) }), ttft: 2),
        Case(
            testDescription: "just within", isLate: false,
            late: Dictionary(uniqueKeysWithValues: (0..<60).map { ($0, 1_000) })),
    ]

    @Test(arguments: cases)
    func smallRunsAreJudgedByWhatTheyShow(each: Case) {
        let sends = (0..<each.requests).map { index in
            let scheduled = Int64(index) * each.gap * Self.ms
            return (scheduled: scheduled, sent: scheduled + (each.late[index] ?? 50) * 1_000)
        }
        var totals = RunTotals()
        totals.ttft = each.ttft.flatMap { Percentiles([$0 * 1e6]) }
        let stalls = SendStalls([sends], totals)
        #expect(stalls.isClientLate == each.isLate, "\(stalls)")
        #expect(SendStalls([sends.reversed()], totals) == stalls)
        // Where no answer streamed a late client shows in E2E.
        var whole = RunTotals()
        whole.e2e = totals.ttft
        let ofWhole = SendStalls([sends], whole)
        #expect(ofWhole.isClientLate == each.isLate && ofWhole.latency == .e2e)
        totals.e2e = Percentiles([1e15])
        #expect(totals.ttft == nil || SendStalls([sends], totals) == stalls)
    }

    private func run(_ agents: Int, of each: Int, late: (Int) -> Int64) -> RunResult {
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.lossless = true
        header.gaps = []
        header.agents = (0..<agents).map { RunAgent(name: "node-\($0)", targets: []) }
        let requests = (0..<agents * each).map { index in
            var request = SampleRun.requests[1]
            request.id = UInt32(index)
            request.agent = "node-\(index % agents)"
            let scheduled = Int64(index) * 100 * Self.ms
            request.scheduled = ClusterInstant(ns: scheduled)
            request.sent = ClusterInstant(ns: scheduled + late(index))
            request.tokens = (0..<23).map {
                TokenEvent(time: scheduled + (200 + $0 * 10) * Self.ms)
            }
            request.firstAnswer = nil
            request.finish = ClusterInstant(ns: scheduled + 500 * Self.ms)
            return request
        }
        return RunResult(header: header, requests: requests)
    }

    /// Four nodes of 25 requests, of which two on different nodes left 18 ms late: no node by
    /// itself shows more than a hiccup, all together have a 99th percentile of 17.5 ms.
    @Test func fewRequestsOnEachOfManyAgentsAreMany() throws {
        let result = run(4, of: 25) { [10, 51].contains($0) ? 18_000_000 : 50_000 }
        let summary = try RunSummary(result)
        #expect(summary.header.findings.map(\.name) == ["late_sends"])
        #expect(summary.header.validity.verdict == .notValid)
        #expect(
            summary.warnings.contains { $0.contains("18.0 ms late at p99") }, "\(summary.warnings)")
        let fine = try RunSummary(run(4, of: 25) { $0 == 10 ? 18_000_000 : 50_000 })
        #expect(fine.header.findings.isEmpty && fine.header.validity.verdict == .valid)
    }

    /// A stall of one client is none of another's: two at one time are two.
    @Test func stallsOfTwoAgentsAtOneTimeAreTwo() throws {
        let result = run(4, of: 10) { [10, 11].contains($0) ? 150_000_000 : 50_000 }
        let summary = try RunSummary(result)
        #expect(summary.header.findings.map(\.name) == ["late_sends"])
        #expect(summary.header.validity.verdict == .notValid)
        let sentence = try #require(summary.header.findings.first?.sentence)
        #expect(sentence.contains("2 of 40 requests left over 1 ms late in 2 stalls"))
    }

    /// From a hundred sends on the 99th percentile speaks, which the agent's audit judges.
    @Test(arguments: [(99, ["late_sends"]), (100, [])])
    func fewSendsAreLessThanAHundred(count: Int, reasons: [String]) throws {
        let result = run(1, of: count) { [10, 51].contains($0) ? 30_000_000 : 50_000 }
        #expect(try RunSummary(result).header.findings.map(\.name) == reasons)
    }

    /// An agent whose audit says that it was late is not said to be late a second time, by itself
    /// or with the others.
    @Test func whatTheAuditSaysIsSaidOnce() throws {
        var result = run(2, of: 60) { _ in 30_000_000 }
        var audit = ClientAudit()
        audit.sends = 100
        audit.latenessP99Ns = 30_000_000
        for index in 0..<2 { result.header.agents[index].audit = audit }
        #expect(try RunSummary(result).header.findings.isEmpty)
    }

    /// The agent is named, and its part weighs by its share of node-seconds.
    @Test func aLateAgentIsNamed() throws {
        let late: (Int) -> Int64 = { $0 % 2 == 1 && $0 % 3 == 0 ? 30_000_000 : 50_000 }
        let summary = try RunSummary(run(2, of: 30, late: late))
        #expect(summary.header.validity.verdict == .notValid)
        let sentence = try #require(summary.header.findings.first?.sentence)
        #expect(
            sentence.hasPrefix("node-1: the client, not the server, was late: 10 of 30 requests"),
            "\(sentence)")
        let many = try RunSummary(run(120, of: 6) { $0 % 120 == 7 ? 30_000_000 : 50_000 })
        #expect(many.header.validity.verdict == .partial, "\(many.warnings)")
    }
}
