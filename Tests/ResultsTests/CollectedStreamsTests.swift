import Console
import Goodput
import JSON
import RunRecord
import SampleRuns
import Testing
import TimeBase
import TokenLog

@testable import Results

/// Streams that something holds back until they are whole have no TTFT, no gaps and no TPOT.
@Suite("Streams that come collected") struct CollectedStreamsTests {
    private static let ms: Int64 = 1_000_000
    private static let servers = ["http://127.0.0.1:8000", "http://127.0.0.1:8001"]

    /// An answer of `events` tokens, each after 200 ms and 5 ms apart; `isAtOnce` 300 ms after the
    /// send.
    private static func answer(
        _ index: Int, events: Int = 20, isAtOnce: Bool, server: Int = 0, agent: Int = 0
    ) -> MeasuredRequest {
        var request = SampleRun.requests[1]
        request.id = UInt32(index)
        request.agent = "node-\(agent)"
        request.target = servers[server]
        let scheduled = Int64(index) * 10 * ms
        request.scheduled = ClusterInstant(ns: scheduled)
        request.sent = ClusterInstant(ns: scheduled + 50_000)
        request.tokens = (0..<Int64(events)).map {
            TokenEvent(time: scheduled + (isAtOnce ? 300 * ms : (200 + $0 * 5) * ms))
        }
        request.firstAnswer = nil
        request.finish = ClusterInstant(ns: scheduled + 300 * ms)
        return request
    }

    private static func run(
        _ requests: [MeasuredRequest], late: [UInt64] = [0], unstamped: UInt64 = 0
    ) throws -> RunSummary {
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.lossless = true
        header.gaps = []
        header.classes[0].parameters = ScoringParameters(
            readingSpeed: 5,
            objectives: Objectives(ttft: 10_000 * ms, tpot: 10_000 * ms, tbt: 10_000 * ms))
        header.agents = late.indices.map { RunAgent(name: "node-\($0)", targets: servers) }
        for (index, count) in late.enumerated() {
            var audit = ClientAudit()
            audit.sends = 100
            audit.unstamped = unstamped
            for _ in 0..<count {
                audit.lateJoins.add(delayNs: 100 * ms, sinceNs: 300 * ms, isFirst: true)
            }
            header.agents[index].audit = audit
        }
        return try RunSummary(RunResult(header: header, requests: requests))
    }

    private static func isNamed(_ summary: RunSummary) -> Bool {
        summary.answerRemarks.contains { $0.contains("collects the stream") }
    }

    /// Nine of ten, and three at least: now and then is a client that was busy.
    @Test(arguments: [(10, 10), (9, 10), (8, 10), (0, 10), (3, 3), (2, 2), (2, 3)])
    func theRuleIsNineOfTen(count: Int, of all: Int) throws {
        let summary = try Self.run((0..<all).map { Self.answer($0, isAtOnce: $0 < count) })
        let isRule = count >= 3 && count * 10 >= all * 9
        #expect(summary.answers.collected == (isRule ? count : 0))
        #expect(Self.isNamed(summary) == isRule)
        let totals = summary.run.totals
        let streamed = isRule ? all - count : all
        #expect(totals.ttft?.count ?? 0 == streamed && totals.tpot?.count ?? 0 == streamed)
        #expect(totals.ttftSent?.count ?? 0 == streamed && totals.tbt?.count ?? 0 == streamed * 19)
        #expect(totals.interChunk?.count ?? 0 == streamed * 19)
        #expect(totals.e2e?.count == all && totals.tokens == all * 20)
        #expect(totals.classicMet == streamed && totals.sloMet == streamed)
    }

    /// With no bound on what does not exist there is none to miss, and what was delivered earns
    /// what it earned.
    @Test func onlyFiguresOfTheStreamAreMissing() throws {
        let atOnce = try Self.run((0..<10).map { Self.answer($0, isAtOnce: true) }).run.totals
        let whole = try Self.run(
            (0..<10).map {
                var request = Self.answer($0, isAtOnce: true)
                request.notes.marks = .notStreamed
                return request
            }
        ).run.totals
        #expect(atOnce == whole)
        // A microsecond between events is no gap of a stream that was held either.
        let spread = try Self.run(
            (0..<10).map {
                var request = Self.answer($0, isAtOnce: true)
                for index in 0..<20 { request.tokens?[index].time -= Int64(19 - index) * 1_000 }
                return request
            }
        ).run.totals
        #expect(spread.tbt == nil && spread.interChunk == nil && spread.e2e == whole.e2e)
        let table = ResultTable(
            try Self.run((0..<10).map { Self.answer($0, isAtOnce: true) }), style: .plain
        ).lines
        #expect(!table.contains { $0.hasPrefix(" TTFT") || $0.hasPrefix(" TPOT") }, "\(table)")
        #expect(table.contains { $0.hasPrefix(" classic") && $0.contains("0.0 % within") })
    }

    /// An answer of three tokens in one read proves nothing; behind a server of which it is known,
    /// its figures do not exist either.
    @Test(arguments: [1, 2, 3])
    func shortAnswersProveNothing(events: Int) throws {
        let short = (0..<10).map { Self.answer($0, events: events, isAtOnce: true) }
        let alone = try Self.run(short)
        #expect(alone.answers.collected == 0 && alone.run.totals.ttft?.count == 10)
        let long = (10..<20).map { Self.answer($0, isAtOnce: true) }
        let both = try Self.run(short + long)
        #expect(both.answers.collected == 20 && both.run.totals.ttft == nil)
        #expect(both.run.totals.classicMet == 0)
    }

    /// Servers are judged one by one, and the sentence names the one.
    @Test func eachServerIsJudgedByItself() throws {
        let summary = try Self.run(
            (0..<20).map { Self.answer($0, isAtOnce: $0 % 2 == 0, server: $0 % 2) })
        #expect(summary.answers.collectedTargets == [Self.servers[0]])
        #expect(summary.answers.collected == 10 && summary.run.totals.ttft?.count == 10)
        #expect(
            summary.answerRemarks.contains {
                $0.hasPrefix("10 of 20 answers came with all their events at once: ")
                    && $0.contains(Self.servers[0])
            }, "\(summary.answerRemarks)")
    }

    /// As many answers as first reads were late may be the client's doing: they say nothing, and
    /// the others decide. A read without a stamp is not known to be late.
    @Test(arguments: [
        (0, 0, 10), (5, 0, 10), (7, 0, 10), (8, 0, 0), (10, 0, 0), (90, 0, 0), (10, 10, 10),
        (10, 1, 0), (2, 90, 10),
    ])
    func aBusyClientIsNoProxy(late: UInt64, unstamped: UInt64, collected: Int) throws {
        let summary = try Self.run(
            (0..<10).map { Self.answer($0, isAtOnce: true) }, late: [late], unstamped: unstamped)
        #expect(summary.answers.collected == collected)
        #expect((summary.run.totals.ttft == nil) == (collected > 0))
    }

    /// A late agent takes nothing from what the others saw.
    @Test func eachAgentAnswersForItsOwnReads() throws {
        let requests = (0..<20).map { Self.answer($0, isAtOnce: true, agent: $0 % 2) }
        #expect(try Self.run(requests, late: [90, 0]).answers.collected == 20)
        // Three of ten of the other one are not the rule, however much the late one counts.
        let mixed = (0..<20).map { Self.answer($0, isAtOnce: $0 % 2 == 0 || $0 < 6, agent: $0 % 2) }
        #expect(try Self.run(mixed, late: [90, 0]).answers.collected == 0)
    }

    /// A stream that is fast, or a burst with an end far behind it, was not held until it was
    /// whole.
    @Test func fastStreamsAreStreams() throws {
        func collected(_ change: (inout MeasuredRequest) -> Void) throws -> Int {
            try Self.run(
                (0..<10).map {
                    var request = Self.answer($0, isAtOnce: true)
                    change(&request)
                    return request
                }
            ).answers.collected
        }
        func spread(_ request: inout MeasuredRequest, by gap: Int64) {
            let last = request.finish.ns
            for index in 0..<20 { request.tokens?[index].time = last - Int64(19 - index) * gap }
        }
        #expect(try collected { spread(&$0, by: 20_000) } == 10)
        #expect(try collected { spread(&$0, by: 20_001) } == 0)
        // The end is a part of the answer.
        #expect(try collected { $0.finish = ClusterInstant(ns: $0.finish.ns + 29 * Self.ms) } == 10)
        #expect(try collected { $0.finish = ClusterInstant(ns: $0.finish.ns + 31 * Self.ms) } == 0)
        // Over a tenth of the wait there was nothing to hold.
        #expect(
            try collected {
                spread(&$0, by: 20_000)
                $0.sent = ClusterInstant(ns: $0.finish.ns - 19 * 20_000 - 3_700_000)
            } == 0)
    }

    /// Answers that did not complete are no evidence.
    @Test func onlyCompletedAnswersCount() throws {
        let requests = (0..<110).map {
            var request = Self.answer($0, isAtOnce: $0 >= 10)
            if $0 >= 10 { request.outcome = .failed }
            return request
        }
        let summary = try Self.run(requests)
        #expect(summary.answers.collected == 0 && summary.run.totals.ttft?.count == 110)
    }

    /// A run that is scored again is read from its files, which know nothing of collected streams.
    @Test func theFilesDecideAgain() throws {
        let requests = (0..<10).map { Self.answer($0, isAtOnce: true) }
        let summary = try Self.run(requests)
        var read: [MeasuredRequest] = []
        for request in requests {
            var writer = JSONWriter()
            request.writeLine(to: &writer, run: "r7", withTokens: true)
            read.append(
                try writer.bytes.withUnsafeBytes {
                    try MeasuredRequest(parsing: $0, path: "requests.jsonl", line: 1)
                })
        }
        #expect(try Self.run(read).json == summary.json)
    }
}
