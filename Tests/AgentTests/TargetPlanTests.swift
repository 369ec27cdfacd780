import ServingClient
import Testing
import TimeBase
import Wire
import Workload

@testable import Agent

@Suite struct TargetPlanTests {
    private func request(
        _ index: UInt32, session: UInt32? = nil, model: UInt16? = nil, output: UInt32 = 5
    ) -> PlannedRequest {
        PlannedRequest(
            index: index, phase: .scored, stage: 0, classIndex: 0, session: session ?? index,
            turn: 0, scheduledNs: 0, thinkNs: 0, inputTokens: 1, outputTokens: output,
            prompt: [PromptSegment(seed: 1, tokens: 1)], modelIndex: model)
    }

    private func plan(
        _ urls: [String], servers: [(String, String)] = [], model: String = "",
        models: [String] = [], requests: [PlannedRequest] = [],
        _ change: (inout RunConfiguration) -> Void = { _ in }
    ) throws -> TargetPlan {
        var configuration = RunConfiguration(
            endpoint: .chat, isEndpointFixed: false, model: model,
            servers: servers.map { TargetFacts(url: $0.0, model: $0.1) }, models: models,
            stages: [], classNames: ["a"], timeouts: RequestTimeouts(), drainNs: 0, graceNs: 0,
            requests: UInt32(requests.count), seed: 1)
        change(&configuration)
        return try TargetPlan(
            configuration, requests: requests,
            targets: urls.map { url throws(TargetError) in try Target(parsing: url) },
            runID: "r", fields: [])
    }

    /// The URLs and models of the targets.
    private func names(_ plan: TargetPlan) -> [String] {
        plan.entries.map { "\($0.target) \($0.wishes.model)" }
    }

    private func targetIndices(of requests: [PlannedRequest], _ plan: TargetPlan) -> [Int] {
        var sessions = plan.sessions
        return requests.map { sessions.targetIndex(of: $0) }
    }

    @Test func questionsHaveTheRequestsTimeOrTheLoadingServers() throws {
        func limits(_ change: (inout RunConfiguration) -> Void) throws -> QuestionLimits {
            var readyNs: Int64 = 0
            let limits = try plan(["http://h:1"]) {
                change(&$0)
                readyNs = $0.readyNs
            }.entries[0].wishes.limits
            // The agent, which knows the server, gives up first.
            #expect(readyNs > limits.all.ns)
            return limits
        }
        #expect(try limits { _ in } == QuestionLimits())
        let short = try limits { $0.timeouts.firstTokenNs = 2_000_000_000 }
        #expect(short.firstToken == .seconds(2) && short.all == .seconds(124))
        let loading = try limits { $0.readyTimeoutNs = 600_000_000_000 }
        #expect(loading.firstToken == .seconds(600) && loading.all == .seconds(1_320))
        let endless = try limits { $0.readyTimeoutNs = .max }
        #expect(endless.all > .seconds(365 * 86_400))
        #expect(
            try plan(["http://h:1"]) { $0.timeouts.connectNs = 7 }.client.timeouts.connect.ns == 7)
    }

    @Test func aTargetIsAURLAndAModel() throws {
        let both = [("http://h:1", "a"), ("http://h:1/v1", "b")]
        let expected = ["http://h:1 a", "http://h:1 b"]
        // However often the agent was given the URL.
        #expect(try names(plan(["http://h:1"], servers: both)) == expected)
        #expect(try names(plan(["http://h:1", "http://h:1"], servers: both)) == expected)
        #expect(
            try names(plan(["http://h:1", "http://h:2"], servers: both, model: "m"))
                == expected + ["http://h:2 m"])
        // A server without a model of its own takes the run's.
        #expect(
            try names(
                plan(
                    ["http://h:1"], servers: [("http://h:1", ""), ("http://h:1", "b")], model: "m"))
                == ["http://h:1 m", "http://h:1 b"])
        #expect(try names(plan(["http://h:1", "http://h:1"])) == ["http://h:1 ", "http://h:1 "])
    }

    @Test func sessionsGoRoundTheTargetsAndStay() throws {
        // Every second session of a plan: with its number alone all would go to one target.
        let requests = [0, 2, 2, 4, 6, 0].enumerated().map {
            request(UInt32($0.offset), session: $0.element)
        }
        #expect(
            try targetIndices(of: requests, plan(["http://h:1", "http://h:2"], requests: requests))
                == [0, 1, 1, 0, 1, 0])
    }

    @Test func aLaterRoundGoesWhereThePlanWent() throws {
        let requests = (0..<3).map { request($0) }
        let rounds = PlanRounds(requests: 3, sessions: 3)
        let plan = try plan(["http://h:1", "http://h:2"], requests: requests) {
            $0.rounds = rounds
        }
        let again = requests.reversed().map { rounds.request($0, round: 5) }
        #expect(targetIndices(of: again, plan) == [0, 1, 0])
    }

    @Test func aSessionThatNamesAModelGoesToItsTargets() throws {
        let servers = [("http://h:1", "a"), ("http://h:2", "b"), ("http://h:3", "a")]
        let requests = [0, 1, 0, 2, nil, 0, 2].enumerated().map {
            request(UInt32($0.offset), model: $0.element)
        }
        let plan = try plan(
            servers.map(\.0), servers: servers, models: ["a", "b", "c"], requests: requests)
        // Sessions of a model that no target has go to all targets.
        #expect(targetIndices(of: requests, plan) == [0, 1, 2, 0, 0, 0, 1])
        #expect(plan.entries.map(\.wishes.namedModels) == [["a", "c"], ["b", "c"], ["a"]])
        #expect(plan.entries.map(\.wishes.namesEveryModel) == [false, true, true])
    }

    @Test func thePlansOwnLengthIsItsMiddleOne() throws {
        let requests = [1, 900, 40].enumerated().map {
            request(UInt32($0.offset), output: $0.element)
        }
        let plan = try plan(["http://h:1"], requests: requests) {
            $0.readyTimeoutNs = 5
            $0.probes = false
        }
        #expect(plan.entries[0].wishes.outputTokens == 40)
        #expect(plan.entries[0].wishes.readyTimeout == TimeSpan(ns: 5))
        #expect(!plan.entries[0].wishes.probes)
    }

    @Test func whatContradictsItselfIsSaidBeforeAnythingIsSent() throws {
        let whole = "http://h:1/v1/completions"
        #expect(try plan([whole]).entries.count == 1)
        let error = #expect(throws: PreparationFailure.self) {
            try plan([whole]) { $0.isEndpointFixed = true }
        }
        #expect(error?.reason.contains("--endpoint completions") == true)
        #expect(throws: PreparationFailure.self) {
            try plan(["http://h:1"], models: ["a"], requests: [request(0, model: 1)])
        }
        #expect(throws: PreparationFailure.self) {
            try plan(["http://h:1"]) { $0.extraJSON = #"{"stream":false}"# }
        }
        #expect(throws: PreparationFailure.self) {
            try plan((1...300).map { "http://h:\($0)" })
        }
    }
}
