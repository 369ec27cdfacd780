import JSON
import SampleRuns
import Testing
import TokenLog

@testable import Results

@Suite struct LengthSummaryTests {
    private func requests(_ prompts: [UInt32?], answers: [UInt32]) -> [MeasuredRequest] {
        zip(prompts, answers).map { prompt, answer in
            var request = SampleRun.requests[1]
            request.promptTokens = prompt
            request.outputTokens = answer
            return request
        }
    }

    private func summary(_ requests: [MeasuredRequest]) -> LengthSummary {
        requests.reduce(into: LengthSummary()) { $0.add($1) }
    }

    @Test func achievedIsComparedWithAsked() {
        // 100 tokens are asked for, and 23 of answer.
        let summary = self.summary(requests([100, 104, 90, nil], answers: [23, 23, 23, 20]))
        #expect(summary.input.requests == 3 && summary.input.exact == 1)
        #expect(summary.input.worst == -10)
        #expect((summary.input.meanError! + 0.02).magnitude < 1e-12)
        #expect(summary.output.exactShare == 0.75 && summary.output.worst == -3)
        #expect(summary.json["input"]?["achieved"] == 294)
        // Two per cent are no sentence; more than three are one.
        #expect(
            summary.remarks.count == 1 && summary.remarks[0].hasPrefix("Answers are 3.3 % shorter"))
        #expect(self.summary(requests([110], answers: [23])).remarks[0].contains("longer"))
        // More than ten per cent is the verdict's to remark on.
        #expect(self.summary(requests([111], answers: [23])).remarks.isEmpty)
    }

    @Test func onlyCompletedRequestsCount() {
        var failed = SampleRun.requests[1]
        failed.outcome = .failed
        let summary = self.summary([failed])
        #expect(summary.input.requests == 0 && summary.input.meanError == nil)
        #expect(summary.json["output"]?["worst"] == .null && summary.remarks.isEmpty)
    }
}
