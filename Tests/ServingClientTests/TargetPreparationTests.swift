import EventLoop
import HTTP
import JSON
import LoopRuns
import TargetFixtures
import Testing
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

@Suite struct TargetPreparationTests {
    private final class NoSink: StreamSink {
        func requestSent(_ id: UInt32, at instant: LocalInstant) {}
        func tokens(_ records: UnsafeBufferPointer<TokenRecord>, seen: LocalInstant) {}
        func requestFinished(_ record: FinishRecord, retryAfter: TimeSpan?) {}
    }

    private struct Found: Sendable {
        var result: Result<PreparedTarget, PreparationRefusal>
        var requests: [HTTPRequest]
        var progress: [String]

        var posts: [HTTPRequest] { requests.filter { $0.method == "POST" } }
        var refusal: String {
            if case .failure(let refusal) = result { "\(refusal)" } else { "" }
        }
    }

    /// Prepares a server of these rules, reached at `path` behind its address.
    ///
    /// - Parameter after: how long the server comes after the preparation began.
    private func prepare(
        _ rules: FieldRules, _ path: String = "", fields: [String] = [],
        after: TimeSpan? = nil, _ change: (inout TargetWishes) -> Void = { $0.model = "m" }
    ) async throws -> Found {
        var wishes = TargetWishes()
        change(&wishes)
        var headers = RequestFields()
        for field in fields { try headers.add(field) }
        let loop = try EventLoop(name: "preparation")
        let (asked, given) = (wishes, headers.fields)
        let found: Found = await loop.runUntilDone { done in
            var server: FieldServer? = try! FieldServer(loop: loop, rules)
            let port = server!.port
            let timer = LoopTimer(loop: loop)
            if let after {
                server!.close()
                server = nil
                timer.start(after: after) {
                    server = try! FieldServer(loop: loop, port: port, rules)
                }
            }
            let sink = NoSink()
            let client = ServingClient(
                loop: loop, targets: [try! Target(parsing: "http://127.0.0.1:\(port)\(path)")],
                probeFields: given, sink: sink)
            var options = RequestOptions(runID: "r", model: "")
            options.extraFields = given
            var progress: [String] = []
            TargetPreparation.begin(
                client: client, target: 0, options: options, wishes: asked,
                progress: { progress.append($0) }
            ) { result in
                let found = Found(
                    result: result, requests: server?.requests ?? [], progress: progress)
                client.close()
                server?.close()
                timer.close()
                loop.next {
                    withExtendedLifetime((server, sink, client)) {
                        done(found)
                    }
                }
            }
        }
        return found
    }

    @Test(arguments: [401, 403, 404, 405, 500, 503] as [UInt16])
    func listsOfModelsAreHints(status: UInt16) async throws {
        let found = try await prepare(FieldRules { $0.otherGet = status })
        let profile = try found.result.get().profile
        #expect(profile.model == "m" && profile.postsTo == "/v1/chat/completions")
        #expect(profile.dialect.pinsOutput && profile.isCalibrated)
        #expect(found.requests.prefix(2).map(\.path) == ["/v1/models", "/models"])
        #expect(found.posts.count == 3)
        // Without a probe nothing but the hints is asked, and they forbid nothing.
        let unasked = try await prepare(FieldRules { $0.otherGet = status }) {
            $0.model = "m"
            $0.probes = false
        }
        #expect(try unasked.result.get().profile.postsTo == "/v1/chat/completions")
        #expect(unasked.posts.isEmpty)
    }

    @Test func theFirstListedModelIsTaken() async throws {
        let rules = FieldRules { $0.lists = ["/v1/models": FieldRules.list("a", "b")] }
        let found = try await prepare(rules) { _ in }
        let prepared = try found.result.get()
        #expect(prepared.profile.model == "a" && prepared.listing == 0)
        #expect(prepared.listed.map(\.description) == ["GET /v1/models: lists a, b"])
        #expect(prepared.sentence == "requests for model a go to POST /v1/chat/completions")
    }

    @Test(arguments: [
        ("/api/v3", "/api/v3/chat/completions"),
        ("/api/v3/chat/completions", "/api/v3/chat/completions"),
        ("/v1beta/openai/", "/v1beta/openai/chat/completions"),
        (
            "/openai/deployments/x/chat/completions?api-version=2024-06-01",
            "/openai/deployments/x/chat/completions?api-version=2024-06-01"
        ),
        ("/invoke?route=7", "/invoke?route=7"), ("", "/chat/completions"),
        ("/gateway", "/gateway/v1/chat/completions"), ("/v1", "/v1/chat/completions"),
    ])
    func thePostDecidesWhereTheEndpointIs(path: String, endpoint: String) async throws {
        let found = try await prepare(FieldRules { $0.posts = [endpoint] }, path)
        let profile = try found.result.get().profile
        #expect(profile.postsTo == endpoint && profile.json["posts_to"] == .string(endpoint))
        #expect(found.posts.last?.path == endpoint)
        // A whole URL is asked at nowhere else.
        if path == endpoint { #expect(found.posts.allSatisfy { $0.path == endpoint }) }
    }

    @Test func withoutProbingAListSaysWhereTheEndpointIs() async throws {
        let found = try await prepare(
            FieldRules { $0.lists = ["/api/models": FieldRules.list("a")] }, "/api"
        ) { $0.probes = false }
        #expect(try found.result.get().profile.dialect.path == "/api/chat/completions")
        #expect(found.posts.isEmpty)
    }

    @Test func whatWasAskedIsNamed() async throws {
        let denied = try await prepare(FieldRules { $0.key = "k" })
        #expect(
            denied.refusal.contains(
                "POST /v1/chat/completions and POST /chat/completions: the server answered 401: "
                    + "Invalid API key"), "\(denied.refusal)")
        #expect(denied.refusal.contains("--api-key-file"))
        let missing = try await prepare(FieldRules { $0.posts = [] }, "/v1")
        #expect(missing.refusal.contains("POST /v1/chat/completions: the server answered 404"))
        #expect(missing.refusal.contains("--no-probe") && missing.refusal.contains("--endpoint"))
        let broken = try await prepare(FieldRules { ($0.posts, $0.otherPost) = ([], 503) }, "/v1")
        #expect(
            broken.refusal.contains("answered 503") && broken.refusal.contains("--ready-timeout"))
        let unknown = try await prepare(FieldRules { $0.models = ["other"] })
        #expect(unknown.refusal.contains("The model `m` does not exist."), "\(unknown.refusal)")
    }

    @Test(
        arguments: [
            (200, "", "an empty answer"), (200, "{}", "without a list"),
            (200, #"{"data":null}"#, "without a list"), (200, #"{"data":[]}"#, "an empty list"),
            (200, #"{"data":[{"name":"x"}]}"#, "none has an `id`"), (401, "no", "answered 401: no"),
            (404, "", "answered 404"),
        ] as [(UInt16, String, String)])
    func aModelIsAskedForAndNeverLeftEmpty(
        status: UInt16, list: String, words: String
    ) async throws {
        let found = try await prepare(
            FieldRules { $0.lists = ["/v1/models": (status, list), "/models": (status, list)] }
        ) { _ in }
        #expect(found.refusal.contains("GET /v1/models and GET /models: "), "\(found.refusal)")
        #expect(found.refusal.contains(words) && found.refusal.contains("--model"))
        #expect(found.posts.isEmpty)
    }

    @Test func theOtherEndpointIsTakenWhereNobodyInsists() async throws {
        let rules = FieldRules { $0.posts = ["/v1/completions"] }
        let found = try await prepare(rules) {
            $0.model = "m"
            $0.isEndpointFixed = false
        }
        let profile = try found.result.get().profile
        #expect(profile.dialect.endpoint == .completions && profile.postsTo == "/v1/completions")
        let insisted = try await prepare(rules)
        #expect(insisted.refusal.contains("--endpoint completions"), "\(insisted.refusal)")
    }

    @Test func everyModelThatRequestsNameIsAskedFor() async throws {
        let rules = FieldRules { $0.models = ["base", "adapter-a"] }
        let found = try await prepare(rules) {
            $0.namedModels = ["base", "adapter-a"]
            $0.namesEveryModel = true
        }
        #expect(try found.result.get().profile.model == "base")
        let models = try found.posts.map { try JSONValue(parsing: $0.body)["model"]?.string }
        #expect(models == ["base", "base", "base", "adapter-a"])
        let stranger = try await prepare(rules) {
            $0.namedModels = ["base", "adapter-b"]
            $0.namesEveryModel = true
        }
        #expect(stranger.refusal.contains("adapter-b"), "\(stranger.refusal)")
    }

    @Test func aModelThatNobodyAsksForNeedNotWork() async throws {
        let found = try await prepare(FieldRules { $0.models = ["adapter-a"] }) {
            $0.model = "base"
            $0.namedModels = ["adapter-a"]
            $0.namesEveryModel = true
        }
        #expect(try found.result.get().profile.model == "adapter-a")
    }

    @Test(
        arguments: [
            (0, .reset, true), (0, .closedEarly, true), (0, .connect, true), (502, nil, true),
            (503, .httpStatus, true), (504, nil, true), (0, .firstTokenTimeout, false),
            (0, .malformed, false), (500, .httpStatus, false), (200, .closedEarly, false),
        ] as [(UInt16, ErrorClass?, Bool)])
    func aServerThatLoadsAnswersSo(status: UInt16, error: ErrorClass?, isLoading: Bool) {
        let asked = AskedRequest(.post, "/", status: status, error: error, words: "")
        #expect(asked.isOfLoading == isLoading)
    }

    @Test func aHostIsSentWithEveryRequest() async throws {
        let rules = FieldRules {
            $0.host = "models.internal"
            $0.lists = ["/v1/models": FieldRules.list("a")]
        }
        let found = try await prepare(rules, fields: ["Host: models.internal"]) { _ in }
        #expect(try found.result.get().profile.model == "a")
        let hosts = found.requests.flatMap { $0.headers.filter { $0.name == "host" }.map(\.value) }
        #expect(hosts == found.requests.map { _ in "models.internal" })
        #expect(try await prepare(rules).refusal.contains("no route for 127.0.0.1"))
    }

    @Test(arguments: [503, 502, 404] as [UInt16])
    func aServerThatLoadsIsWaitedFor(status: UInt16) async throws {
        let rules = FieldRules {
            $0.loadingStatus = status
            $0.loadingRequests = 7
        }
        let found = try await prepare(rules) {
            $0.model = "m"
            $0.readyTimeout = .seconds(60)
        }
        #expect(try found.result.get().profile.dialect.pinsOutput)
        #expect(found.progress.count == 2, "\(found.progress)")
        #expect(found.progress.first?.contains("0 s of 60 s") == true)
        #expect(found.progress.first?.contains("Loading model") == true)
        #expect(found.progress.last?.contains("is ready after") == true)
    }

    @Test func aServerThatComesLaterIsWaitedFor() async throws {
        let found = try await prepare(FieldRules(), after: .milliseconds(200)) {
            $0.model = "m"
            $0.readyTimeout = .seconds(60)
        }
        #expect(try found.result.get().profile.model == "m" && found.progress.count == 2)
    }

    @Test func waitingEndsAndIsOfferedWhereItMayHelp() async throws {
        let rules = FieldRules { $0.loadingRequests = .max }
        let found = try await prepare(rules) {
            $0.model = "m"
            $0.readyTimeout = .milliseconds(1)
        }
        #expect(found.refusal.hasPrefix("not ready within"), "\(found.refusal)")
        let nobody = try await prepare(FieldRules(), after: .seconds(3_600))
        #expect(nobody.refusal.contains("--ready-timeout") && nobody.requests.isEmpty)
        // A key that is wrong stays wrong.
        let denied = try await prepare(FieldRules { $0.key = "k" }) {
            $0.model = "m"
            $0.readyTimeout = .seconds(3_600)
        }
        #expect(denied.progress.isEmpty && denied.refusal.contains("401"))
    }
}
