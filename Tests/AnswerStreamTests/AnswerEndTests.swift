import ByteCuts
import Testing
import TokenLog

@testable import AnswerStream

@Suite("What ends an answer, and what does not") struct AnswerEndTests {
    /// An answer that was given up on purpose, wherever it was: nothing that it had said by then
    /// makes a failure of it, or a whole answer.
    @Test(
        arguments: [
            "", "HTTP/1.1 200 OK\r\ncontent-",
            "HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\nnot now",
            streamed([], ends: false), streamed(text, ends: false),
            streamed(text + [finish], ends: false), streamed(text + [finish, usage], ends: false),
            streamed(text + [#"{"error":{"message":"no room"}}"#], ends: false),
            streamed([], status: "429 Busy", ends: false),
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{\"",
        ], [Outcome.abandoned, .unfinished])
    func onPurpose(answer: String, outcome: Outcome) throws {
        for isOnePass in [false, true] {
            var stream = AnswerStream(expecting: .stream)
            Array(answer.utf8).withUnsafeBytes { bytes in
                var input = bytes
                var tokens: [AnswerTokens] = []
                if isOnePass { _ = stream.read(&input, into: &tokens) }
                while !isOnePass, stream.next(&input) != nil {}
            }
            let early = stream.result
            #expect(early == nil)
            let event = stream.broken(.runEnded, "the run ended", outcome: outcome)
            let found = stream.result
            let result = try #require(found)
            #expect(event == .finished)
            #expect(result.outcome == outcome)
            #expect(result.error?.kind == .runEnded && result.error?.detail == "the run ended")
            #expect(!result.keepAlive)
            // Nothing that comes later changes it.
            let later = stream.broken(.reset, "reset by peer")
            let last = stream.result
            #expect(later == nil && last == result)
        }
    }

    private static let text = [chat(#""content":"one ""#), chat(#""content":"two ""#)]
    private static let usage =
        #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
    private static let finish = chat("", finish: "\"stop\"")

    @Test(
        arguments: [
            (text + [finish, usage, "[DONE]"], AnswerEnding.finishReason),
            (text + [finish], .finishReason),
            (text + ["[DONE]"], .done),
            (text + [" [DONE] "], .done),
            (text + [usage, "[DONE]"], .done),
            (text + [usage], .usage),
            (
                text + [String(chat("").dropLast()) + #","usage":{"completion_tokens":2}}"#],
                .usage
            ),
        ] as [([String], AnswerEnding)], Cut.allCases)
    func anyOfThemEndsAnAnswerWell(found: (events: [String], ending: AnswerEnding), cut: Cut) {
        let replay = Replay(streamed(found.events), cut)
        #expect(replay.result.outcome == .completed && replay.result.notes.ending == found.ending)
        #expect(replay.tokenSum == 2 && replay.result.outputTokens == 2)
        #expect(replay.result.keepAlive && replay.result.end == .terminalChunk)
    }

    @Test(
        arguments: [
            (
                [chat(#""content":"""#)],
                "the answer ended without a finish reason, [DONE] or a usage that agrees"
            ),
            (["[DONE]"], "the answer ended without any choice"),
            ([chat(#""content":"""#), "[DONE]"], "the answer ended with [DONE] and has no token"),
            ([finish], "the answer has a finish reason and no token"),
        ] as [([String], String)], Cut.allCases)
    func nothingElseDoes(found: (events: [String], detail: String), cut: Cut) {
        let result = Replay(streamed(found.events), cut).result
        #expect(result.outcome == .failed && result.error?.kind == .empty)
        #expect(result.error?.detail == found.detail && result.notes.ending == .none)
    }

    @Test(
        "A stream that ends behind some tokens, and without an end of its own, broke off",
        arguments: [text, text + [#"{"choices":[],"usage":{"completion_tokens":2000}}"#]],
        Cut.allCases)
    func aStreamBreaksOff(events: [String], cut: Cut) {
        let result = Replay(streamed(events), cut).result
        #expect(result.outcome == .failed && result.error?.kind == .closedEarly)
        #expect(
            result.error?.detail
                == "the answer broke off without a finish reason, [DONE] or a usage that agrees")
        #expect(result.outputTokens == 2 && result.notes.ending == .none)
    }

    @Test(
        "The answer is over at [DONE], whatever follows",
        arguments: [
            ([], AnswerEnd.open), ([usage], .open), ([chat(#""content":"more""#)], .open),
            (["rubbish", "[DONE]"], .open), ([#"{"error":"late"}"#], .open),
        ] as [([String], AnswerEnd)], Cut.allCases)
    func doneIsTheEnd(found: (rest: [String], end: AnswerEnd), cut: Cut) {
        let events = Self.text + ["[DONE]"] + found.rest
        let open = Replay(streamed(events, ends: false), cut)
        #expect(open.result.outcome == .completed && open.result.outputTokens == 2)
        #expect(open.result.end == found.end && !open.result.keepAlive)
        let ended = Replay(streamed(events), cut)
        #expect(ended.result.end == .terminalChunk && ended.result.keepAlive)
        #expect(ended.tokens == open.tokens && ended.result.notes == open.result.notes)
    }

    @Test(arguments: Cut.allCases)
    func rubbishBehindDoneSpoilsTheConnectionAlone(cut: Cut) {
        let bytes = streamed(Self.text + ["[DONE]"], ends: false) + "rubbish\r\n\r\n"
        let result = Replay(bytes, cut).result
        #expect(result.outcome == .completed && result.end == .open && !result.keepAlive)
    }

    @Test func aBodyThatEndsWithItsConnectionMayEndAfterDone() {
        let body = (Self.text + ["[DONE]"]).map { "data: \($0)\n\n" }.joined()
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        let result = Replay(head + body, closes: true).result
        #expect(result.outcome == .completed && result.end == .close && !result.keepAlive)
    }

    @Test func anErrorGoesBeforeEveryEnd() {
        for end in [Self.finish, "[DONE]", Self.usage] {
            let result = Replay(streamed(Self.text + [#"{"error":"boom"}"#, end])).result
            #expect(result.error?.kind == .streamError && result.notes.ending == .none)
        }
    }

    @Test func aTimeLimitBehindTheFinishReasonTakesNothingBack() {
        var stream = AnswerStream()
        var tokens: [AnswerTokens] = []
        Array(streamed(Self.text + [Self.finish], ends: false).utf8).withUnsafeBytes { bytes in
            var input = bytes
            let isOver = stream.read(&input, into: &tokens).isOver
            #expect(!isOver)
        }
        let before = stream.hasFinishReason
        let event = stream.broken(.betweenTokensTimeout, "no further token")
        #expect(before && event == .finished)
        let (result, after) = (stream.result, stream.hasFinishReason)
        #expect(result?.outcome == .completed && result?.error == nil)
        #expect(result?.notes.marks == .bodyLeftOpen)
        #expect(result?.keepAlive == false && !after)
    }

    @Test func aCancelledAnswerIsCancelledWhateverCame() {
        var stream = AnswerStream()
        var tokens: [AnswerTokens] = []
        Array(streamed(Self.text + [Self.finish], ends: false).utf8).withUnsafeBytes { bytes in
            var input = bytes
            _ = stream.read(&input, into: &tokens)
        }
        _ = stream.broken(.runEnded, "the run ended", outcome: .unfinished)
        let outcome = stream.result?.outcome
        #expect(outcome == .unfinished)
    }
}
