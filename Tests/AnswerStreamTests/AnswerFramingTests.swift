import ByteCuts
import Testing
import TokenLog

@testable import AnswerStream

@Suite("What an answer is, by its first bytes") struct AnswerFramingTests {
    private static let events =
        [chat(#""content":"one ""#), chat("", finish: "\"stop\"")].map { "data: \($0)\n\n" }
        .joined()
    private static let document =
        #"{"choices":[{"index":0,"message":{"content":"one"},"finish_reason":"stop"}]}"#

    private func answer(_ type: String?, _ body: String, _ cut: Cut) -> Replay {
        let field = type.map { "Content-Type: \($0)\r\n" } ?? ""
        return Replay(
            "HTTP/1.1 200 OK\r\n\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)", cut)
    }

    @Test(
        arguments: [
            nil, "text/event-stream; charset=utf-8", "application/json", "text/plain",
            "application/octet-stream", "text/html", "application/x-ndjson",
        ] as [String?], Cut.allCases)
    func eventsAreReadUnderAnyType(type: String?, cut: Cut) {
        for start in [
            "", ": ping\n\n", "\n", "\r\n", "\u{FEFF}", "event: message\n", "id: 7\n", "retry:1\n",
        ] {
            let replay = answer(type, start + Self.events, cut)
            #expect(replay.result.outcome == .completed, "\(start.debugDescription)")
            #expect(replay.tokens == [AnswerTokens(count: 1, kind: .content)])
            let isUsual = type?.hasPrefix("text/event-stream") == true
            #expect(replay.result.notes.marks == (isUsual ? [] : .framingGuessed))
        }
    }

    @Test(
        arguments: [
            nil, "text/event-stream", "application/json", "text/plain", "text/html",
            "application/vnd.api+json",
        ] as [String?], Cut.allCases)
    func aDocumentIsReadUnderAnyType(type: String?, cut: Cut) {
        for start in ["", " \n", "\u{FEFF}"] {
            let result = answer(type, start + Self.document, cut).result
            #expect(result.outcome == .completed && result.outputTokens == 1, "\(result)")
            let isUsual = type?.hasSuffix("json") == true
            #expect(
                result.notes.marks == (isUsual ? .notStreamed : [.notStreamed, .framingGuessed]))
        }
    }

    @Test(
        arguments: [
            ("text/html", "<html>hello</html>", "an HTML page; check the base URL"),
            ("text/html", "", "an HTML page; check the base URL"),
            ("text/html", "hello", "an HTML page; check the base URL"),
            (nil, " <!doctype html>", "an HTML page; check the base URL"),
            ("application/json", "<html>", "an HTML page; check the base URL"),
            ("text/event-stream", "<html>", "an HTML page; check the base URL"),
            ("text/plain", "hello", "text/plain, neither an event stream nor JSON"),
            ("text/plain", "database", "text/plain, neither an event stream nor JSON"),
            ("text/plain", "dat", "text/plain, neither an event stream nor JSON"),
            ("application/octet-stream", "", "octet-stream, neither an event stream nor JSON"),
            (nil, "hello", "no Content-Type, and begins as neither"),
            (nil, "", "no Content-Type, and begins as neither"),
        ] as [(String?, String, String)], Cut.allCases)
    func everythingElseIsRefusedInWords(found: (String?, String, String), cut: Cut) {
        let result = answer(found.0, found.1, cut).result
        #expect(result.outcome == .failed && result.error?.kind == .malformed)
        #expect(result.error?.detail.contains(found.2) == true, "\(result)")
    }

    @Test func blanksWithoutEndAreNoAnswer() {
        let result = answer(nil, String(repeating: " ", count: 5_000), .sevens).result
        #expect(result.outcome == .failed && result.error?.kind == .malformed)
    }

    @Test(arguments: Cut.allCases)
    func keepAlivesThatAreWrappedAsDataAreSkippedAndCounted(cut: Cut) {
        let strays = ["ping", ": OPENROUTER PROCESSING", "null", "\"x\"", "keep-alive", "7", " "]
        let events =
            [strays[0], chat(#""content":"one ""#)] + strays + [chat(#""content":"two ""#)]
        let replay = Replay(streamed(events + [chat("", finish: "\"stop\"")]), cut)
        #expect(replay.result.outcome == .completed && replay.tokenSum == 2)
        #expect(replay.result.notes.strayLines == 7)
    }

    @Test(arguments: [
        [String](repeating: "ping", count: 3), ["ping", "[DONE]"],
        [String](repeating: "ping", count: AnswerStream.strayLines + 1),
    ])
    func aStreamOfNothingElseFails(events: [String]) {
        let result = Replay(streamed(events)).result
        #expect(result.outcome == .failed && result.error?.kind == .malformed)
        #expect(result.error?.detail.contains("no JSON") == true)
    }

    /// A broken object is no keep-alive: its token would be lost without a word.
    @Test(arguments: [#"{"choices":[{"delta":{"content":"x"#, "{}}", "[1]", "[DONE]]"])
    func aBrokenObjectIsAnError(event: String) {
        let result = Replay(streamed([chat(#""content":"x""#), event, "[DONE]"])).result
        #expect(result.outcome == .failed && result.error?.kind == .malformed)
    }

    @Test(
        "A body that repeats the status is quoted without it",
        arguments: [
            (
                #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
                "unavailable_error: Loading model"
            ),
            (#"{"error":{"message":"503: busy","code":"503"}}"#, "busy"),
            ("503 Service Unavailable", "Service Unavailable"),
            (#"{"error":"503"}"#, ""), ("", ""),
            ("5030 requests wait", "5030 requests wait"),
            (#"{"error":{"message":"busy","code":7}}"#, "7: busy"),
        ] as [(String, String)])
    func statusIsSaidOnce(body: String, words: String) {
        let length = "Content-Length: \(body.utf8.count)\r\n\r\n"
        let result = Replay("HTTP/1.1 503 Busy\r\n\(length)\(body)").result
        #expect(result.error?.detail == words)
        #expect(result.error?.isUnexplained == words.isEmpty)
        let told = words.isEmpty ? "" : ": \(words)"
        #expect(result.words == "the server answered 503\(told)")
    }

    @Test func aRedirectIsItsOwnReason() {
        let result = Replay("HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nmoved").result
        #expect(result.error?.kind == .httpStatus && result.error?.detail.isEmpty == true)
        #expect(result.error?.isUnexplained == false)
        #expect(
            result.words == "the server answered 302, a redirect; redirects are never followed")
    }

    @Test func aFinishReasonOfAnErrorIsTheStreamsErrorWithoutWords() {
        let end = chat("", finish: "\"error\"")
        let result = Replay(streamed([chat(#""content":"x""#), end, "[DONE]"])).result
        #expect(result.error == RequestError(kind: .streamError, status: 200, detail: ""))
        #expect(result.finishReason == .error && result.words == "the stream reported an error")
    }
}
