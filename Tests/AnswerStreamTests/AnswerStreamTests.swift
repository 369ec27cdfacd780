import ByteCuts
import Randomness
import Testing
import TokenLog

@testable import AnswerStream

@Suite struct AnswerStreamTests {
    @Test(arguments: Cut.allCases)
    func countsTextAndSkipsWhatIsNone(cut: Cut) {
        let replay = Replay(
            streamed([
                chat(#""role":"assistant","content":"""#), chat(#""content":"one""#),
                chat(#""content":"""#), chat(#""reasoning_content":"hm""#),
                chat(#""reasoning":"hm""#),
                chat(#""tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]"#),
                chat("", finish: "\"stop\""), "[DONE]",
            ]), cut)
        #expect(replay.tokens.map(\.kind) == [.content, .reasoning, .reasoning, .tool])
        #expect(replay.result.outputTokens == 4 && replay.result.evidence == .contentEvents)
        #expect(replay.result.outcome == .completed && replay.result.keepAlive)
        #expect(replay.result.emptyContentEvents == 1 && replay.result.isDone)
    }

    @Test(arguments: Cut.allCases)
    func tokenIDsAreTrustedFirst(cut: Cut) {
        let replay = Replay(
            streamed([
                chat(#""content":"ab""#, more: #","token_ids":[1,2]"#),
                chat(#""content":"cd""#, more: #","token_ids":[3]"#),
                chat(#""content":"""#, more: #","token_ids":[4]"#),
                chat(#""content":"\u00e9""#, finish: "\"length\"", more: #","token_ids":[]"#),
                #"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}"#,
            ]), cut)
        #expect(replay.tokens.map(\.count) == [2, 1, 1])
        #expect(replay.result.outputTokens == 4 && replay.result.evidence == .tokenIDs)
        #expect(replay.result.promptTokens == 7)
    }

    @Test(arguments: Cut.allCases)
    func continuousUsageCountsHeldBackTokens(cut: Cut) {
        func event(_ text: String, _ total: Int, finish: String = "null") -> String {
            #"{"choices":[{"index":0,"text":"\#(text)","finish_reason":\#(finish)}],"#
                + #""usage":{"prompt_tokens":2,"completion_tokens":\#(total)}}"#
        }
        let replay = Replay(
            streamed([event("a", 1), event("", 2), event("b", 5, finish: "\"length\"")]), cut)
        #expect(replay.tokens.map(\.count) == [1, 1, 3])
        #expect(replay.result.outputTokens == 5)
        #expect(replay.result.evidence == .continuousUsage)
    }

    @Test func finalUsageOfSeveralChoicesAddsUp() {
        func last(_ index: Int) -> String {
            #"{"choices":[{"index":\#(index),"text":"","finish_reason":"length"}],"#
                + #""usage":{"prompt_tokens":2,"completion_tokens":4}}"#
        }
        let events = [
            #"{"choices":[{"index":1,"text":"abc"}]}"#, #"{"choices":[{"index":0,"text":"def"}]}"#,
            last(1), last(0),
        ]
        let result = Replay(streamed(events)).result
        #expect(result.outputTokens == 8 && result.evidence == .finalUsage)
        #expect(result.promptTokens == 2 && result.choices == 2 && result.outcome == .completed)
        let oneMissing = Replay(streamed(Array(events.dropLast()))).result
        #expect(oneMissing.error?.kind == .closedEarly && oneMissing.outcome == .failed)
    }

    @Test(arguments: [
        ([#"{"error":{"message":"boom","type":"E","code":500}}"#, "[DONE]"], "E: 500: boom"),
        ([#"{"error":"dead"}"#], "dead"),
        ([#"{"object":"error","message":"gone","type":"T"}"#], "T: gone"),
        ([#"{"error":{}}"#], ""),
    ])
    func errorEventsFailTheAnswer(events: [String], words: String) {
        let replay = Replay(streamed([chat(#""content":"x""#)] + events))
        #expect(replay.result.outcome == .failed && replay.result.hasErrorEvent)
        #expect(replay.result.error?.kind == .streamError)
        #expect(replay.result.error?.detail == words)
        #expect(replay.tokenSum == 1 && replay.result.outputTokens == 1)
    }

    @Test func aFinishReasonMayBeAFailureOrAnAbandonment() {
        let text = chat(#""content":"x""#)
        let error = Replay(streamed([text, chat("", finish: "\"error\"")])).result
        #expect(error.outcome == .failed && error.error?.kind == .streamError)
        let abort = Replay(streamed([text, chat("", finish: "\"abort\"")])).result
        #expect(abort.outcome == .abandoned && abort.error == nil && abort.outputTokens == 1)
    }

    @Test(arguments: [
        ("200 OK\r\nContent-Type: text/html", "<html>hello</html>", ErrorClass.malformed),
        ("200 OK\r\nContent-Type: text/plain", "hello", .malformed),
        ("200 OK", "hello", .malformed),
        ("200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip", "x", .malformed),
        ("200 OK\r\nContent-Type: text/event-stream", "", .empty),
        ("200 OK\r\nContent-Type: text/event-stream", "data: rubbish\n\n", .malformed),
        ("200 OK\r\nContent-Type: text/event-stream", "data: [1]\n\n", .malformed),
        ("200 OK\r\nContent-Type: application/json", "{\"id\":1}", .empty),
        ("200 OK\r\nContent-Type: application/json", "{\"id\"", .malformed),
        ("301 Moved\r\nLocation: http://elsewhere/", "", .httpStatus),
        ("404 Not Found", "<html>no</html>", .httpStatus),
        ("500 Internal Server Error\r\nContent-Type: text/plain", "oh no", .httpStatus),
    ])
    func everyOtherAnswerFailsWithItsClass(head: String, body: String, kind: ErrorClass) {
        for cut in Cut.allCases {
            let result = Replay(
                "HTTP/1.1 \(head)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)", cut
            ).result
            #expect(result.outcome == .failed && result.error?.kind == kind, "\(cut)")
        }
    }

    @Test(arguments: [
        ("Retry-After: 7", UInt32(7) as UInt32?),
        (
            "Date: Sun, 22 Nov 2026 09:56:18 GMT\r\nRetry-After: Sun, 22 Nov 2026 09:57:20 GMT",
            62
        ),
        (
            "Date: Tue, 01 Mar 2028 00:00:10 GMT\r\nRetry-After: Mon, 29 Feb 2028 23:59:00 GMT",
            0
        ),
        ("Retry-After: soon", nil), ("X: y", nil),
    ])
    func retryAfterIsRead(fields: String, seconds: UInt32?) {
        let result = Replay("HTTP/1.1 429 Busy\r\n\(fields)\r\nContent-Length: 0\r\n\r\n").result
        #expect(result.retryAfterSeconds == seconds && result.status == 429)
        #expect(result.keepAlive && result.error?.status == 429)
    }

    @Test func aWholeAnswerGivesItsTokensAtTheEnd() {
        let body =
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a b"},"#
            + #""finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        let replay = Replay("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)", .twos)
        #expect(replay.tokens == [AnswerTokens(count: 2, kind: .content)])
        #expect(replay.result.outcome == .completed && replay.result.contentEvents == 0)
        let closing = Replay("\(head)\r\n\(body)", closes: true)
        #expect(closing.tokens == replay.tokens && closing.result.end == .close)
        #expect(!closing.result.keepAlive)
    }

    @Test func aStreamThatBreaksOffIsNoAnswer() {
        let text = streamed([chat(#""content":"x""#), chat("", finish: "\"stop\"")])
        let bytes = Array(text.utf8)
        let finished = bytes.count - "\r\n0\r\n\r\n".utf8.count
        for length in 0..<bytes.count {
            let result = Replay([Array(bytes[..<length])], closes: true).result
            #expect(!result.keepAlive)
            if length < finished {
                #expect(result.outcome == .failed && result.error?.kind == .closedEarly)
            } else {
                #expect(result.outcome == .completed && result.notes.marks == .bodyLeftOpen)
            }
        }
    }

    @Test func flippedBytesNeverTrapAndSplitsAgree() {
        let bytes = Array(
            streamed([
                chat(#""content":"x""#, more: #","token_ids":[12]"#),
                chat(#""content":"y""#, more: #","token_ids":[34]"#),
                chat("", finish: "\"stop\""),
            ]).utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                let whole = Replay([flipped])
                var dripped = Replay(Cut.everyByte.pieces(flipped))
                // Bytes after a malformed one are left in pieces of another size.
                dripped.leftOver = whole.leftOver
                #expect(dripped == whole, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func aChoicesIndexIsBounded() {
        let high = Replay(streamed([#"{"choices":[{"index":4000000000,"text":"a"}]}"#])).result
        #expect(high.error?.kind == .malformed)
    }

    /// Whatever the chunks, line ends and cuts are, the same events give the same tokens.
    @Test(arguments: 0..<40)
    func framingChangesNothing(seed: UInt64) {
        var rng = SplitMix64(seed: seed)
        let continuous = seed % 2 == 0
        let varies = seed % 4 < 2
        var events = [chat(#""role":"assistant","content":"""#)]
        var counts: [UInt32] = []
        var total: UInt32 = 0
        for index in 0..<40 {
            // A usage of 0 beside a text would be none.
            let count = continuous ? UInt32.random(in: (index == 0 ? 1 : 0)...3, using: &rng) : 1
            total += count
            if count > 0 { counts.append(count) }
            let created = varies ? #","created":\#(1_790_000_000 + index)"# : ""
            let usage = #","usage":{"prompt_tokens":2,"completion_tokens":\#(total)}"#
            // No token has less than a byte of text.
            let texts = [("a", 1), (#"\n"#, 1), ("word", 4), (#"\"quoted\""#, 8)]
            let text = texts.filter { $0.1 >= count }.randomElement(using: &rng)!.0
            events.append(
                #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]\#(created)"#
                    + (continuous ? usage : "") + "}")
        }
        events += [chat("", finish: "\"stop\""), "[DONE]"]
        let bytes = Array(streamed(events, using: &rng).utf8)
        var cuts: [[UInt8]] = []
        var left = bytes[...]
        while !left.isEmpty {
            let cut = left.prefix(Int.random(in: 1...900, using: &rng))
            cuts.append(Array(cut))
            left = left.dropFirst(cut.count)
        }
        for pieces in [cuts, [bytes], Cut.sevens.pieces(bytes)] {
            let replay = Replay(pieces)
            #expect(replay.tokens.map(\.count) == counts)
            #expect(replay.result.outputTokens == total && replay.result.outcome == .completed)
            #expect(replay.result.contentEvents == 40 && replay.result.isDone)
        }
    }

    @Test func whatFollowsTheAnswerIsLeft() {
        let replay = Replay(streamed([chat(#""content":"x""#, finish: "\"stop\"")]) + "HTTP/1.1")
        #expect(replay.leftOver == 8 && replay.result.outcome == .completed)
    }

    @Test func echoesOfThePromptAreCutOut() {
        let prompt = Array("tell me about the secret merger of two firms".utf8)
        prompt.withUnsafeBytes { prompt in
            let told = ErrorExcerpt.redacting(
                "invalid input 'the secret merger of two' in body", echoOf: prompt)
            #expect(told == "invalid input '***' in body")
            let untouched = "HTTP 400: the model does not exist"
            #expect(ErrorExcerpt.redacting(untouched, echoOf: prompt) == untouched)
        }
        let validation =
            #"{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required","#
            + #""input":{"prompt":"my secret"}}]}"#
        let words = Array(validation.utf8).withUnsafeBytes { ErrorExcerpt.words($0) }
        #expect(words == "missing: body.prompt: Field required")
    }
}
