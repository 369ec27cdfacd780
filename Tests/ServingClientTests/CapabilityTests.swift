import EventLoop
import HTTP
import JSON
import LoopRuns
import TargetFixtures
import Testing
import Workload

@testable import ServingClient

@Suite struct CapabilityTests {
    private typealias Found = (
        result: Result<CapabilityReport, PreparationRefusal>, requests: [HTTPRequest]
    )

    private func ask(
        _ rules: FieldRules, _ path: String = "", model: String = "m",
        isEndpointFixed: Bool = false
    ) async throws -> Found {
        let loop = try EventLoop(name: "capabilities")
        let found: Found = await loop.runUntilDone { done in
            let server = try! FieldServer(loop: loop, rules)
            let target = try! Target(parsing: "http://127.0.0.1:\(server.port)\(path)")
            var wishes = TargetWishes()
            wishes.model = model
            wishes.isEndpointFixed = isEndpointFixed
            wishes.outputTokens = 32
            CapabilityProbe.begin(
                loop: loop, target: target, options: RequestOptions(runID: "check", model: ""),
                wishes: wishes, access: TargetAccess(), configuration: ClientConfiguration(),
                progress: { _ in }
            ) { result in
                let requests = server.requests
                server.close()
                loop.next {
                    withExtendedLifetime(server) {
                        done((result, requests))
                    }
                }
            }
        }
        return found
    }

    @Test func eachAnswerIsReadForWhatItSays() async throws {
        let (result, requests) = try await ask(
            FieldRules {
                $0.posts = ["/v1/completions"]
                $0.refused = ["min_tokens"]
            })
        let report = try result.get()
        let expected: [(Capability, CapabilityAnswer.Verdict)] = [
            (.models, .refused), (.chat, .refused), (.completions, .works), (.includeUsage, .works),
            (.continuousUsage, .ignored), (.ignoreEOS, .works), (.minTokens, .refused),
            (.tokenIDPrompts, .works), (.returnTokenIDs, .ignored),
        ]
        #expect(report.answers.map(\.capability) == expected.map(\.0))
        #expect(report.answers.map(\.verdict) == expected.map(\.1))
        #expect(report.answers.allSatisfy { !$0.sentence.isEmpty })
        #expect(report.answers[6].sentence.contains("min_tokens is not permitted"))
        #expect(report.answers[0].name == "GET /v1/models")
        #expect(report.answers[0].sentence.contains("404: no such list"))
        #expect(report.answers[1].name == "POST /v1/chat/completions")
        // The run would take the endpoint that is there.
        #expect(report.endpoint == .completions && report.refusal == nil)
        #expect(report.profiles[.completions]?.postsTo == "/v1/completions")
        let bodies = try requests.filter { $0.method == "POST" }
            .map { try JSONValue(parsing: $0.body) }
        #expect(bodies.allSatisfy { $0["model"] == "m" })
    }

    @Test func whatTheRunIsRefusedWithIsSaidBesideTheTable() async throws {
        let (result, _) = try await ask(
            FieldRules { ($0.posts, $0.otherPost) = ([], 401) })
        let report = try result.get()
        #expect(report[.chat] == .refused && report[.completions] == .refused)
        #expect(report[.ignoreEOS] == .unknown && report[.tokenIDPrompts] == .unknown)
        let refusal = try #require(report.refusal).description
        #expect(refusal.contains("POST /v1/chat/completions") && refusal.contains("401"))
        // The endpoint that is there instead is in the table.
        let (other, _) = try await ask(
            FieldRules { $0.posts = ["/v1/completions"] }, isEndpointFixed: true)
        #expect(try other.get().refusal != nil && other.get()[.completions] == .works)
    }

    @Test func aWholeURLIsAskedForItsOwnEndpointAlone() async throws {
        let (result, requests) = try await ask(
            FieldRules { $0.posts = ["/x/completions?v=1"] }, "/x/completions?v=1")
        let report = try result.get()
        #expect(report[.completions] == .works && report[.chat] == .unknown)
        #expect(report.answers[1].sentence.contains("another endpoint"))
        #expect(Set(requests.map(\.path)) == ["/x/models?v=1", "/x/completions?v=1"])
    }

    @Test func aServerOfLongAnswersIsAskedForThem() async throws {
        let (result, _) = try await ask(FieldRules { $0.leastTokens = 16 })
        let report = try result.get()
        #expect(report[.chat] == .works && report[.ignoreEOS] == .works && report.refusal == nil)
    }

    @Test func aServerWithoutModelsNeedsOneNamed() async throws {
        let (result, _) = try await ask(FieldRules(), model: "")
        let error = #expect(throws: PreparationRefusal.self) { try result.get() }
        #expect(error?.cause == .noModel)
    }

    @Test func theFirstListedModelIsAsked() async throws {
        let rules = FieldRules { $0.lists = ["/v1/models": FieldRules.list("a", "b")] }
        let report = try await ask(rules, model: "").result.get()
        #expect(report.model == "a" && report[.chat] == .works && report[.models] == .works)
    }
}
