import Goodput
import SampleRuns
import Testing
import TimeBase
import Timeline

@testable import Results

/// The figures of a run, from requests that are handed over pass by pass.
@Suite struct RunFiguresTests {
    /// The sample's requests, which counts passes and leaves out what a pass does not ask for.
    private final class CountedRequests: MeasuredRequests {
        let path = "somewhere/requests.jsonl"
        let requests: [MeasuredRequest]
        private(set) var passes: [Bool] = []

        init(_ requests: [MeasuredRequest]) { self.requests = requests }

        func forEach(
            withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
        ) throws(FileProblem) {
            passes.append(withTokens)
            for var request in requests {
                if !withTokens {
                    request.tokens = nil
                    request.reads = nil
                    request.firstAnswer = nil
                }
                try body(request)
            }
        }
    }

    private func figures(_ requests: some MeasuredRequests) throws -> RunFigures {
        try RunFigures(
            in: RunSetting(SampleRun.header), overrides: ScoringOverrides(), of: requests)
    }

    @Test func onePassIsWithoutTokensAndTwoWithThem() throws {
        let requests = CountedRequests(SampleRun.requests)
        let summary = RunSummary(
            SampleRun.header, try figures(requests))
        #expect(requests.passes == [false, true, true])
        #expect(summary == (try RunSummary(SampleRun.result)))
    }

    /// The header's clocks and verdict may be finished after the passes.
    @Test func theHeaderMayComeLater() throws {
        let figures = try figures(StoredRequests(SampleRun.requests))
        var later = SampleRun.result
        later.header.agents[0].clockBounds = ClockBounds(low: -50_000, high: 50_000)
        later.header.validity = Validity(verdict: .notValid, intervals: [])
        #expect(
            RunSummary(later.header, figures).json
                == (try RunSummary(later)).json)
    }

    @Test func aRequestThatCannotBeScoredIsAProblemOfTheFile() throws {
        var requests = SampleRun.requests
        requests[4].tokens?[3].time = 1
        let error = #expect(throws: FileProblem.self) { try figures(CountedRequests(requests)) }
        #expect(error?.path == "somewhere/requests.jsonl" && error?.kind == .content)
        #expect(error?.problem.hasPrefix("request 4: a token at 1 ns") == true)
    }

    /// Requests that are shared are looked at by two passes beside each other, with the same word
    /// on what is wrong.
    @Test func sharedRequestsHaveTheSameProblems() throws {
        var requests = SampleRun.requests
        requests[4].tokens?[3].time = 1
        let error = #expect(throws: FileProblem.self) {
            try figures(StoredRequests(requests, path: "somewhere/requests.jsonl"))
        }
        #expect(error?.path == "somewhere/requests.jsonl")
        #expect(error?.problem.hasPrefix("request 4: a token at 1 ns") == true)
    }

    @Test func bothWorksEndAndTheFirstProblemIsTold() {
        func problem(_ name: String) -> FileProblem { FileProblem(.content, name, "is wrong") }
        var done = (false, false)
        let none = Result { () throws(FileProblem) in
            try SideBySide.run({ done.0 = true }, { done.1 = true })
        }
        #expect(done == (true, true) && (try? none.get()) != nil)
        let both = #expect(throws: FileProblem.self) {
            try SideBySide.run { () throws(FileProblem) in
                throw problem("first")
            } _: { () throws(FileProblem) in
                throw problem("second")
            }
        }
        #expect(both?.path == "first")
        var isDone = false
        let one = #expect(throws: FileProblem.self) {
            try SideBySide.run { () throws(FileProblem) in
                isDone = true
            } _: { () throws(FileProblem) in
                throw problem("second")
            }
        }
        #expect(one?.path == "second" && isDone)
    }

    @Test func aProblemOfThePassesIsPassedOn() {
        struct Broken: MeasuredRequests {
            let path = ""
            func forEach(
                withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
            ) throws(FileProblem) {
                if withTokens { throw FileProblem(.system, "p", "is gone") }
            }
        }
        let error = #expect(throws: FileProblem.self) { try figures(Broken()) }
        #expect(error?.problem == "is gone")
    }

    @Test func aRunWithoutScoredRequestsHasNoFigures() throws {
        let warmup = CountedRequests([SampleRun.requests[0]])
        let summary = RunSummary(SampleRun.header, try figures(warmup))
        #expect(summary.run.totals == RunTotals() && summary.robust == RunTotals())
        #expect(summary.warmups == 1 && summary.clock == nil && summary.analyses == nil)
        #expect(summary.agents.map(\.totals) == [RunTotals(), RunTotals()])
    }
}
