import AnswerStream
import EngineModel
import Testing
import TokenLog

@testable import EngineServer

@Suite("An engine that thinks")
struct ThoughtsTests {
    private func body(_ tokens: Int, more: String = "") -> String {
        """
        {"messages":[{"role":"user","content":"a b c"}],"max_tokens":\(tokens),"stream":true,\
        "stream_options":{"include_usage":true}\(more)}
        """
    }

    private static let evidence = [
        "", #","return_token_ids":true"#,
        #","stream_options":{"include_usage":true,"continuous_usage_stats":true}"#,
    ]

    @Test("Visible thoughts are reasoning, and all tokens are counted", arguments: evidence)
    func visible(more: String) async throws {
        let server = try await TestServer { $0.options.thoughts = Thoughts(share: 0.75) }
        let answer = try await server.exchange(
            "POST", "/v1/chat/completions", body: body(10, more: more))
        #expect(answer.result.outcome == .completed)
        #expect(answer.result.outputTokens == 10)
        #expect(answer.result.notes.hiddenTokens == 0)
        #expect(
            answer.tokens.map(\.kind)
                == Array(repeating: .reasoning, count: 7) + Array(repeating: .content, count: 3))
        #expect(answer.text.contains(#""completion_tokens_details":{"reasoning_tokens":7}"#))
        await server.close()
    }

    /// A usage that grows by a few hidden thoughts looks as if the event's text had them.
    @Test("Hidden thoughts are silence, and hidden tokens", arguments: evidence, [12, 80])
    func hidden(more: String, tokens: Int) async throws {
        let server = try await TestServer {
            $0.options.thoughts = Thoughts(share: 0.75, areHidden: true)
        }
        let answer = try await server.exchange(
            "POST", "/v1/chat/completions", body: body(tokens, more: more))
        #expect(answer.result.outcome == .completed)
        #expect(answer.result.outputTokens == UInt32(tokens / 4))
        #expect(answer.result.notes.hiddenTokens == UInt32(tokens / 4 * 3))
        #expect(answer.tokens.map(\.kind) == Array(repeating: .content, count: tokens / 4))
        let role = try #require(answer.text.firstRange(of: #""role":"assistant""#))
        let first = try #require(answer.text.firstRange(of: #""delta":{"content":""#))
        #expect(role.lowerBound < first.lowerBound)
        await server.close()
    }

    @Test("No event has both a thought and the answer")
    func joined() async throws {
        let server = try await TestServer {
            $0.options.thoughts = Thoughts(share: 0.5)
            $0.options.holding.streamInterval = 4
        }
        let answer = try await server.exchange(
            "POST", "/v1/chat/completions", body: body(14, more: #","return_token_ids":true"#))
        #expect(answer.tokens.map(\.count) == [1, 4, 2, 2, 4, 1])
        #expect(
            answer.tokens.map(\.kind) == [
                .reasoning, .reasoning, .reasoning, .content, .content, .content,
            ])
        await server.close()
    }

    @Test("Completions tell no thoughts apart, and whole answers do")
    func others() async throws {
        let server = try await TestServer { $0.options.thoughts = Thoughts(share: 0.5) }
        let text = try await server.exchange(
            "POST", "/v1/completions", body: #"{"prompt":"a","max_tokens":6,"stream":true}"#)
        #expect(text.tokens.map(\.kind) == Array(repeating: .content, count: 6))
        let whole = try await server.exchange(
            "POST", "/v1/chat/completions",
            body: #"{"messages":[{"role":"user","content":"a"}],"max_tokens":6}"#)
        #expect(whole.text.contains(#""reasoning_content":"#))
        #expect(whole.text.contains(#""completion_tokens_details":{"reasoning_tokens":3}"#))
        await server.close()
    }
}
