import AnswerStream
import EngineModel
import EventLoop
import Testing
import TimeBase
import TokenLog

@testable import EngineServer

@Suite("Tokens held back on purpose")
struct TokenHoldingTests {
    private func body(_ tokens: Int, more: String = "") -> String {
        """
        {"prompt":"a b c","max_tokens":\(tokens),"stream":true,\
        "stream_options":{"include_usage":true}\(more)}
        """
    }

    private func release(_ ready: [Int64], delay: Int64 = 0, first: Int64 = 0) -> [Int64] {
        var holding = TokenHolding()
        holding.outputDelayNs = delay
        holding.firstNs = first
        var release = TokenRelease(holding)
        return ready.map { release.due($0) }
    }

    @Test("A delay keeps tokens apart, a hold keeps all behind the first's")
    func dues() {
        let ready: [Int64] = [10, 20, 30, 90, 95, 200]
        #expect(release(ready) == ready)
        #expect(release(ready, delay: 25) == [10, 35, 60, 90, 115, 200])
        #expect(release(ready, first: 70) == [80, 80, 80, 90, 95, 200])
        #expect(release(ready, delay: 25, first: 70) == [80, 105, 130, 155, 180, 205])
    }

    @Test("An interval joins tokens: the first alone, then N, then the rest; none is lost")
    func interval() async throws {
        let server = try await TestServer { $0.options.holding.streamInterval = 4 }
        // The words are those of a server that holds nothing.
        let plain = try await TestServer()
        let words = try await [server, plain].asyncMap { server in
            let answer = try await server.exchange(
                "POST", "/v1/completions",
                body: #"{"prompt":"a b c","max_tokens":12,"stream":true}"#)
            return answer.text.split(separator: "\"text\":\"").dropFirst()
                .map { String($0.prefix { $0 != "\"" }) }.joined()
        }
        #expect(words[0] == words[1])
        #expect(words[0].split(separator: " ").count == 12)
        await plain.close()
        for more in ["", #","return_token_ids":true"#] {
            let answer = try await server.exchange(
                "POST", "/v1/completions", body: body(12, more: more))
            #expect(answer.result.outcome == .completed)
            #expect(answer.result.outputTokens == 12)
            #expect(answer.tokens.count == 4)
            if !more.isEmpty { #expect(answer.tokens.map(\.count) == [1, 4, 4, 3]) }
        }
        await server.close()
    }

    @Test("Delays hold in real time, and the engine says that it holds")
    func delays() async throws {
        let server = try await TestServer {
            $0.options.holding.outputDelayNs = 20_000_000
            $0.options.holding.firstNs = 100_000_000
        }
        let sent = RawClock.now()
        let answer = try await server.exchange("POST", "/v1/completions", body: body(8))
        let ready = VirtualRun(options: TestServer.quickOptions)([
            VirtualArrival(atNs: 0, promptTokens: 3, outputTokens: 8)
        ]).tokenNs[0]
        for (place, token) in answer.tokens.enumerated() {
            let earliest = ready[0] + 100_000_000 + Int64(place) * 20_000_000
            #expect((token.at - sent).ns >= earliest)
        }
        #expect(answer.tokens.count == 8)
        // Deliveries are punctual by the instants at which tokens may leave.
        #expect(await server.lateness.deliveries == 8)
        let models = try await server.exchange("GET", "/v1/models")
        #expect(models.text.contains("held: output delay 20 ms, hold first 100 ms"))
        await server.close()
    }

    @Test("A client that leaves takes its held tokens along")
    func cancelled() async throws {
        let server = try await TestServer { $0.options.holding.firstNs = 600_000_000_000 }
        let client = try await server.client(
            sending: request("POST", "/v1/completions", body: body(8000)))
        await server.until { $0.generatedTokens > 5 }
        await client.close()
        await server.until { $0.cancelled == 1 }
        #expect(await server.load.usedBlocks == 0)
        await server.close()
    }
}

extension Array {
    fileprivate func asyncMap<Value>(
        _ make: (Element) async throws -> Value
    ) async throws -> [Value] {
        var made: [Value] = []
        for element in self { made.append(try await make(element)) }
        return made
    }
}
