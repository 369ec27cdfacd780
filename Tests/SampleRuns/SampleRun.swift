import ClockSync
import Goodput
import JSON
package import Results
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Workload

/// A small run of two agents and two classes with one of everything: a warm-up request, reasoning,
/// events of several tokens, a failure, a request that was never sent.
package enum SampleRun {
    package static let result = RunResult(header: header, requests: requests)

    /// The same as a stored run.
    package static var stored: StoredRun { stored(result) }

    package static func stored(_ result: RunResult) -> StoredRun {
        StoredRun(
            header: result.header, requests: StoredRequests(result.requests), folder: "runs/sample")
    }

    package static let header: RunHeader = {
        var header = RunHeader(
            runID: "r7", name: "chat and code", seed: .max, version: "0.1.0",
            epoch: RunEpoch(raw: 5_000, monotonic: 6_000, realtime: 1_700_000_000, bootID: "b-1"),
            agents: [
                RunAgent(
                    name: "node-01", targets: ["http://127.0.0.1:8000"],
                    host: .object(["cores": .integer(2)]), clockOffset: 12.5,
                    clockHalfWidth: 7_200, startError: 42_000),
                RunAgent(
                    name: "node-02", targets: ["http://127.0.0.1:8001"], clockHalfWidth: 9_900,
                    startError: -1_000),
            ],
            classes: [
                RunClass(
                    name: "chat",
                    parameters: ScoringParameters(
                        readingSpeed: 5, objectives: Objectives(ttft: 500_000_000))),
                RunClass(name: "code", parameters: .robust),
            ],
            validity: Validity(
                intervals: [
                    InvalidInterval(
                        node: "node-02", cause: .clock, from: 10, to: 20, reason: "probe gap")
                ], nodes: ["node-01", "node-02"], run: 0...10_000_000_000, isPartial: false),
            complete: true, lossless: false)
        header.agents[0].away = [
            Absence(
                from: ClusterInstant(ns: 5), to: ClusterInstant(ns: 7), reason: "the link was cut"),
            Absence(from: ClusterInstant(ns: 9), reason: "again"),
        ]
        header.agents[0].start = AgentStart(
            intendedRaw: 4_999, achievedRaw: 47_000, error: 42_000, bounds: 34_800...49_200)
        header.agents[1].start = AgentStart(
            intendedRaw: -9, achievedRaw: -10, error: -1_000, bounds: nil)
        header.clockLedger = [
            ClockReading(
                rawNs: 1, monotonicNs: 2, boottimeNs: 3, realtimeNs: 4),
            ClockReading(
                rawNs: 5, monotonicNs: 6, boottimeNs: 7, realtimeNs: 8),
        ]
        header.gaps = [RunGap(agent: "node-02", from: 1, to: 2, reason: "agent killed")]
        var clock = ClockRecord()
        clock.exchanges = 1_640
        clock.minRTT = 14_600
        clock.skewPPM = -12.5
        clock.hard = ClockRecord.HalfWidth(median: 7_200, maximum: 7_200)
        clock.budget = ClockRecord.HalfWidth(median: 2_400, maximum: 2_600)
        clock.est = ClockRecord.HalfWidth(median: 500, maximum: 700)
        clock.events = [ClockEvent(kind: .step, fromAgentNs: -5, toAgentNs: 9, atAgentNs: 3)]
        clock.suspected = [ClockRecord.Suspicion(from: 10, to: 20, sigmas: 4.5)]
        clock.problems = ["a clock was stepped"]
        clock.bootID = "b-1"
        clock.isShared = true
        header.agents[0].clock = clock
        header.agents[0].clockBounds = ClockBounds(low: -7_100, high: 7_300)
        header.notes = ["stamps near the start are the loop's"]
        header.scenario = .object(["name": .string("chat and code")])
        return header
    }()

    package static let requests: [MeasuredRequest] = {
        let second: Int64 = 1_000_000_000
        var requests = (0..<8).map { (index: Int64) -> MeasuredRequest in
            let scheduled = index * second / 4
            let tokens = (0..<20).map {
                TokenEvent(
                    time: scheduled + 200_000_000 + $0 * 30_000_000, count: $0 == 3 ? 4 : 1)
            }
            return MeasuredRequest(
                id: UInt32(index), agent: index % 2 == 0 ? "node-01" : "node-02",
                target: "http://127.0.0.1:800\(index % 2)", model: "m\"1",
                className: index < 5 ? "chat" : "code", phase: index == 0 ? .warmup : .scored,
                session: UInt32(index), turn: 0, scheduled: ClusterInstant(ns: scheduled),
                sent: ClusterInstant(ns: scheduled + 61_000 + index), tokens: tokens,
                finish: ClusterInstant(ns: scheduled + second), firstAnswer: nil,
                outcome: .completed, error: nil, stampSource: .kernel, askedInput: 100,
                promptTokens: 101, askedOutput: 23, outputTokens: 23)
        }
        requests[1].firstAnswer = ClusterInstant(ns: 500_000_000)
        requests[2].tokens?.removeLast(15)
        requests[2].outcome = .failed
        requests[2].error = RequestError(kind: .reset, status: 200, detail: "reset after 5 events")
        requests[3].tokens = []
        requests[3].sent = nil
        requests[3].stampSource = nil
        requests[3].promptTokens = nil
        requests[3].outcome = .unfinished
        requests[3].error = RequestError(kind: .agentDown, detail: "agent down")
        requests[3].finish = requests[3].scheduled
        requests[4].notes.ending = .finishReason
        requests[4].notes.finishReason = .other
        requests[4].notes.otherReason = "budget_spent"
        requests[4].notes.hiddenTokens = 200
        requests[4].notes.strayLines = 3
        requests[4].notes.unknownField = "thinking"
        requests[4].notes.marks = [.framingGuessed, .bodyLeftOpen]
        requests[5].notes.ending = .done
        requests[6].notes.ending = .usage
        requests[6].notes.marks = .all
        requests[7].tokens?[19].time += 2 * second
        requests[7].finish = ClusterInstant(ns: requests[7].finish.ns + 3 * second)
        return requests
    }()
}
