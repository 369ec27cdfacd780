import ByteCuts
import Testing
import TokenLog

@testable import AnswerStream

/// A final usage as servers send it, on an event without choices.
private func usage(_ completion: UInt64, reasoning: Int? = nil, total: UInt64? = nil) -> String {
    let details =
        reasoning.map { #","completion_tokens_details":{"reasoning_tokens":\#($0)}"# } ?? ""
    return #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":\#(completion),"#
        + #""total_tokens":\#(total ?? completion + 9)\#(details)}}"#
}

private let last = chat("", finish: "\"stop\"")

/// An event with a usage beside its choice.
private func counted(_ event: String, _ completion: Int) -> String {
    String(event.dropLast()) + #","usage":{"completion_tokens":\#(completion)}}"#
}

/// `events` events with the same delta.
private func deltas(_ events: Int, _ delta: String) -> [String] {
    Array(repeating: chat(delta), count: events)
}

private func word(_ text: String) -> String { chat(#""content":"\#(text)""#) }

private func words(_ events: Int, _ text: String = "word ") -> [String] {
    deltas(events, #""content":"\#(text)""#)
}

@Suite("What no event brought was not delivered") struct DeliveredTokensTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var events: [String]
        var tokens: UInt32
        var hidden: UInt32 = 0
        var evidence = TokenEvidence.finalUsage
        var marks: AnswerMarks = []

        init(
            _ name: String, _ events: [String], tokens: UInt32, hidden: UInt32 = 0,
            _ evidence: TokenEvidence = .finalUsage, marks: AnswerMarks = []
        ) {
            testDescription = name
            self.events = events
            self.tokens = tokens
            self.hidden = hidden
            self.evidence = evidence
            self.marks = marks
        }
    }

    static let cases = [
        Case(
            "reasoning that is not shown is hidden",
            words(12) + [last, usage(212, reasoning: 200)],
            tokens: 12, hidden: 200),
        Case(
            "so it is where the usage does not tell it apart", words(12) + [last, usage(212)],
            tokens: 12, hidden: 200, .contentEvents, marks: .usageNotBelieved),
        Case(
            "a usage of a thousand millions", words(5) + [last, usage(1_000_000_000)],
            tokens: 5, hidden: 999_999_995, .contentEvents, marks: .usageNotBelieved),
        Case(
            "a usage that no counter holds", words(5) + [last, usage(1_000_000_000_000)],
            tokens: 5, hidden: .max - 5, .contentEvents, marks: .usageNotBelieved),
        Case(
            "events of eight tokens", words(5, "eight of them are in here ") + [last, usage(36)],
            tokens: 36),
        Case(
            "events of eight tokens behind hidden reasoning",
            words(5, "eight of them are in here ") + [last, usage(236, reasoning: 200)],
            tokens: 36, hidden: 200),
        Case(
            "a byte a token is the most that a text can be", words(2, "abcd") + [last, usage(9)],
            tokens: 9),
        Case(
            "and a byte less is too few", words(2, "abcd") + [last, usage(10)],
            tokens: 2, hidden: 8, .contentEvents, marks: .usageNotBelieved),
        Case(
            "escapes are no bytes of the text", words(2, #"\u4f60"#) + [last, usage(8)],
            tokens: 2, hidden: 6, .contentEvents, marks: .usageNotBelieved),
        Case(
            "streamed reasoning was delivered",
            deltas(20, #""reasoning_content":"hm ""#) + words(5) + [
                last, usage(25, reasoning: 20),
            ],
            tokens: 25),
        Case(
            "reasoning under a name of tomorrow was delivered, too",
            deltas(20, #""musing":"hm ""#) + words(5) + [last, usage(25, reasoning: 20)],
            tokens: 25),
        Case(
            "of a summary of the reasoning only the summary was",
            deltas(4, #""reasoning":"in short ""#) + words(5, "some long word ")
                + [last, usage(505, reasoning: 500)],
            tokens: 9, hidden: 496),
        Case(
            "reasoning among the content was delivered",
            words(30) + [last, usage(30, reasoning: 20)], tokens: 30),
        Case(
            "reasoning that is counted beside the others is no part of them",
            words(12) + [last, usage(12, reasoning: 200, total: 221)], tokens: 12, hidden: 200),
        Case(
            "and so if it is less than they are",
            words(12) + [last, usage(12, reasoning: 5, total: 26)], tokens: 12, hidden: 5),
        Case(
            "a usage of 0 with every event is none",
            words(5).map { counted($0, 0) } + [last, usage(5)], tokens: 5),
        Case(
            "an eighth and one more events than visible tokens are no reasoning",
            words(19) + [last, usage(20, reasoning: 4)], tokens: 16, hidden: 4),
        Case(
            "and one more shows that the reasoning was among them",
            words(20) + [last, usage(20, reasoning: 4)], tokens: 20),
        Case("fewer tokens than events", words(13, "wor") + [last, usage(12)], tokens: 12),
        Case("no usage at all", words(7) + [last], tokens: 7, .contentEvents),
        Case(
            "a usage on the last event", words(7) + [counted(last, 7)], tokens: 7),
    ]

    @Test(arguments: cases, Cut.allCases)
    func theTokensAreThoseOfTheEvents(each: Case, cut: Cut) {
        let result = Replay(streamed(each.events + ["[DONE]"]), cut).result
        #expect(result.outcome == .completed, "\(String(describing: result.error))")
        #expect(result.outputTokens == each.tokens && result.notes.hiddenTokens == each.hidden)
        #expect(result.evidence == each.evidence && result.notes.marks == each.marks)
    }

    @Test(arguments: Cut.allCases)
    func aContinuousUsageThatJumpsIsNotDelivered(cut: Cut) {
        let events = [
            counted(word("Hel"), 201), counted(word("lo "), 202), counted(word("wo"), 203),
        ]
        let end = #"{"choices":[{"index":0,"text":"","finish_reason":"stop"}]}"#
        let replay = Replay(streamed(events + [end, usage(203)]), cut)
        #expect(replay.tokens.map(\.count) == [1, 1, 1])
        #expect(replay.result.outputTokens == 3 && replay.result.notes.hiddenTokens == 200)
        #expect(replay.result.evidence == .continuousUsage)
        #expect(replay.result.notes.marks == .usageNotBelieved)
        let told = Replay(streamed(events + [end, usage(203, reasoning: 200)]), cut).result
        #expect(told.notes.hiddenTokens == 200 && told.notes.marks == [])
    }

    @Test(arguments: Cut.allCases)
    func bundledAndHeldBackTokensOfAContinuousUsageAreDelivered(cut: Cut) {
        let events = [
            counted(word("some words of it "), 8), counted(word(""), 9), counted(word(""), 10),
            counted(word("é"), 11), counted(word("and some more "), 19),
        ]
        let end = #"{"choices":[{"index":0,"text":"","finish_reason":"stop"}]}"#
        let replay = Replay(streamed(events + [end]), cut)
        #expect(replay.tokens.map(\.count) == [8, 1, 1, 1, 8])
        #expect(replay.result.outputTokens == 19 && replay.result.notes == Self.plainEnd)
    }

    private static let plainEnd = {
        var notes = AnswerNotes()
        notes.ending = .finishReason
        notes.finishReason = .stop
        return notes
    }()

    @Test(
        "A usage without an event that brought a token is said loudly",
        arguments: [
            [last, usage(200)], [usage(200)], [chat(#""content":"""#), last, usage(200)],
            [chat(#""content":"""#), usage(200, reasoning: 200)],
        ])
    func nothingWasDelivered(events: [String]) {
        let replay = Replay(streamed(events + ["[DONE]"]))
        #expect(replay.tokens.isEmpty && replay.result.outputTokens == 0)
        #expect(replay.result.notes.hiddenTokens == 200 && replay.result.evidence == .none)
        #expect(replay.result.outcome == .failed && replay.result.error?.kind == .empty)
        #expect(
            replay.result.error?.detail
                == "the server counts 200 tokens and no event brought one: nothing was delivered")
    }

    @Test("Empty events hold back the bytes of a character: they are room for tokens")
    func emptyEventsAreRoom() {
        let empty = chat(#""content":"""#)
        let held = Replay(
            streamed([empty, empty, chat(#""content":"ab""#), last, usage(5), "[DONE]"]))
        #expect(held.result.outputTokens == 5 && held.result.evidence == .finalUsage)
        let more = Replay(
            streamed([empty, empty, chat(#""content":"ab""#), last, usage(6), "[DONE]"]))
        #expect(more.result.outputTokens == 1 && more.result.notes.marks == .usageNotBelieved)
    }

    @Test func aWholeAnswerHidesItsReasoningToo() {
        func whole(_ usage: String) -> AnswerResult {
            let body =
                #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a few words"},"#
                + #""finish_reason":"stop"}],"usage":\#(usage)}"#
            return Replay(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + "\(body.utf8.count)\r\n\r\n\(body)"
            ).result
        }
        let told = whole(
            #"{"completion_tokens":203,"completion_tokens_details":{"reasoning_tokens":200}}"#)
        #expect(told.outputTokens == 3 && told.notes.hiddenTokens == 200)
        #expect(told.notes.marks == .notStreamed)
        // Eleven bytes hold eleven tokens at most.
        let untold = whole(#"{"completion_tokens":203}"#)
        #expect(untold.outputTokens == 11 && untold.notes.hiddenTokens == 192)
        #expect(untold.notes.marks == [.notStreamed, .usageNotBelieved])
    }
}
