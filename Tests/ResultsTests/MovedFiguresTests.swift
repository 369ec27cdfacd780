import Console
import Goodput
import JSON
import PlainText
import Randomness
import RunRecord
import SampleRuns
import Sampling
import Testing
import TimeBase
import TokenLog

@testable import Results

/// Joined reads are judged by what they spoil.
@Suite struct MovedFiguresTests {
    private static let ms: Int64 = 1_000_000

    /// Streams of 41 events, 10 ms apart and `jitter` more at most; `joined` makes an event share
    /// the read of the next one.
    private func requests(
        _ count: Int = 20, tokensPerEvent: UInt32 = 1, jitter: Int64 = 0,
        joined: (_ request: Int, _ event: Int) -> Bool
    ) -> [MeasuredRequest] {
        var random = SplitMix64(seed: 1)
        return (0..<count).map { index in
            var request = SampleRun.requests[1]
            request.id = UInt32(index)
            let scheduled = Int64(index) * 100 * Self.ms
            request.scheduled = ClusterInstant(ns: scheduled)
            request.sent = request.scheduled
            var times = (0..<41).map { event in
                scheduled + (200 + Int64(event) * 10) * Self.ms
                    + Int64.random(in: 0...jitter, using: &random)
            }
            for event in (0..<40).reversed() where joined(index, event) {
                times[event] = times[event + 1]
            }
            request.tokens = times.map { TokenEvent(time: $0, count: tokensPerEvent) }
            request.firstAnswer = nil
            request.finish = ClusterInstant(ns: times[40])
            return request
        }
    }

    private func moved(
        _ requests: [MeasuredRequest], _ joins: LateJoins, at ranks: PercentileRanks = .standard,
        lateness: Double = 0
    ) throws -> [MovedFigure] {
        let scores = try RunScores(
            requests.map(\.times), for: Reader(.default), ranks: ranks,
            tolerance: MovedFigures.tolerance)
        return MovedFigures(joins).all(scores, largestLateness: lateness, ranks: ranks)
    }

    private static func numbers(_ figure: MovedFigure?) -> [String] {
        figure?.ranks.map(\.number) ?? []
    }

    private func joins(_ gaps: [(ms: Int64, times: Int)], firsts: [Int64] = []) -> LateJoins {
        var joins = LateJoins()
        for (span, times) in gaps {
            for _ in 0..<times {
                joins.add(delayNs: 9 * Self.ms, sinceNs: span * Self.ms, isFirst: false)
            }
        }
        for span in firsts {
            joins.add(delayNs: span * Self.ms, sinceNs: span * Self.ms, isFirst: true)
        }
        return joins
    }

    /// 45 % of the events in reads that the client took late: the tail of the gaps is its own, the
    /// median is not.
    @Test func aLateClientSpoilsTheTail() throws {
        let runs = requests { _, event in event % 4 == 1 }
        let found = try moved(runs, joins([(20, 20 * 10)]))
        #expect(found.map(\.row) == [.tbt, .interChunk])
        #expect(found.allSatisfy { Self.numbers($0) == ["90", "99", "99.9"] && $0.reads == 200 })
        #expect(found[0].words == "p90, p99 and p99.9")
    }

    /// The same stream where the server wrote two events at once, and the client was prompt.
    @Test func aServerThatJoinsItsEventsSpoilsNothing() throws {
        let runs = requests { _, event in event % 4 == 1 }
        var prompt = LateJoins()
        for _ in 0..<200 {
            prompt.add(delayNs: 80_000, sinceNs: 20 * Self.ms, isFirst: false)
            // A twentieth of the gap is still prompt.
            prompt.add(delayNs: Self.ms, sinceNs: 20 * Self.ms, isFirst: false)
        }
        #expect(prompt == LateJoins())
        #expect(try moved(runs, prompt).isEmpty)
        // Eight tokens in one event are no joined read at all.
        #expect(try moved(requests(tokensPerEvent: 8) { _, _ in false }, LateJoins()).isEmpty)
    }

    @Test func readsWithoutAStampAreNotCalledPrompt() {
        var joins = LateJoins()
        joins.add(delayNs: nil, sinceNs: 5, isFirst: false)
        joins.add(delayNs: LateJoins.promptNs + 1, sinceNs: 5, isFirst: true)
        joins.add(delayNs: LateJoins.promptNs, sinceNs: 5, isFirst: true)
        #expect(joins.gaps.total == 1 && joins.firsts.total == 1)
    }

    /// Some late reads in the middle of a wide distribution move no percentile.
    @Test func fewLateReadsMoveNothing() throws {
        let runs = requests { _, event in event % 4 == 1 }
        #expect(try moved(runs, joins([(20, 4)])).isEmpty)
        // Late reads that lie far below a percentile cannot move it.
        #expect(try moved(requests { _, _ in false }, joins([(2, 300)])).isEmpty)
    }

    /// Reads of 80 ms among gaps of 10 ms may hold eight gaps each that are above the median's
    /// limit.
    @Test func longReadsMayHideGapsAboveThePercentile() throws {
        let found = try moved(requests { _, _ in false }, joins([(80, 120)]))
        #expect(
            found.map(Self.numbers) == [["50", "90", "99", "99.9"], ["50", "90", "99", "99.9"]])
        let wide = requests { request, event in request % 2 == 0 && event % 2 == 1 }
        #expect(Self.numbers(try moved(wide, joins([(20, 200)])).first).contains("90"))
    }

    /// Eight tokens in an event have a median gap of 0, which a twentieth of nothing would protect.
    @Test func aMedianOfNothingCanMove() throws {
        let found = try moved(
            requests(tokensPerEvent: 8) { _, _ in false }, joins([(80, 2_000)]))
        #expect(Self.numbers(found.first).first == "50" && found.first?.row == .tbt)
    }

    @Test func lateFirstReadsSpoilTheTTFT() throws {
        let runs = requests { _, _ in false }
        let found = try moved(runs, joins([], firsts: Array(repeating: 200, count: 11)))
        // Eleven of twenty may be lower, and the median among them; nine hold the tail.
        #expect(found.map(Self.numbers) == [["50"], ["50"]])
        #expect(try moved(runs, joins([], firsts: Array(repeating: 200, count: 10))).isEmpty)
        var spread = runs
        for index in spread.indices {
            spread[index].tokens?.indices.forEach {
                spread[index].tokens?[$0].time += Int64(index) * 20 * Self.ms
            }
            spread[index].finish = ClusterInstant(ns: spread[index].tokens?.last?.time ?? 0)
        }
        let one = try moved(spread, joins([], firsts: [600, 580]))
        #expect(one.map(\.row) == [.ttft, .ttftSent])
        // The values lie a twentieth of the median apart: two of them lower carry it over the
        // limit.
        #expect(Self.numbers(one[0]) == ["50", "99", "99.9"], "\(one)")
        #expect(try moved(spread, joins([], firsts: [210])).isEmpty)
    }

    /// TTFT counts from when a request was due, late reads from when it was sent.
    @Test func aLateSendIsPartOfTheTTFT() throws {
        let runs = requests { _, _ in false }
        let late = joins([], firsts: Array(repeating: 150, count: 20))
        #expect(try moved(runs, late).isEmpty)
        #expect(try moved(runs, late, lateness: 20e6).isEmpty)
        #expect(try moved(runs, late, lateness: 60e6).map(\.row) == [.ttft])
    }

    /// Answers that did not stream have no gaps that could lie on either side of a limit.
    @Test func wholeAnswersAreNotCounted() throws {
        let runs = requests { _, _ in false }
        let whole = requests { _, _ in false }.prefix(10).map { request in
            var request = request
            request.notes.marks = .notStreamed
            request.tokens = [TokenEvent(time: request.finish.ns, count: 41)]
            return request
        }
        #expect(try moved(runs + whole, joins([(12, 300)])).isEmpty)
    }

    /// The percentiles that are listed are judged, and no others but the TTFT's 99th, which agents
    /// and classes have always.
    @Test func whatIsListedIsJudged() throws {
        let tail = requests { _, event in event % 4 == 1 }
        let late = joins([(20, 20 * 10)])
        let ranks = try PercentileRanks(parsing: "55,80,97.5,99.9,100")
        let found = try moved(tail, late, at: ranks)
        #expect(found.map(\.row) == [.tbt, .interChunk])
        #expect(found.allSatisfy { Self.numbers($0) == ["80", "97.5", "99.9", "100"] })
        #expect(found[0].words == "p80, p97.5, p99.9 and p100")
        #expect(try moved(tail, late, at: PercentileRanks(parsing: "50,55")).isEmpty)
        let firsts = joins([], firsts: Array(repeating: 200, count: 20))
        let low = try moved(requests { _, _ in false }, firsts, at: PercentileRanks(parsing: "10"))
        #expect(low.map(\.row) == [.ttft, .ttftSent])
        #expect(low.map(Self.numbers) == [["10", "99"], ["10"]])
        // A list of the most that there may be has room for it, too.
        let most = try PercentileRanks(parsing: "1,2,3,4,5,6,7,8")
        let all = try moved(requests { _, _ in false }, firsts, at: most)
        #expect(all.first?.ranks.count == 9)
        #expect(RunFinding.movedFigure(all[0]).json["percentiles"]?.array?.count == 9)
    }

    /// Whatever the run lists is judged when it is scored again, too.
    @Test func theRunsOwnListIsJudged() throws {
        var header = Self.header
        header.percentiles = try PercentileRanks(parsing: "50,99")
        header.load = Self.openLoad
        var audit = ClientAudit()
        audit.sends = 20
        audit.lateJoins = joins([(20, 200)])
        header.agents[0].audit = audit
        let runs = requests(jitter: Self.ms / 10) { _, event in event % 4 == 1 }
        let summary = try RunSummary(RunResult(header: header, requests: runs))
        let reason = summary.header.findings[0].json
        #expect(reason["percentiles"]?.array == [99])
        let lines = ResultTable(summary, style: .plain).lines
        #expect(lines.contains { $0.hasPrefix(" TBT") && $0.contains("   p99 not valid") })
        var overrides = ScoringOverrides()
        overrides.percentiles = try PercentileRanks(parsing: "50")
        let half = try RunSummary(RunResult(header: header, requests: runs), overrides: overrides)
        #expect(half.header.findings.isEmpty && half.header.validity.verdict == .valid)
    }

    private static let header = {
        var header = SampleRun.header
        header.validity = Validity(verdict: .valid, intervals: [])
        header.lossless = true
        header.gaps = []
        header.agents = [RunAgent(name: "node-02", targets: [])]
        return header
    }()

    /// Twenty requests in a stage of arrivals that wait for nothing.
    private static let openLoad = {
        var load = LoadPlan(
            scored: LoadPlan.Count(planned: 20, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 0, notNeeded: 0))
        load.stages = [LoadStage(beginNs: 0, load: .open)]
        return load
    }()

    /// The row is marked, the sentence says why, and the run is partial: the other figures hold.
    @Test func theTableMarksTheRow() throws {
        var header = Self.header
        var audit = ClientAudit()
        audit.sends = 20
        audit.lateJoins = joins([(20, 200)])
        header.agents[0].audit = audit
        let runs = requests(jitter: Self.ms / 10) { _, event in event % 4 == 1 }
        header.load = Self.openLoad
        header.percentiles = PercentileRanks([.p50, .p90, .p99])
        let summary = try RunSummary(RunResult(header: header, requests: runs))
        #expect(summary.header.validity.verdict == .partial)
        let lines = ResultTable(summary, style: .plain).lines
        let marked = lines.filter { $0.contains("   p90 and p99 not valid") }
        #expect(marked.count == 1 && marked[0].hasPrefix(" TBT"), "\(lines)")
        #expect(lines.contains { $0.hasPrefix(" TBT is not valid at p90 and p99: the client") })
        #expect(lines.allSatisfy { $0.count <= consoleWidth })
        let reason = summary.header.findings[0].json
        #expect(reason["figure"]?.string == "tbt" && reason["percentiles"]?.array == [90, 99])
        // Percentiles that too few requests stand behind to be shown are not judged.
        header.load = nil
        let unknown = try RunSummary(RunResult(header: header, requests: runs))
        #expect(unknown.header.findings.isEmpty)
        #expect(!ResultTable(unknown, style: .plain).lines.contains { $0.contains("not valid at") })
    }
}
