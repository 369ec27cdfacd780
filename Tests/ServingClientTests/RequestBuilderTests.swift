import HTTP
import JSON
import Testing
import Workload

@testable import ServingClient

@Suite struct RequestBuilderTests {
    private let planned = PlannedRequest(
        index: 12, phase: .scored, stage: 0, classIndex: 0, session: 0, turn: 0, scheduledNs: 0,
        thinkNs: 0, inputTokens: 5, outputTokens: 40,
        prompt: [PromptSegment(seed: 1, tokens: 2), PromptSegment(seed: 2, tokens: 3)])

    private func request(
        _ url: String = "http://node:8000/api", _ change: (inout RequestOptions) -> Void = { _ in }
    ) throws -> (HTTPRequest, body: JSONValue, PreparedRequest) {
        var options = RequestOptions(runID: "run9", model: "m\"x")
        change(&options)
        let builder = try RequestBuilder(targets: [try Target(parsing: url)], options: options)
        let prepared = builder.prepare(planned, target: 0)
        var parser = HTTPRequestParser()
        let event = try prepared.bytes.withUnsafeBytes { bytes in
            var input = bytes
            let event = try parser.next(&input)
            #expect(input.isEmpty)
            return event
        }
        guard case .request(let request) = event else { throw HTTPError(.malformed, "no request") }
        return (request, try JSONValue(parsing: request.body), prepared)
    }

    @Test func aChatRequestSaysAllThatTheRunNeeds() throws {
        let (request, body, prepared) = try request()
        #expect(request.method == "POST" && request.path == "/api/v1/chat/completions")
        #expect(request.headers.first(named: "host") == "node:8000")
        #expect(request.headers.first(named: "x-request-id") == "run9-12")
        #expect(request.headers.first(named: "accept") == "text/event-stream")
        #expect(request.headers.first(named: "accept-encoding") == nil)
        #expect(body["model"] == "m\"x" && body["stream"] == true)
        #expect(body["stream_options"] == ["include_usage": true])
        #expect(body["max_tokens"] == 40 && body["min_tokens"] == 40 && body["ignore_eos"] == true)
        let content = try #require(body["messages"]?.array?.first?["content"]?.string)
        #expect(content.split(separator: " ").count == 5)
        #expect(Array(content.utf8) == Array(prepared.bytes[prepared.prompt]))
    }

    @Test func completionsTakeTokenIDs() throws {
        let (request, body, _) = try request("http://[::1]:80") {
            $0.endpoint = .completions
            $0.dialect.prompt = .tokenIDs(10..<20)
            $0.dialect.ignoresEOS = false
            $0.dialect.setsMinTokens = false
            $0.dialect.continuousUsage = true
            $0.dialect.returnsTokenIDs = true
            $0.apiKey = "k"
            $0.extraMembers = [JSONMember("temperature", 0.5)]
            $0.extraFields = [HTTPField(name: "x-team", value: "a")]
        }
        #expect(request.path == "/v1/completions")
        #expect(request.headers.first(named: "host") == "[::1]")
        #expect(request.headers.first(named: "authorization") == "Bearer k")
        #expect(request.headers.first(named: "x-team") == "a")
        let ids = try #require(body["prompt"]?.array)
        #expect(ids.count == 5 && ids.allSatisfy { (10..<20).contains($0.int64 ?? 0) })
        #expect(body["min_tokens"] == nil && body["ignore_eos"] == nil)
        #expect(body["temperature"] == 0.5 && body["return_token_ids"] == true)
        #expect(body["stream_options"]?["continuous_usage_stats"] == true)
    }

    @Test func eachTargetIsWrittenToInItsOwnDialect() throws {
        let targets = [try Target(parsing: "http://a:1"), try Target(parsing: "http://b:1")]
        var plain = RequestDialect.unasked(prompt: .words, pinsOutput: false)
        plain.model = "other"
        plain.includesUsage = false
        plain.outputMember = "max_completion_tokens"
        plain.calibration = PromptCalibration(overhead: 3, tokensPerWord: 1)
        let builder = try RequestBuilder(
            targets: targets, options: RequestOptions(runID: "r", model: "m"),
            dialects: [RequestDialect(), plain])
        func body(_ target: Int) throws -> JSONValue {
            let bytes = builder.prepare(planned, target: target).bytes
            let text = String(decoding: bytes, as: UTF8.self)
            return try JSONValue(
                parsing: String(text[text.firstRange(of: "\r\n\r\n")!.upperBound...]))
        }
        func words(_ body: JSONValue) -> Int? {
            body["messages"]?.array?.first?["content"]?.string?.split(separator: " ").count
        }
        let (first, second) = (try body(0), try body(1))
        #expect(first["model"] == "m" && first["ignore_eos"] == true && words(first) == 5)
        #expect(second["model"] == "other" && words(second) == 2)
        #expect(second["stream_options"] == nil && second["min_tokens"] == nil)
        #expect(second["max_tokens"] == nil && second["max_completion_tokens"] == 40)
    }

    @Test func aHostOfTheUsersGoesBeforeTheTargets() throws {
        let (request, _, _) = try request {
            $0.extraFields = [
                HTTPField(name: "host", value: "models.internal"), HTTPField(name: "x", value: "a"),
            ]
        }
        #expect(request.headers.filter { $0.name == "host" }.map(\.value) == ["models.internal"])
        #expect(request.headers.first(named: "x") == "a")
    }

    @Test func aRequestMayNameItsModelAndATargetItsPlace() throws {
        let target = try Target(parsing: "http://a:1")
        var dialect = RequestDialect.unasked(prompt: .words, pinsOutput: false)
        (dialect.endpoint, dialect.path) = (.completions, "/x/completions?v=1")
        let builder = try RequestBuilder(
            targets: [target], options: RequestOptions(runID: "r", model: "own"),
            dialects: [dialect], models: ["base", "adapter-a"])
        var models: [JSONValue?] = []
        for index in [nil, 0, 1] as [UInt16?] {
            var request = planned
            request.modelIndex = index
            let text = String(
                decoding: builder.prepare(request, target: 0).bytes, as: UTF8.self)
            #expect(text.hasPrefix("POST /x/completions?v=1 HTTP/1.1\r\n"))
            let body = try JSONValue(
                parsing: String(text[text.firstRange(of: "\r\n\r\n")!.upperBound...]))
            #expect(body["prompt"]?.string != nil && body["messages"] == nil)
            models.append(body["model"])
        }
        #expect(models == ["own", "base", "adapter-a"])
    }

    @Test func givenPromptsAreSentAsTheyAre() throws {
        let target = try Target(parsing: "http://h:1")
        let given = #""messages":[{"role":"user","content":"caf\u00e9"}],"top_p":0.5"#
        let builder = try RequestBuilder(
            targets: [target], options: RequestOptions(runID: "r", model: "m"),
            texts: [4: Array(given.utf8.prefix(20)), 9: Array(given.utf8.dropFirst(20))])
        var request = planned
        request.usesTexts = true
        request.prompt = [PromptSegment(seed: 4, tokens: 5), PromptSegment(seed: 9, tokens: 0)]
        let prepared = builder.prepare(request, target: 0)
        let text = String(decoding: prepared.bytes, as: UTF8.self)
        let body = try JSONValue(
            parsing: String(text[text.firstRange(of: "\r\n\r\n")!.upperBound...]))
        #expect(body["messages"] == [["role": "user", "content": "café"]])
        #expect(body["top_p"] == 0.5 && body["max_tokens"] == 40 && body["min_tokens"] == 40)
        #expect(Array(given.utf8) == Array(prepared.bytes[prepared.prompt]))
    }

    @Test func whatTheBenchmarkSetsItselfIsRefused() {
        let changes: [(inout RequestOptions) -> Void] = [
            { $0.dialect.prompt = .tokenIDs(1..<2) },
            { $0.extraMembers = [JSONMember("stream", false)] },
            { $0.extraMembers = [JSONMember("n", 2)] },
            { $0.extraMembers = [JSONMember("best_of", 3)] },
            { $0.extraFields = [HTTPField(name: "Accept", value: "x")] },
            { $0.extraFields = [HTTPField(name: "x", value: "a\r\nb: c")] },
            { $0.extraFields = [HTTPField(name: "x y", value: "a")] },
            { $0.apiKey = "a\nb" }, { $0.runID = "a\r\nb" }, { $0.dialect.outputMember = "n" },
        ]
        for (number, change) in changes.enumerated() {
            #expect(throws: RequestOptionsError.self, "change \(number)") {
                _ = try request("http://h:1", change)
            }
        }
    }
}
