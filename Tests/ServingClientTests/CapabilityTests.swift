import EventLoop
import HTTPStream
import JSON
import Testing

@testable import ServingClient

@Suite struct CapabilityTests {
    /// Asks a scripted server; returns the report and the requests that it got.
    private func ask(
        _ scripts: [[ServerAct]], model: String = "m"
    ) async throws -> (Result<CapabilityReport, CapabilityProbeError>, [HTTPRequest]) {
        let loop = try EventLoop(name: "capabilities")
        loop.start()
        let outcome = await withCheckedContinuation { continuation in
            loop.post {
                let server = try! ScriptedServer(loop: loop, scripts: scripts)
                let target = try! Target(parsing: "http://127.0.0.1:\(server.port)")
                var access = TargetAccess()
                try! access.fields.add(apiKey: "k")
                CapabilityProbe.begin(loop: loop, target: target, model: model, access: access) {
                    let result = $0
                    let requests = server.requests
                    server.close()
                    loop.next {
                        withExtendedLifetime(server) {
                            continuation.resume(returning: (result, requests))
                        }
                    }
                }
            }
        }
        loop.shutdown()
        return outcome
    }

    private static func status(_ code: Int, _ body: String = "") -> [ServerAct] {
        [.write("HTTP/1.1 \(code) X\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")]
    }

    private static func stream(_ tokens: Int) -> [ServerAct] {
        [.write(eventStream(tokens: tokens))]
    }

    @Test func eachAnswerIsReadForWhatItSays() async throws {
        let refusal = #"{"error":{"type":"BadRequestError","message":"min_tokens is unknown"}}"#
        let (result, requests) = try await ask([
            Self.status(200, #"{"data":[{"id":"m"}]}"#), Self.status(404), Self.stream(12),
            Self.stream(12), Self.stream(12), Self.stream(3), Self.status(400, refusal),
            Self.stream(12), [.close],
        ])
        let report = try result.get()
        let expected: [(Capability, CapabilityAnswer.Verdict)] = [
            (.models, .works), (.chat, .refused), (.completions, .works), (.includeUsage, .works),
            (.continuousUsage, .ignored), (.ignoreEOS, .ignored), (.minTokens, .refused),
            (.tokenIDPrompts, .works), (.returnTokenIDs, .unknown),
        ]
        #expect(report.answers.map(\.capability) == expected.map(\.0))
        #expect(report.answers.map(\.verdict) == expected.map(\.1))
        #expect(report.answers.allSatisfy { !$0.sentence.isEmpty })
        #expect(report.answers[6].sentence.contains("min_tokens is unknown"))
        #expect(report.answers[5].sentence.hasPrefix("3 of 12 tokens"))
        // After the chat endpoint was refused everything is asked of the other one.
        #expect(requests.dropFirst(2).allSatisfy { $0.path == "/v1/completions" })
        let bodies = try requests.dropFirst().map { try JSONValue(parsing: $0.body) }
        #expect(bodies.allSatisfy { $0["model"] == "m" && $0["max_tokens"] == 12 })
        #expect(bodies[4]["ignore_eos"] == true && bodies[5]["min_tokens"] == 12)
        // Once the server counts by usage, lengths are judged by it.
        #expect(bodies[4]["stream_options"]?["include_usage"] == true)
        #expect(bodies[6]["prompt"]?.array?.count == 8 && bodies[7]["return_token_ids"] == true)
    }

    @Test func withoutAnEndpointTheRestIsUnknown() async throws {
        let (result, requests) = try await ask([Self.status(404)])
        let report = try result.get()
        #expect(report[.chat] == .refused && report[.completions] == .refused)
        #expect(report[.ignoreEOS] == .unknown && report[.tokenIDPrompts] == .unknown)
        #expect(requests.count == 4)
    }

    @Test func aServerWithoutModelsNeedsOneNamed() async throws {
        let (result, _) = try await ask([Self.status(200, "{}")], model: "")
        #expect(throws: CapabilityProbeError.self) { try result.get() }
    }

    @Test func theFirstListedModelIsAsked() async throws {
        let models = Self.status(200, #"{"data":[{"id":"a"},{"id":"b"}]}"#)
        let (result, _) = try await ask([models, Self.stream(12)], model: "")
        let report = try result.get()
        #expect(report.model == "a" && report[.chat] == .works)
    }
}
