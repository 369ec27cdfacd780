import Console
import Goodput
import JSON
import PlainText
import RunRecord
import SampleRuns
import Sampling
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Results

/// Runs of which little can be said say so: null with a reason beside it, and no number that means
/// something else.
@Suite struct RunAnalysesEdgeTests {
    private static let second: Int64 = 1_000_000_000

    struct Edge: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The reason of the steady state; nil where there is none to look for.
        var reason: String?
        var requests: @Sendable () -> [MeasuredRequest]
    }

    private static func request(
        _ index: Int, at scheduled: Int64, tokens: Int = 20, outcome: Outcome = .completed
    ) -> MeasuredRequest {
        var request = SampleRun.requests[1]
        request.id = UInt32(index)
        request.scheduled = ClusterInstant(ns: scheduled)
        request.sent = ClusterInstant(ns: scheduled + 50_000)
        request.tokens = (0..<tokens).map {
            TokenEvent(time: scheduled + second / 10 + Int64($0) * 10_000_000)
        }
        request.firstAnswer = nil
        request.finish = ClusterInstant(ns: scheduled + second)
        request.outcome = outcome
        if outcome != .completed { request.error = RequestError(kind: .reset, detail: "reset") }
        return request
    }

    static let edges = [
        Edge(testDescription: "no request", reason: nil) { [] },
        Edge(testDescription: "only a warm-up", reason: nil) {
            var warmup = request(0, at: 0)
            warmup.phase = .warmup
            return [warmup]
        },
        Edge(testDescription: "one request", reason: "count") { [request(0, at: 0)] },
        Edge(testDescription: "one token", reason: "count") { [request(0, at: 0, tokens: 1)] },
        Edge(testDescription: "no token", reason: "residence") {
            (0..<50).map { request($0, at: Int64($0) * second / 10, tokens: 0) }
        },
        Edge(testDescription: "only failures without a token", reason: "residence") {
            (0..<50).map {
                request($0, at: Int64($0) * second / 10, tokens: 0, outcome: .failed)
            }
        },
        Edge(testDescription: "all at one instant", reason: "count") {
            (0..<50).map { request($0, at: second) }
        },
        Edge(testDescription: "all at one instant and over at once", reason: "count") {
            (0..<50).map { index in
                var one = request(index, at: second, tokens: 0)
                one.finish = one.scheduled
                one.sent = nil
                return one
            }
        },
        Edge(testDescription: "never sent", reason: "unfinished") {
            (0..<50).map { index in
                var one = request(index, at: Int64(index) * second, tokens: 0)
                one.sent = nil
                one.outcome = .unfinished
                one.finish = one.scheduled
                return one
            }
        },
        Edge(testDescription: "whole answers", reason: "count") {
            (0..<50).map { index in
                var one = request(index, at: Int64(index) * second)
                let end = one.finish.ns
                one.tokens = [TokenEvent(time: end, count: 20)]
                one.notes.marks.insert(.notStreamed)
                return one
            }
        },
        Edge(testDescription: "stamps by callback, no send known", reason: "count") {
            (0..<40).map { index in
                var one = request(index, at: Int64(index) * second / 10)
                one.stampSource = .callback
                one.sent = nil
                return one
            }
        },
    ]

    @Test(arguments: edges)
    func nullHasAReason(edge: Edge) throws {
        var header = SampleRun.header
        header.agents[0].clock = nil
        header.agents[1].clockBounds = nil
        var load = LoadPlan(
            scored: LoadPlan.Count(planned: 0, notNeeded: 0),
            warmup: LoadPlan.Count(planned: 0, notNeeded: 0))
        load.stages = [LoadStage(beginNs: 0, load: .open)]
        header.load = load
        var overrides = ScoringOverrides()
        overrides.surface = true
        let summary = try RunSummary(
            RunResult(header: header, requests: edge.requests()), overrides: overrides)
        // The writer writes no number that is none: a parser takes all of it.
        let json = try JSONValue(parsing: Array(summary.json.utf8))
        let steady = try #require(json["steady"])
        guard let reason = edge.reason else {
            #expect(steady == .null && json["loss"] == JSONValue.null)
            #expect(json["sampling"] == JSONValue.null && json["holding"] == JSONValue.null)
            return
        }
        #expect(steady["reason"]?.string == reason, "\(steady)")
        #expect(steady["verdict"]?.string == "too short")
        #expect(steady["smooth_goodput"] == JSONValue.null)
        if let figures = json["sampling"]?["run"]?.members {
            for figure in figures {
                for value in figure.value["p50"] != nil
                    ? figure.value.members?.map(\.value) ?? [] : [figure.value]
                {
                    #expect(value["low"] == JSONValue.null, "\(figure.name)")
                    #expect(value["no_interval"]?.string != nil, "\(figure.name)")
                }
            }
        }
        #expect(json["loss"]?["tokens_lost"]?.double != nil)
        #expect(json["holding"]?.members?.first?.value["verdict"]?.array?.isEmpty == false)
        let lines = ResultTable(summary, style: .plain, isVerbose: true).lines
        #expect(lines.allSatisfy { $0.count <= consoleWidth })
        #expect(!lines.contains { $0.contains("nan") || $0.contains("inf ") }, "\(lines)")
    }
}
