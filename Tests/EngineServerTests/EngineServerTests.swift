import AnswerStream
import EngineModel
import EventLoop
import HTTPServer
import JSON
import Testing
import TimeBase
import TokenLog

@testable import EngineServer

private let model = "meta-llama/Llama-3.1-8B-Instruct"

/// A streaming body for /v1/completions with a prompt of token ids.
private func body(prompt: Int = 3, tokens: Int, more: String = "") -> String {
    let ids = (0..<prompt).map { String($0) }.joined(separator: ",")
    return """
        {"model":"\(model)","prompt":[\(ids)],"max_tokens":\(tokens),"stream":true,\
        "stream_options":{"include_usage":true}\(more)}
        """
}

@Suite("Engine server")
struct EngineServerTests {
    @Test("A stream of completions: one event a token, then usage, then the end")
    func completions() async throws {
        let server = try await TestServer()
        let answer = try await server.exchange(
            "POST", "/v1/completions", body: body(prompt: 40, tokens: 12))
        #expect(answer.result.status == 200)
        #expect(answer.result.outcome == .completed)
        #expect(answer.result.finishReason == .length)
        #expect(answer.result.outputTokens == 12)
        #expect(answer.result.promptTokens == 40)
        #expect(answer.result.evidence == .finalUsage)
        #expect(answer.tokens.map(\.count) == Array(repeating: 1, count: 12))
        #expect(answer.text.hasSuffix("\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"))
        // The usage and the mark beside the tokens.
        #expect(answer.result.events == 14)
        await server.close()
    }

    @Test("A chat: the role first, which is no token")
    func chat() async throws {
        let server = try await TestServer()
        let answer = try await server.exchange(
            "POST", "/v1/chat/completions",
            body: """
                {"model":"\(model)","messages":[{"role":"user","content":"one two three"}],
                "max_completion_tokens":5,"stream":true,"stream_options":{"include_usage":true}}
                """)
        #expect(answer.result.outcome == .completed)
        #expect(answer.result.outputTokens == 5)
        #expect(answer.result.promptTokens == 13)
        #expect(answer.tokens.count == 5)
        let role = try #require(answer.text.firstRange(of: "\"role\":\"assistant\""))
        let first = try #require(answer.text.firstRange(of: "\"delta\":{\"content\":"))
        #expect(role.lowerBound < first.lowerBound)
        await server.close()
    }

    @Test("Token ids and usage in every event, where they are asked for")
    func evidence() async throws {
        let server = try await TestServer()
        let ids = try await server.exchange(
            "POST", "/v1/completions", body: body(tokens: 4, more: #","return_token_ids":true"#))
        #expect(ids.result.evidence == .tokenIDs && ids.result.outputTokens == 4)
        let usage = try await server.exchange(
            "POST", "/v1/completions",
            body: """
                {"prompt":"a b","max_tokens":4,"stream":true,
                "stream_options":{"continuous_usage_stats":true}}
                """)
        #expect(usage.result.evidence == .continuousUsage && usage.result.outputTokens == 4)
        let none = try await server.exchange(
            "POST", "/v1/completions", body: #"{"prompt":"a","max_tokens":4,"stream":true}"#)
        #expect(none.result.evidence == .contentEvents && none.result.outputTokens == 4)
        await server.close()
    }

    @Test("Without streaming the answer is one document")
    func whole() async throws {
        let server = try await TestServer()
        for (path, prompt) in [
            ("/v1/completions", #""prompt":"a b c""#),
            ("/v1/chat/completions", #""messages":[{"role":"user","content":"a"}]"#),
        ] {
            let answer = try await server.exchange(
                "POST", path, body: "{\(prompt),\"max_tokens\":6}")
            #expect(answer.result.outcome == .completed)
            #expect(answer.result.outputTokens == 6)
            #expect(answer.result.finishReason == .length)
        }
        await server.close()
    }

    @Test("The engine's times are the stream's: each token at the end of its step and 22 ms")
    func timing() async throws {
        let server = try await TestServer()
        let sent = RawClock.now()
        let answer = try await server.exchange(
            "POST", "/v1/completions", body: body(prompt: 100, tokens: 30))
        let virtual = VirtualRun(options: TestServer.quickOptions)([
            VirtualArrival(atNs: 0, promptTokens: 100, outputTokens: 30)
        ])
        let expected = virtual.tokenNs[0]
        for (token, ns) in zip(answer.tokens, expected) {
            // Never before its time; how long after is the machine's affair.
            #expect((token.at - sent).ns >= ns)
        }
        #expect(await server.lateness.deliveries == 30)
        await server.close()
    }

    @Test("The next turn of a conversation finds prompt and answer in the cache")
    func prefixCache() async throws {
        let server = try await TestServer { $0.options.prefixCache = true }
        func chat(_ messages: [JSONValue]) async throws -> String {
            let body: JSONValue = ["messages": .array(messages), "max_tokens": 40]
            return try await server.exchange(
                "POST", "/v1/chat/completions",
                body: String(decoding: body.serialized, as: UTF8.self)
            ).text
        }
        let question: JSONValue = [
            "role": "user",
            "content": .string((0..<90).map { "word\($0)" }.joined(separator: " ")),
        ]
        let answer = try await chat([question])
        let json = try #require(answer.split(separator: "\r\n\r\n", maxSplits: 1).last)
        let document = try JSONValue(parsing: String(json))
        let content = try #require(
            document["choices"]?.array?.first?["message"]?["content"]?.string)
        _ = try await chat([
            question, ["role": "assistant", "content": .string(content)],
            ["role": "user", "content": "and then"],
        ])
        // 1 + 4 + 90 + 1 + 4 tokens of the first prompt, 39 computed ones of its answer: 8 blocks.
        let metrics = try await server.exchange("GET", "/metrics").text
        #expect(metrics.contains("prefix_cache_hit_tokens_total 128\n"), "\(metrics)")
        #expect(metrics.contains("prefix_cache_achievable_tokens_total 128\n"))
        await server.close()
    }

    @Test("A request that is given up ends with the reason abort")
    func abandoned() async throws {
        let server = try await TestServer {
            $0.options.maxSequences = 1
            $0.options.abandonFor = ToldReader(speed: 10, ttftBudgetNs: 300_000_000)
        }
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    try await server.exchange(
                        "POST", "/v1/completions", body: body(prompt: 20, tokens: 200))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let reasons = answers.map(\.result.finishReason)
        #expect(Set(reasons) == [.length, .abort], "\(reasons)")
        await server.close()
    }

    @Test("64 streams run in one batch and all get their tokens")
    func concurrent() async throws {
        let server = try await TestServer()
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    try await server.exchange(
                        "POST", "/v1/completions", body: body(prompt: 20, tokens: 25))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 64)
        #expect(answers.allSatisfy { $0.result.outcome == .completed && $0.tokens.count == 25 })
        let load = await server.load
        #expect(load.finished == 64 && load.generatedTokens == 64 * 25)
        // One request after the other would need 1600 steps.
        #expect(load.steps < 800)
        #expect(load.usedBlocks == 0)
        await server.close()
    }

    @Test("A client that goes away frees what it held, running or in the front end")
    func disconnect() async throws {
        let server = try await TestServer()
        let client = try await server.client(
            sending: request("POST", "/v1/completions", body: body(tokens: 8000)))
        await server.until { $0.generatedTokens > 3 }
        await client.close()
        await server.until { $0.cancelled == 1 }
        let load = await server.load
        #expect(load.running == 0 && load.waiting == 0 && load.usedBlocks == 0)
        #expect(load.finished == 0)
        await server.close()
    }

    @Test("A connection serves one request after the other, also pipelined ones")
    func keepAlive() async throws {
        let server = try await TestServer()
        let stream = request("POST", "/v1/completions", body: body(tokens: 3))
        let client = try await server.client(sending: stream)
        #expect(await client.answer().result.outputTokens == 3)
        await client.send(request("GET", "/health"))
        #expect(await client.answer().result.status == 200)
        await client.send(stream + request("GET", "/v1/models") + stream)
        #expect(await client.answer().result.outputTokens == 3)
        #expect(await client.answer().text.contains(model))
        let last = await client.answer()
        #expect(last.result.outputTokens == 3 && last.result.keepAlive)
        await client.close()
        await server.close()
    }

    @Test("Connection: close and HTTP/1.0 end the connection after the answer")
    func closing() async throws {
        let server = try await TestServer()
        let closing = try await server.exchange(
            "POST", "/v1/completions", body: body(tokens: 3), headers: "connection: close\r\n")
        #expect(closing.result.outputTokens == 3 && !closing.result.keepAlive)
        let json = body(tokens: 3)
        let old = try await server.client(
            sending: Array(
                "POST /v1/completions HTTP/1.0\r\ncontent-length: \(json.utf8.count)\r\n\r\n\(json)"
                    .utf8))
        let answer = await old.answer()
        #expect(answer.result.outputTokens == 3 && answer.result.end == .open)
        #expect(!answer.text.contains("chunked"))
        await old.close()
        await server.close()
    }

    @Test("Expect: 100-continue is answered before the body comes")
    func continues() async throws {
        let server = try await TestServer()
        let json = body(tokens: 2)
        let head = "POST /v1/completions HTTP/1.1\r\nhost: t\r\nexpect: 100-continue\r\n"
        let client = try await server.client(
            sending: Array((head + "content-length: \(json.utf8.count)\r\n\r\n").utf8))
        await client.send(Array(json.utf8))
        let answer = await client.answer()
        #expect(answer.result.interim == [100])
        #expect(answer.result.outputTokens == 2)
        await client.close()
        await server.close()
    }

    @Test(
        "Refusals in the words of the API",
        arguments: [
            ("POST", "/v1/completions", #"{"model":"gpt","prompt":"a"}"#, 404, "does not exist"),
            ("POST", "/v1/completions", "{", 400, "not JSON"),
            ("POST", "/v1/completions", #"{"prompt":"a","n":2}"#, 400, "n must be 1"),
            (
                "POST", "/v1/completions", #"{"prompt":"a","max_tokens":8192}"#, 400,
                "maximum context length is 8192"
            ),
            ("GET", "/v1/completions", "", 405, "POST only"),
            ("DELETE", "/v1/models", "", 405, "GET only"),
            ("GET", "/nothing", "", 404, "nothing at this path"),
        ])
    func refusals(
        method: String, path: String, json: String, status: UInt16, words: String
    ) async throws {
        let server = try await TestServer()
        let answer = try await server.exchange(method, path, body: json)
        #expect(answer.result.status == status)
        #expect(answer.text.contains(words))
        #expect(answer.text.contains(#"{"error":{"message":""#))
        #expect(answer.result.keepAlive)
        #expect(await server.load.waiting == 0)
        await server.close()
    }

    @Test("What is not HTTP is refused and the connection closed")
    func rubbish() async throws {
        let server = try await TestServer()
        let client = try await server.client(sending: Array("hello\r\n\r\n".utf8))
        let answer = await client.answer()
        #expect(answer.result.status == 400 && !answer.result.keepAlive)
        await client.close()
        await server.close()
    }

    @Test("Bodies and connections are bounded")
    func limits() async throws {
        let server = try await TestServer {
            $0.limits.bodyBytes = 100
            $0.limits.connections = 1
        }
        let first = try await server.client(
            sending: request("POST", "/v1/completions", body: body(prompt: 90, tokens: 1)))
        #expect(await first.answer().result.status == 413)
        await first.close()
        let holder = try await server.client(sending: request("GET", "/health"))
        #expect(await holder.answer().result.status == 200)
        let second = try await server.client(sending: [])
        #expect(await second.answer().result.status == 503)
        await second.close()
        await holder.close()
        await server.close()
    }

    @Test("The metrics tell what the engine did")
    func metrics() async throws {
        let server = try await TestServer()
        _ = try await server.exchange("POST", "/v1/completions", body: body(tokens: 7))
        let text = try await server.exchange("GET", "/metrics").text
        #expect(text.contains("\nlegato_engine_generation_tokens_total 7\n"))
        #expect(text.contains("\nlegato_engine_requests_running 0\n"))
        let figures = MetricsPage(Array(text.utf8)).figures
        #expect(figures.running == 0 && figures.waiting == 0 && figures.preemptions == 0)
        #expect(figures.generationTokens == 7 && figures.keyValueUsePPM == 0)
        #expect(figures.promptTokens ?? 0 > 0)
        #expect(text.contains("engine=\"simulated H200, Llama-3.1-8B, chunked 2048\""))
        await server.close()
    }

    @Test("Answers end by themselves only where that is configured and allowed")
    func naturalLengths() async throws {
        let server = try await TestServer { $0.options.meanAnswerTokens = 3 }
        var lengths: [UInt32] = []
        for _ in 0..<12 {
            let answer = try await server.exchange(
                "POST", "/v1/completions", body: body(tokens: 12))
            lengths.append(answer.result.outputTokens)
            #expect((answer.result.finishReason == .stop) == (answer.result.outputTokens < 12))
        }
        #expect(Set(lengths).count > 2)
        let whole = try await server.exchange(
            "POST", "/v1/completions", body: body(tokens: 12, more: #","ignore_eos":true"#))
        #expect(whole.result.outputTokens == 12 && whole.result.finishReason == .length)
        let least = try await server.exchange(
            "POST", "/v1/completions", body: body(tokens: 12, more: #","min_tokens":11"#))
        #expect(least.result.outputTokens >= 11)
        await server.close()
    }

    @Test("A port that is taken is named")
    func portTaken() async throws {
        let server = try await TestServer()
        let port = server.port
        let error = await #expect(throws: SystemError.self) {
            _ = try await TestServer { $0.port = port }
        }
        #expect(error?.description.contains("127.0.0.1:\(port)") == true)
        await server.close()
    }
}
