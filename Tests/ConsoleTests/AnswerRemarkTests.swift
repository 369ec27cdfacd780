import Goodput
import JSON
import SampleRuns
import Testing
import TimeBase
import TokenLog

@testable import Console
@testable import Results

@Suite("What is said of how servers answered") struct AnswerRemarkTests {
    /// The sample's requests, each changed; all of them completed and scored.
    private func summary(_ change: (inout MeasuredRequest, Int) -> Void) throws -> RunSummary {
        var result = SampleRun.result
        let usual = result.requests[5]
        result.requests = (0..<10).map { index in
            var request = usual
            let shift = Int64(index) * 1_000_000_000
            request.id = UInt32(index)
            request.scheduled = ClusterInstant(ns: usual.scheduled.ns + shift)
            request.sent = usual.sent.map { ClusterInstant(ns: $0.ns + shift) }
            request.finish = ClusterInstant(ns: usual.finish.ns + shift)
            request.tokens = usual.tokens?.map {
                TokenEvent(time: $0.time + shift, count: $0.count)
            }
            request.notes = AnswerNotes()
            request.notes.ending = .finishReason
            request.notes.finishReason = .length
            change(&request, index)
            return request
        }
        return try RunSummary(result)
    }

    private func remark(
        _ words: String, _ change: @escaping (inout MeasuredRequest, Int) -> Void
    ) throws -> String {
        let summary = try summary(change)
        let found = summary.answerRemarks.filter { $0.contains(words) }
        #expect(found.count == 1, "\(summary.answerRemarks)")
        #expect(summary.warnings.contains(found.first ?? "-"))
        return found.first ?? ""
    }

    @Test func usualAnswersAreNotSpokenOf() throws {
        let summary = try summary { _, _ in }
        #expect(summary.answerRemarks == [])
        let json = summary.answers.json
        #expect(json["ended"] == ["finish_reason": 10])
        #expect(json["finish_reasons"] == ["length": 10] && json["hidden_tokens"] == 0)
    }

    @Test func aServerThatDoesNotStreamIsNamed() throws {
        let text = try remark("does not stream") { request, index in
            guard index % 2 == 1 else { return }
            request.notes.marks = .notStreamed
            request.tokens = [TokenEvent(time: request.finish.ns, count: 23)]
        }
        #expect(text.hasPrefix("http://127.0.0.1:8001 does not stream: 5 of 10 answers came"))
        let summary = try summary { request, _ in
            request.notes.marks = .notStreamed
            request.tokens = [TokenEvent(time: request.finish.ns, count: 23)]
        }
        #expect(summary.run.totals.ttft == nil && summary.run.totals.tbt == nil)
        #expect(summary.run.totals.e2e?.count == 10)
        let table = ResultTable(summary, style: .plain).lines.joined(separator: "\n")
        #expect(!table.contains(" TTFT  ") && table.contains(" E2E"))
    }

    @Test func hiddenTokensAreInNoFigure() throws {
        let text = try remark("no event brought") { request, _ in request.notes.hiddenTokens = 200 }
        #expect(text.contains("count 2000 tokens") && text.contains("89.7 % of all"))
        let with = try summary { request, _ in request.notes.hiddenTokens = 200 }
        let without = try summary { _, _ in }
        #expect(with.run == without.run && with.robust == without.robust)
        #expect(with.answers.json["hidden_tokens"] == 2000)
        // A token at the end of each answer that has no text is nothing to speak of.
        let few = try summary { request, index in request.notes.hiddenTokens = index == 0 ? 1 : 0 }
        #expect(few.answerRemarks == [] && few.answers.hiddenTokens == 1)
    }

    @Test func answersOfWhichNothingCameAreSpokenOfLoudly() throws {
        let text = try remark("NOTHING WAS DELIVERED") { request, index in
            guard index < 4 else { return }
            request.notes.hiddenTokens = 7
            request.outputTokens = 0
            request.tokens = []
            request.outcome = .failed
            request.error = RequestError(kind: .empty, detail: "no event brought one")
        }
        #expect(text.contains("in 4 answers"))
    }

    @Test func everyOddityHasItsSentence() throws {
        let sentences: [(String, (inout MeasuredRequest, Int) -> Void)] = [
            (
                "10 answers had text in `thinking`",
                { $0.notes.unknownField = $1 < 10 ? "thinking" : "" }
            ),
            ("usage of 10 answers", { request, _ in request.notes.marks = .usageNotBelieved }),
            (
                "3 answers ended without a finish reason: 2 with [DONE], 1 with a usage",
                { $0.notes.ending = $1 < 2 ? .done : $1 < 3 ? .usage : .finishReason }
            ),
            (
                "10 answers had no Content-Type",
                { request, _ in request.notes.marks = .framingGuessed }
            ),
            ("30 data lines of 10 answers were", { request, _ in request.notes.strayLines = 3 }),
            (
                "10 requests failed before",
                { request, _ in request.notes.marks = .reusedConnection }
            ),
            (
                "10 answers had a finish reason and then no end",
                { request, _ in request.notes.marks = .bodyLeftOpen }
            ),
        ]
        for (words, change) in sentences { _ = try remark(words, change) }
    }

    @Test(arguments: [JSONValue.string("fresh"), .integer(64), .string("kept")])
    func waitsForAConnectionAreTheScenarios(rule: JSONValue) throws {
        var result = SampleRun.result
        result.header.scenario = .object(["connections": rule])
        for index in result.requests.indices {
            guard let sent = result.requests[index].sent else { continue }
            result.requests[index].sent = ClusterInstant(ns: sent.ns + 20_000_000)
        }
        let remarks = try RunSummary(result).answerRemarks
        let isNamed = remarks.contains { $0.contains("`connections: ") && $0.contains("20.1 ms") }
        #expect(isNamed == (rule.string != "kept"), "\(remarks)")
    }

    @Test func unusualFinishReasonsAreCountedByName() throws {
        let text = try remark("Finish reasons") { request, index in
            guard index < 5 else { return }
            request.notes.finishReason = index < 3 ? .abort : .other
            if index >= 3 { request.notes.otherReason = "budget_spent" }
            if index < 3 { request.outcome = .abandoned }
        }
        #expect(text.contains("`abort` 3, `budget_spent` 2"))
    }
}
