import ByteCuts
import Randomness
import Testing
import TokenLog

@testable import AnswerStream

@Suite("Text in a delta is a token's, whatever its name") struct UnknownFieldTests {
    @Test(
        arguments: [
            (#""thinking":"hm""#, TokenKind.other, "thinking"),
            (#""content":null,"thought":"hm""#, .other, "thought"),
            (#""role":"assistant","content":"","musing":"hm""#, .other, "musing"),
            (
                #""reasoning_details":[{"type":"reasoning.text","text":"hm"}]"#, .other,
                "reasoning_details"
            ),
            (
                #""thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"x"}]"#, .other,
                "thinking_blocks"
            ),
            (#""audio":{"id":"a","data":"UklG","transcript":"hm"}"#, .other, "audio"),
            (#""a":{"b":[[{"c":"hm"}]]}"#, .other, "a"),
            (#""na\u006de":"hm""#, .other, "na?u006de"),
            (#""reasoning":"hm","reasoning_details":[{"text":"hm"}]"#, .reasoning, ""),
            (#""content":"hm","speaker":"me""#, .content, ""),
            (#""content":[{"type":"text","text":"hm"}]"#, .content, ""),
            (#""refusal":"no""#, .content, ""),
            (
                #""tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f"}}]"#,
                .tool, ""
            ),
        ] as [(String, TokenKind, String)], Cut.allCases)
    func textIsDelivered(found: (delta: String, kind: TokenKind, field: String), cut: Cut) {
        let event = chat(found.delta)
        let replay = Replay(streamed([event, event, event, chat("", finish: "\"stop\"")]), cut)
        #expect(replay.tokens.map(\.kind) == [found.kind, found.kind, found.kind])
        #expect(replay.result.outcome == .completed && replay.result.outputTokens == 3)
        #expect(replay.result.notes.unknownField == found.field)
    }

    @Test(
        "What tells of a text is none",
        arguments: [
            #""role":"assistant""#, #""content":"","channel":"analysis""#, #""thinking":"""#,
            #""thinking":null"#, #""reasoning_details":[]"#, #""a":{"b":[""]}"#, #""seed":7"#,
            #""reasoning_details":[{"type":"reasoning.encrypted","data":"Zm9v","format":"x"}]"#,
            #""extra_content":{"google":{"thought_signature":"Zm9v"}}"#, #""toolCallId":"c1""#,
            #""annotations":[{"type":"url_citation","url_citation":{"title":"t","url":"u"}}]"#,
            #""encrypted_content":"Zm9v""#, #""redacted_thinking":{"blob":"Zm9v"}"#,
            #""thinking_signature":"Zm9v""#, #""image":{"base64_png":"Zm9v"}"#,
            #""agent_name":"a","createdAt":"now","item-id":"i""#,
            #""content":[{"type":"text","text":""}]"#, #""content":[]"#,
            #""tool_calls":[{"index":0,"id":"c1","type":"function","function":{"arguments":""}}]"#,
        ])
    func propertiesAreNoText(delta: String) {
        let events = [chat(delta), chat(#""content":"x""#), chat("", finish: "\"stop\"")]
        let replay = Replay(streamed(events))
        #expect(replay.tokens == [AnswerTokens(count: 1, kind: .content)])
        #expect(replay.result.notes.unknownField == "")
    }

    /// The whole answer's message is read by the same rule.
    @Test func aWholeAnswerMayThinkToo() {
        let body =
            #"{"choices":[{"message":{"role":"assistant","thinking":"hm hm"},"#
            + #""finish_reason":"stop"}]}"#
        let replay = Replay(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)")
        #expect(replay.tokens == [AnswerTokens(count: 1, kind: .other)])
        #expect(replay.result.notes.unknownField == "thinking")
    }

    @Test func aFieldsNameIsHarmlessAndBounded() {
        let name = #"\u001b[2Jx "# + String(repeating: "y", count: 4_000)
        let events = [chat(#""\#(name)":"hm""#), chat("", finish: "\"stop\"")]
        let field = Replay(streamed(events)).result.notes.unknownField
        #expect(field.utf8.count == AnswerNotes.wordLimit && field.hasPrefix("?u001b?2Jx?yyy"))
    }

    @Test(arguments: [
        (#""budget_spent""#, "budget_spent"), (#""abort""#, "abort"), (#""stop""#, "stop"),
        (#""é \n<b>""#, "???n?b?"), (#""other""#, "other"),
    ])
    func theServersOwnReasonIsKept(word: String, kept: String) {
        let notes = Replay(streamed([chat(#""content":"x""#), chat("", finish: word)])).result.notes
        #expect(notes.finishWord == kept)
    }
}
