import EventLoop
import HTTP
import JSON
import LoopRuns
import Testing
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

/// A server of rules: what it refuses, what it ignores, how it counts.
private struct ServerRules: Sendable {
    var refused: Set<String> = []
    var ignored: Set<String> = []
    var overhead = 10
    var tokensPerWord = 1.0
    var longestPrompt = 100_000
    /// Tokens an event.
    var joined = 1
    var choices = 1
    /// Whether a request with a name that is no UUID gets a bare 400.
    var refusesNames = false
    /// Least tokens of an answer.
    var least = 0
    /// Tokens that it thinks before it says a word.
    var thoughts = 0

    /// Words, or token ids.
    private func size(of body: JSONValue) -> Int {
        if let ids = body["prompt"]?.array { return ids.count }
        let text =
            body["prompt"]?.string ?? body["messages"]?.array?.first?["content"]?.string ?? ""
        return text.split(separator: " ").count
    }

    func answer(_ request: HTTPRequest) -> String {
        if refusesNames, request.headers.first(named: "x-request-id") != nil {
            return "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"
        }
        guard let body = try? JSONValue(parsing: request.body) else {
            return Self.refusal("no JSON")
        }
        for member in body.members ?? [] where refused.contains(member.name) {
            let hint = member.name == "max_tokens" ? "; take max_completion_tokens" : ""
            return Self.refusal("\(member.name) is not a parameter\(hint)")
        }
        if body["prompt"]?.array != nil, refused.contains("ids") { return Self.refusal("no ids") }
        let size = size(of: body)
        let isIDs = body["prompt"]?.array != nil
        let prompt =
            overhead + (isIDs ? size : Int((Double(size) * tokensPerWord).rounded()))
        guard prompt <= longestPrompt else { return Self.refusal("too long") }
        let most = Int(body["max_tokens"]?.int64 ?? body["max_completion_tokens"]?.int64 ?? 99)
        guard most >= least else { return Self.refusal("max_tokens is below \(least)") }
        guard most > thoughts else { return Self.stream(0, 1, nil, everywhere: false, choices: 1) }
        let pins = ["ignore_eos", "min_tokens"].contains {
            body[$0] != nil && !ignored.contains($0)
        }
        let tokens = pins ? most : min(most, 2)
        let usage =
            body["stream_options"] != nil && !ignored.contains("stream_options")
            ? (prompt, tokens) : nil
        let everywhere =
            body["stream_options"]?["continuous_usage_stats"] == true
            && !ignored.contains("continuous_usage_stats")
        return Self.stream(tokens, joined, usage, everywhere: everywhere, choices: choices)
    }

    private static func refusal(_ message: String) -> String {
        let body = #"{"error":{"message":"\#(message)"}}"#
        return "HTTP/1.1 400 Bad Request\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func stream(
        _ tokens: Int, _ joined: Int, _ usage: (Int, Int)?, everywhere: Bool, choices: Int
    ) -> String {
        var text = ""
        for choice in 0..<choices {
            var left = tokens
            while left > 0 {
                let words = String(repeating: " w", count: min(joined, left))
                left -= min(joined, left)
                let so =
                    everywhere
                    ? #","usage":{"prompt_tokens":\#(usage?.0 ?? 0),"#
                        + #""completion_tokens":\#(tokens - left)}"#
                    : ""
                text +=
                    #"data: {"choices":[{"index":\#(choice),"text":"\#(words)"}]\#(so)}"# + "\n\n"
            }
            text +=
                #"data: {"choices":[{"index":\#(choice),"text":"","finish_reason":"length"}]}"#
                + "\n\n"
        }
        if let usage {
            text +=
                #"data: {"choices":[],"usage":{"prompt_tokens":\#(usage.0),"#
                + #""completion_tokens":\#(usage.1)}}"#
                + "\n\n"
        }
        text += "data: [DONE]\n\n"
        return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            + "content-length: \(text.utf8.count)\r\n\r\n\(text)"
    }
}

@Suite struct TargetProbeTests {
    private final class NoSink: StreamSink {
        func requestSent(_ id: UInt32, at instant: LocalInstant) {}
        func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {}
        func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {}
    }

    private typealias Found = (Result<ServerProfile, PreparationRefusal>, [JSONValue])

    private func probe(
        _ rules: ServerRules, _ endpoint: Endpoint = .chat, pinsOutput: Bool = true,
        prompt: PromptForm = .automatic, cuts: Int = 0, planned: UInt32 = 0
    ) async throws -> Found {
        let loop = try EventLoop(name: "profile")
        let found: Found = await loop.runUntilDone { done in
            var left = cuts
            let server = try! ScriptedServer(loop: loop) { request in
                left -= 1
                return left >= 0 ? [.close] : [.write(rules.answer(request))]
            }
            let target = try! Target(parsing: "http://127.0.0.1:\(server.port)")
            let sink = NoSink()
            let client = ServingClient(loop: loop, targets: [target], sink: sink)
            var options = RequestOptions(runID: "r", model: "m")
            options.endpoint = endpoint
            var wishes = TargetWishes()
            wishes.endpoint = endpoint
            wishes.pinsOutput = pinsOutput
            wishes.prompt = prompt
            wishes.outputTokens = planned
            let asked = wishes
            let search = EndpointSearch(target, endpoint, isEndpointFixed: true, listing: nil)
            client.open { _ in
                let questions = TargetQuestions(
                    client, target: 0, asked.limits, progress: { _ in })
                TargetProbe.begin(
                    questions, options: options, wishes: asked, search: search
                ) { result in
                    let bodies = server.requests.compactMap { try? JSONValue(parsing: $0.body) }
                    questions.close()
                    client.close()
                    server.close()
                    loop.next {
                        withExtendedLifetime((server, sink, client)) {
                            done((result, bodies))
                        }
                    }
                }
            }
        }
        return found
    }

    @Test func aServerThatTakesAllIsAskedThreeTimes() async throws {
        let (result, bodies) = try await probe(ServerRules())
        let profile = try result.get()
        #expect(bodies.count == 3)
        #expect(bodies[0]["ignore_eos"] == true && bodies[0]["min_tokens"] == 12)
        #expect(bodies[1]["max_tokens"] == 1 && bodies[2]["max_tokens"] == 1)
        #expect(profile.dialect.ignoresEOS && profile.dialect.setsMinTokens)
        #expect(profile.dialect.namesRequests)
        #expect(profile.dialect.includesUsage && !profile.dialect.continuousUsage)
        #expect(profile.isCalibrated)
        #expect(profile.dialect.calibration == PromptCalibration(overhead: 10, tokensPerWord: 1))
        #expect(profile.remarks.isEmpty)
        #expect(profile.json["accepts"]?["min_tokens"]?["verdict"] == "works")
        #expect(profile.json["calibration"]?["overhead_tokens"] == 10)
    }

    @Test func tokenIDsAreTakenWhereTheyAre() async throws {
        let (result, bodies) = try await probe(ServerRules(overhead: 1), .completions)
        let profile = try result.get()
        #expect(bodies.count == 2)
        #expect(profile.dialect.prompt == .tokenIDs(PromptText.tokenIDs))
        #expect(profile.dialect.calibration == PromptCalibration(overhead: 1, tokensPerWord: 1))
        #expect(profile.json["prompt"] == "tokens")
        let (words, asked) = try await probe(
            ServerRules(refused: ["ids"], tokensPerWord: 1.25), .completions)
        #expect(try words.get().dialect.prompt == .words)
        #expect(try words.get().remarks.count == 1 && asked.count == 4)
        let slope = try words.get().dialect.calibration.tokensPerWord
        #expect((slope - 1.25).magnitude < 0.01)
    }

    @Test func whoInsistsOnTokenIDsIsToldThatThereAreNone() async throws {
        let (result, _) = try await probe(
            ServerRules(refused: ["ids"]), .completions, prompt: .tokens)
        let error = #expect(throws: PreparationRefusal.self) { try result.get() }
        #expect(error?.description.contains("prompt: words") == true)
    }

    @Test func whatIsRefusedIsLeftOutAndNamed() async throws {
        let (result, bodies) = try await probe(
            ServerRules(refused: ["ignore_eos", "min_tokens"]))
        let profile = try result.get()
        #expect(!profile.dialect.pinsOutput && profile.dialect.includesUsage)
        #expect(profile[.ignoreEOS] == .refused && profile[.minTokens] == .refused)
        #expect(profile.remarks.count == 1 && profile.remarks[0].contains("not exact"))
        // Everything, endpoint, usage, two pins, two lengths.
        #expect(bodies.count == 7)
        #expect(bodies.suffix(2).allSatisfy { $0["ignore_eos"] == nil && $0["min_tokens"] == nil })
    }

    @Test func whatIsIgnoredIsSeenWithoutFurtherQuestions() async throws {
        let (result, bodies) = try await probe(
            ServerRules(ignored: ["ignore_eos", "min_tokens", "stream_options"]))
        let profile = try result.get()
        #expect(bodies.count == 1)
        #expect(!profile.dialect.pinsOutput && !profile.dialect.includesUsage)
        #expect(profile.remarks.count == 2 && !profile.isCalibrated)
    }

    @Test func oneOfTwoPinsIsEnough() async throws {
        let (result, _) = try await probe(ServerRules(refused: ["min_tokens"]))
        let profile = try result.get()
        #expect(profile.dialect.ignoresEOS && !profile.dialect.setsMinTokens)
        #expect(profile.remarks.isEmpty)
    }

    @Test func withoutUsageInStreamsLengthsAreNotKnown() async throws {
        let (result, bodies) = try await probe(ServerRules(refused: ["stream_options"]))
        let profile = try result.get()
        #expect(!profile.dialect.includesUsage && profile.dialect.ignoresEOS)
        #expect(bodies.last?["stream_options"] == nil)
        #expect(profile.remarks.count == 1)
    }

    @Test func joinedTokensAskForUsageInEveryEvent() async throws {
        let (result, _) = try await probe(ServerRules(joined: 3))
        #expect(try result.get().dialect.continuousUsage)
        let (deaf, _) = try await probe(
            ServerRules(ignored: ["continuous_usage_stats"], joined: 3))
        let profile = try deaf.get()
        #expect(!profile.dialect.continuousUsage && !profile.dialect.returnsTokenIDs)
        #expect(profile[.continuousUsage] == .ignored && profile[.returnTokenIDs] == .ignored)
    }

    @Test func newModelsTakeTheOtherMember() async throws {
        let (result, bodies) = try await probe(ServerRules(refused: ["max_tokens"]))
        #expect(try result.get().dialect.outputMember == "max_completion_tokens")
        #expect(bodies.last?["max_completion_tokens"] == 1)
    }

    @Test func shortPromptsAreCalibratedByFewerWords() async throws {
        let (result, _) = try await probe(ServerRules(overhead: 4, longestPrompt: 100))
        let profile = try result.get()
        #expect(profile.isCalibrated && profile.dialect.calibration.overhead == 4)
        let (tiny, _) = try await probe(ServerRules(longestPrompt: 30))
        #expect(try !tiny.get().isCalibrated && tiny.get().remarks.count == 1)
    }

    @Test func aRefusedEndpointAndSeveralAnswersEndTheRun() async throws {
        for rules in [ServerRules(refused: ["messages"]), ServerRules(choices: 2)] {
            let (result, _) = try await probe(rules)
            let error = #expect(throws: PreparationRefusal.self) { try result.get() }
            #expect(error?.description.contains("POST /v1/chat/completions") == true)
        }
    }

    @Test func aBrokenConnectionIsNotTheServersAnswer() async throws {
        let (result, bodies) = try await probe(ServerRules(), cuts: 2)
        #expect(try result.get().remarks.isEmpty && bodies.count == 5)
        let (dead, asked) = try await probe(ServerRules(), cuts: 99)
        let error = #expect(throws: PreparationRefusal.self) { try dead.get() }
        #expect(
            error?.description.contains("closed the connection") == true,
            "\(error?.description ?? "")")
        #expect(asked.count == 3)
    }

    @Test func aServerThatRefusesNamesGetsNone() async throws {
        let (result, bodies) = try await probe(ServerRules(refusesNames: true))
        let profile = try result.get()
        #expect(!profile.dialect.namesRequests && profile.dialect.pinsOutput)
        #expect(profile.isCalibrated && bodies.count == 4)
        #expect(profile.remarks.count == 1 && profile.remarks[0].contains("x-request-id"))
        #expect(profile.json["names_requests"] == false)
    }

    /// Least lengths: what the plan asks for decides, and counts prompts too.
    @Test func aServerOfLongAnswersIsAskedForThePlansOwn() async throws {
        let (result, bodies) = try await probe(ServerRules(least: 16), planned: 40)
        let profile = try result.get()
        #expect(profile.dialect.pinsOutput && profile.isCalibrated && profile.remarks.isEmpty)
        #expect(bodies.map { $0["max_tokens"] } == [12, 12, 40, 1, 40, 40])
        #expect(bodies[2]["min_tokens"] == 40 && profile.questionTokens == 40)
        // A plan below it would fail in the run, and fails before.
        let (short, _) = try await probe(ServerRules(least: 16), planned: 6)
        let error = #expect(throws: PreparationRefusal.self) { try short.get() }
        let words = try #require(error).description
        #expect(words.contains("max_tokens is below 16") && words.contains("--no-probe"))
        #expect(words.contains("POST /v1/chat/completions: "), "\(words)")
    }

    @Test func aModelThatThinksIsGivenThePlansOwnLength() async throws {
        let (result, bodies) = try await probe(ServerRules(thoughts: 30), planned: 64)
        #expect(try result.get().dialect.pinsOutput)
        #expect(bodies.prefix(2).map { $0["max_tokens"] } == [12, 64])
    }

    @Test func withoutPinsNothingAsksForThem() async throws {
        let (result, bodies) = try await probe(ServerRules(), pinsOutput: false)
        let profile = try result.get()
        #expect(bodies.allSatisfy { $0["ignore_eos"] == nil && $0["min_tokens"] == nil })
        #expect(!profile.dialect.pinsOutput && profile.remarks.isEmpty)
    }
}
