import TimeBase
import TokenLog
import Workload

@testable import Results

extension VerdictTests {
    /// Runs just within a rule, and runs that another rule speaks of.
    static let edges: [Case] = [
        Case(
            testDescription: "one of ten warm-ups fails", verdict: .valid,
            reasons: ["warmup_not_served"], words: ["1 of 10 warm-up requests were not served"]
        ) {
            for index in 0..<10 { $0.requests[index].phase = .warmup }
            fail(&$0.requests[0])
            $0.header.load?.scored.planned = 30
            $0.header.load?.warmup.planned = 10
        },
        // Neither the server's failing nor the run's end, and all of them are accounted for.
        Case(testDescription: "an agent went down", verdict: .valid, reasons: []) {
            for index in 0..<6 { fail(&$0.requests[index], .unfinished, .agentDown, status: 0) }
            for index in 0..<3 { $0.requests[index].sent = nil }
        },
        Case(
            testDescription: "the drain cut many off", verdict: .partial, reasons: ["cut_by_end"],
            words: ["3 of 40 requests were cut off by the run's end"]
        ) {
            for index in 0..<3 { fail(&$0.requests[index], .unfinished, .drained, status: 0) }
        },
        Case(
            testDescription: "requests of no plan, where others are known to be missing",
            verdict: .notValid, reasons: ["requests_unaccounted"]
        ) {
            $0.header.load?.scored.planned = 38
            $0.header.complete = false
        },
        Case(
            testDescription: "an answer of which no token was asked", verdict: .valid,
            reasons: ["answers_without_token"], words: ["first: request 7 of node-02"]
        ) {
            for index in [3, 7] { $0.requests[index].tokens = [] }
            $0.requests[3].askedOutput = 0
            $0.requests[3].outputTokens = 0
        },
        Case(
            testDescription: "many answers of which no token was asked", verdict: .valid,
            reasons: []
        ) {
            for index in 0..<20 {
                $0.requests[index].tokens = []
                $0.requests[index].askedOutput = 0
                $0.requests[index].outputTokens = 0
            }
        },
        Case(
            testDescription: "a person stopped it before the first token", verdict: .partial,
            reasons: []
        ) {
            $0.header.interrupted = true
            for index in 0..<40 { fail(&$0.requests[index], .unfinished, .runEnded, status: 0) }
        },
        Case(
            testDescription: "requests that waited for a slot left on time", verdict: .valid,
            reasons: []
        ) {
            for index in 0..<40 {
                let scheduled = $0.requests[index].scheduled
                $0.requests[index].waited = 50_000_000
                $0.requests[index].sent = ClusterInstant(ns: scheduled.ns + 50_060_000)
            }
        },
        Case(
            testDescription: "lengths of usages that were not believed are nobody's",
            verdict: .valid, reasons: []
        ) {
            $0.header.load?.pinsOutput = true
            for index in 0..<30 {
                $0.requests[index].outputTokens = 2
                $0.requests[index].notes.hiddenTokens = 1_000
                $0.requests[index].notes.marks = .usageNotBelieved
            }
        },
        Case(
            testDescription: "hidden tokens are part of an answer's length", verdict: .valid,
            reasons: []
        ) {
            $0.header.load?.pinsOutput = true
            for index in 0..<40 {
                $0.requests[index].outputTokens = 3
                $0.requests[index].notes.hiddenTokens = 20
            }
        },
    ]
}
