import Console
import Goodput
import JSON
import SampleRuns
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Results

/// A run that served nothing, or less than it may, says so: the verdict judges the load too.
@Suite struct VerdictTests {
    private static let second: Int64 = 1_000_000_000

    /// Forty requests of two agents, all served as planned, one each 100 ms.
    private static let requests: [MeasuredRequest] = (0..<40).map { index in
        var request = SampleRun.requests[1]
        request.id = UInt32(index)
        request.agent = index % 2 == 0 ? "node-01" : "node-02"
        let scheduled = Int64(index) * second / 10
        request.scheduled = ClusterInstant(ns: scheduled)
        request.sent = ClusterInstant(ns: scheduled + 60_000)
        request.tokens = (0..<23).map {
            TokenEvent(time: scheduled + 200_000_000 + $0 * 30_000_000)
        }
        request.firstAnswer = nil
        request.finish = ClusterInstant(ns: scheduled + second)
        return request
    }

    private static let header: RunHeader = {
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.gaps = []
        header.lossless = true
        header.load = LoadPlan(
            scored: LoadPlan.Count(planned: 40, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 0, notNeeded: 0))
        return header
    }()

    static func fail(
        _ request: inout MeasuredRequest, _ outcome: Outcome = .failed,
        _ kind: ErrorClass = .httpStatus, status: UInt16 = 503
    ) {
        request.outcome = outcome
        request.tokens = []
        request.stampSource = nil
        request.outputTokens = 0
        request.error = RequestError(
            kind: kind, status: status, detail: "overloaded")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var verdict: Verdict
        /// Names of the findings, in their order.
        var reasons: [String]
        /// Words that the table must hold.
        var words: [String] = []
        var change: @Sendable (inout RunResult) -> Void
    }

    static let cases: [Case] = [
        Case(testDescription: "all served", verdict: .valid, reasons: []) { _ in },
        Case(
            testDescription: "every request fails", verdict: .notValid,
            reasons: ["not_served", "no_token"],
            words: [
                """
                40 of 40 requests were not served (100.0 %), and 5 % may be (--max-failed): \
                40 failed
                """,
                "No token came: 40 requests brought none", "not valid",
            ]
        ) { for index in $0.requests.indices { fail(&$0.requests[index]) } },
        Case(
            testDescription: "three of four fail", verdict: .notValid, reasons: ["not_served"],
            words: ["30 of 40 requests were not served (75.0 %)"]
        ) { for index in $0.requests.indices where index % 4 > 0 { fail(&$0.requests[index]) } },
        Case(testDescription: "as many fail as may", verdict: .valid, reasons: []) {
            for index in 0..<2 { fail(&$0.requests[index]) }
        },
        Case(testDescription: "one more fails", verdict: .notValid, reasons: ["not_served"]) {
            for index in 0..<3 { fail(&$0.requests[index]) }
        },
        Case(
            testDescription: "more may fail", verdict: .notValid, reasons: ["not_served"],
            words: ["7.5 % may be"]
        ) {
            $0.header.load?.mostFailed = 0.075
            for index in 0..<4 { fail(&$0.requests[index]) }
        },
        Case(testDescription: "all may fail but one", verdict: .valid, reasons: []) {
            $0.header.load?.mostFailed = 1
            for index in 1..<40 { fail(&$0.requests[index]) }
        },
        Case(
            testDescription: "the server gives up", verdict: .notValid, reasons: ["not_served"],
            words: ["3 were given up by the server"]
        ) {
            for index in 0..<3 {
                fail(&$0.requests[index], .abandoned)
                $0.requests[index].error = nil
            }
        },
        Case(
            testDescription: "one answer without a token", verdict: .valid,
            reasons: ["answers_without_token"],
            words: ["1 answer ended well without one token", "first: request 7 of node-02"]
        ) { $0.requests[7].tokens = [] },
        Case(
            testDescription: "many answers without a token", verdict: .notValid,
            reasons: ["not_served", "answers_without_token"], words: ["5 brought no token"]
        ) { for index in 0..<5 { $0.requests[index].tokens = [] } },
        Case(
            testDescription: "no request was due", verdict: .notValid, reasons: ["nothing_due"]
        ) {
            $0.requests = []
            $0.header.load?.scored = LoadPlan.Count(planned: 9, notNeeded: 9)
        },
        Case(
            testDescription: "a person stopped it before the first", verdict: .partial, reasons: []
        ) {
            $0.requests = []
            $0.header.interrupted = true
            $0.header.load?.scored = LoadPlan.Count(planned: 9, notNeeded: 9)
        },
        Case(testDescription: "a person stopped it", verdict: .partial, reasons: []) {
            $0.header.interrupted = true
            for index in 20..<40 { fail(&$0.requests[index], .unfinished, .runEnded, status: 0) }
        },
        Case(
            testDescription: "the run's end cut many off", verdict: .partial,
            reasons: ["cut_by_end"],
            words: ["20 of 40 requests were cut off by the run's end, and 5 % may be"]
        ) {
            for index in 20..<40 { $0.requests[index].outcome = .unfinished }
            for index in 20..<40 {
                $0.requests[index].error = RequestError(kind: .runEnded, detail: "drain")
            }
        },
        Case(testDescription: "the run's end cut two off", verdict: .valid, reasons: []) {
            for index in 0..<2 { fail(&$0.requests[index], .unfinished, .runEnded, status: 0) }
        },
        Case(
            testDescription: "requests are missing", verdict: .notValid,
            reasons: ["requests_unaccounted"],
            words: ["40 requests were planned and 37 are accounted for: records of 3 are missing"]
        ) { $0.requests.removeLast(3) },
        Case(
            testDescription: "requests are known to be missing", verdict: .partial,
            reasons: ["requests_unaccounted"]
        ) {
            $0.requests.removeLast(3)
            $0.header.complete = false
        },
        Case(
            testDescription: "requests of no plan", verdict: .notValid,
            reasons: ["requests_unaccounted"], words: ["2 stand in the files that were in no plan"]
        ) {
            $0.header.load?.scored.planned = 38
        },
        Case(testDescription: "a reserve that was not needed", verdict: .valid, reasons: []) {
            $0.header.load?.scored = LoadPlan.Count(planned: 400, notNeeded: 360)
        },
        Case(
            testDescription: "answers a little short", verdict: .valid, reasons: ["answer_lengths"],
            words: ["Answers are 13.0 % shorter than planned"]
        ) { for index in $0.requests.indices { $0.requests[index].outputTokens = 20 } },
        Case(
            testDescription: "answers short by half that were to be pinned", verdict: .notValid,
            reasons: ["answer_lengths"], words: ["56.5 % shorter", "`ignore eos: false`"]
        ) {
            $0.header.load?.pinsOutput = true
            for index in $0.requests.indices { $0.requests[index].outputTokens = 10 }
        },
        Case(
            testDescription: "answers short by half that end by themselves", verdict: .valid,
            reasons: ["answer_lengths"]
        ) { for index in $0.requests.indices { $0.requests[index].outputTokens = 10 } },
        Case(
            testDescription: "prompts much longer", verdict: .valid, reasons: ["prompt_lengths"],
            words: ["Prompts are 77.0 % longer than planned"]
        ) {
            $0.header.load?.pinsOutput = true
            for index in $0.requests.indices { $0.requests[index].promptTokens = 177 }
        },
        Case(
            testDescription: "warm-up fails", verdict: .valid, reasons: ["warmup_not_served"],
            words: ["2 of 2 warm-up requests were not served"]
        ) {
            for index in 0..<2 {
                $0.requests[index].phase = .warmup
                fail(&$0.requests[index])
            }
            $0.header.load?.scored.planned = 38
            $0.header.load?.warmup.planned = 2
        },
        Case(
            testDescription: "a run of before, all failed", verdict: .notValid,
            reasons: ["not_served", "no_token"]
        ) {
            $0.header.load = nil
            for index in $0.requests.indices { fail(&$0.requests[index]) }
        },
    ]

    @Test(arguments: cases + edges)
    func theVerdictJudgesTheLoad(each: Case) throws {
        var result = RunResult(header: Self.header, requests: Self.requests)
        each.change(&result)
        let summary = try RunSummary(result)
        #expect(summary.header.validity.verdict == each.verdict)
        #expect(summary.header.findings.map(\.name) == each.reasons)
        // Whatever is wrong is said, and nothing is said twice.
        let lines = ResultTable(summary, style: .plain).lines
        let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
        for words in each.words { #expect(text.contains(words), "\(lines)") }
        #expect(Set(summary.warnings).count == summary.warnings.count)
        // The manifest has type and sentence, and what is read back is judged the same.
        let manifest = summary.header.json
        let stored = try #require(manifest["reasons"]?.array)
        #expect(stored.compactMap { $0["type"]?.string } == each.reasons)
        #expect(stored.allSatisfy { $0["sentence"]?.string?.isEmpty == false })
        var again = result
        again.header = try RunHeader(json: manifest, path: "m")
        #expect(again.header.load == result.header.load)
        let second = try RunSummary(again)
        #expect(second.json == summary.json)
        let json = try JSONValue(parsing: summary.json)
        #expect(json["verdict"]?.string == each.verdict.rawValue)
        #expect(json["reasons"] == manifest["reasons"])
    }

    /// planned = completed + failed + abandoned + unfinished + never sent + not needed.
    @Test func theBalanceAddsUp() throws {
        var result = RunResult(header: Self.header, requests: Self.requests)
        Self.fail(&result.requests[0])
        Self.fail(&result.requests[1], .abandoned)
        Self.fail(&result.requests[2], .unfinished, .runEnded)
        Self.fail(&result.requests[3], .unfinished, .agentDown)
        result.requests[3].sent = nil
        result.header.load?.scored = LoadPlan.Count(planned: 47, notNeeded: 7)
        let summary = try RunSummary(result)
        let balance = summary.balance
        #expect(balance.completed == 36 && balance.failed == 1 && balance.abandoned == 1)
        #expect(balance.unfinished == 1 && balance.neverSent == 1 && balance.due == 40)
        let load = try #require(try JSONValue(parsing: summary.json)["load"])
        let parts = ["completed", "failed", "abandoned", "unfinished", "never_sent", "not_needed"]
        let counts = parts.compactMap { load[$0]?.int64 }
        #expect(counts.count == parts.count && counts.reduce(0, +) == load["planned"]?.int64)
    }

    /// Facts that a manifest of before does not state follow from its verdict.
    @Test(arguments: [(Verdict.partial, true), (.valid, false), (.notValid, false)])
    func aManifestOfBeforeIsRead(verdict: Verdict, interrupted: Bool) throws {
        var header = Self.header
        header.validity.verdict = verdict
        let members = try #require(header.json.members).filter {
            !["load", "reasons", "interrupted", "time_unit"].contains($0.name)
        }
        let read = try RunHeader(json: .object(members), path: "m")
        #expect(read.load == nil && read.interrupted == interrupted)
        let summary = try RunSummary(RunResult(header: read, requests: Self.requests))
        #expect(summary.header.validity.verdict == verdict)
    }

    private static let overlaps: [(stretches: [ClosedRange<Int64>], verdict: Verdict)] = [
        ([0...8, 0...8, 4...9], .partial), ([0...8, 900...903], .notValid),
    ]

    /// Stretches that overlap are one, and count for their own node alone.
    @Test(arguments: overlaps)
    func overlapsCountOnce(stretches: [ClosedRange<Int64>], verdict: Verdict) {
        let intervals = stretches.map {
            InvalidInterval(
                node: "a", cause: .client, from: $0.lowerBound, to: $0.upperBound, reason: "x")
        }
        let validity = Validity(
            intervals: intervals, nodes: ["a"], run: 0...1_000, isPartial: false)
        #expect(validity.verdict == verdict)
        let other = InvalidInterval(node: "b", cause: .client, from: 0, to: 9, reason: "x")
        let two = Validity(
            intervals: [other] + intervals, nodes: ["a", "b"], run: 0...1_000, isPartial: false)
        #expect(two.verdict == .partial)
    }

    @Test func theStoredVerdictIsNeverMadeBetter() throws {
        var header = Self.header
        header.validity.verdict = .partial
        let summary = try RunSummary(RunResult(header: header, requests: Self.requests))
        #expect(summary.header.validity.verdict == .partial)
    }
}
