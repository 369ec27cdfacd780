import EngineModel
import Goodput
import Results
import Sampling
import Testing
import TimeBase
import TokenLog
import VirtualLoad

/// Runs in virtual time against what their parts promise.
@Suite struct VirtualLoadTests {
    private static let second: Int64 = 1_000_000_000

    private static let open = """
        seed: 5
        stages: [{ rate: 6/s, requests: 200 }]
        classes:
          - { name: a, input: "lognormal(median 300, p90 1500, max 4000)", output: 5..200 tokens }
        """

    /// The schedule and the engines together make of open arrivals what the engines make of a list
    /// of them.
    @Test func openArrivalsMeetTheEnginesAlone() throws {
        let load = try VirtualScenario.load(Self.open)
        let requests = try load.requests()
        #expect(requests.count == 200)
        let outcome = VirtualRun(options: EngineOptions())(
            requests.map {
                VirtualArrival(
                    atNs: $0.scheduled.ns, promptTokens: Int($0.askedInput ?? 0),
                    outputTokens: Int($0.askedOutput))
            })
        for (index, request) in requests.enumerated() {
            #expect(request.tokenTimes == outcome.tokenNs[index])
            #expect(request.finish.ns == outcome.finishNs[index])
            #expect(request.sent == request.scheduled && request.waited == 0)
            #expect(request.outcome == .completed && request.notes.finishReason == .length)
        }
    }

    @Test func equalSeedsEqualRequests() throws {
        let runs = try (0..<2).map { _ in
            try VirtualScenario.load(Self.open, agents: 3).requests()
        }
        #expect(runs[0] == runs[1])
        let other = try VirtualScenario.load(
            Self.open.replacing("seed: 5", with: "seed: 6"), agents: 3
        ).requests()
        #expect(runs[0] != other)
        #expect(Set(runs[0].map(\.agent)) == ["local-1", "local-2", "local-3"])
    }

    /// A slot takes its next session when the one before has ended, and never more are in flight.
    @Test func aClosedLoopKeepsItsSlots() throws {
        let load = try VirtualScenario.load(
            """
            seed: 1
            stages: [{ concurrency: 4, duration: 20 s }]
            classes: [{ name: a, input: 100 tokens, output: 20..60 tokens }]
            """)
        let requests = try load.requests().sorted { $0.scheduled < $1.scheduled }
        #expect(requests.count > 100)
        let ends = Set(requests.map(\.finish.ns))
        for request in requests.dropFirst(4) {
            #expect(ends.contains(request.scheduled.ns), "\(request.id)")
        }
        let events = (requests.map { ($0.scheduled.ns, 1) } + requests.map { ($0.finish.ns, -1) })
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        var inFlight = 0
        for event in events {
            inFlight += event.1
            #expect((0...4).contains(inFlight))
        }
        // Those in reserve are counted, and in no file.
        let counts = try #require(load.header.load?.scored)
        #expect(counts.planned == requests.count + counts.notNeeded && counts.notNeeded > 0)
    }

    @Test func aLaterTurnWaitsForTheAnswerAndThinks() throws {
        let requests = try VirtualScenario.load(
            """
            seed: 3
            stages: [{ rate: 2/s, requests: 40 }]
            classes:
              - { name: a, input: 50 tokens, output: 30 tokens, turns: 2..4, think: 3 s }
            """
        ).requests()
        let turns = Dictionary(grouping: requests, by: \.session).mapValues {
            $0.sorted { $0.turn < $1.turn }
        }
        #expect(turns.values.contains { $0.count > 2 })
        for session in turns.values {
            for (before, next) in zip(session, session.dropFirst()) {
                #expect(next.scheduled == before.finish + .seconds(3))
            }
        }
    }

    /// A bound of an open stage: what is due waits, and the wait is the workload's.
    @Test func aBoundMakesRequestsWait() throws {
        let requests = try VirtualScenario.load(
            """
            seed: 3
            stages: [{ rate: 20/s, requests: 100, max concurrency: 3 }]
            classes: [{ name: a, input: 50 tokens, output: 100 tokens }]
            """
        ).requests()
        #expect(requests.contains { $0.waited > Self.second })
        for request in requests {
            #expect(request.sent.map { ($0 - request.scheduled).ns } == request.waited)
            #expect(request.latenessNs == 0)
        }
    }

    /// The drain cuts off what is in flight, and what still waits was never sent.
    @Test func theDrainCuts() throws {
        let load = try VirtualScenario.load(
            """
            seed: 3
            drain: 1 s
            stages: [{ rate: 10/s, duration: 5 s, max concurrency: 2 }]
            classes: [{ name: a, input: 50 tokens, output: 100 tokens }]
            """)
        let requests = try load.requests()
        let cut = requests.filter { $0.error?.kind == .drained }
        let end = 6 * Self.second
        #expect(cut.count { $0.sent != nil } == 2 && cut.contains { $0.sent == nil })
        for request in cut {
            #expect(request.outcome == .unfinished && request.finish.ns == end)
            #expect(request.tokenTimes.allSatisfy { $0 <= end })
        }
        #expect(requests.allSatisfy { $0.finish.ns <= end })
        let summary = try load.summary(of: load)
        #expect(summary.balance.cutByEnd == cut.count)
        #expect(summary.header.load?.scored.planned == requests.count)
    }

    @Test(arguments: ["first token: 2 s", "total: 3 s", "between tokens: 200 ms"])
    func timeLimitsEndRequests(limit: String) throws {
        let requests = try VirtualScenario.load(
            """
            seed: 3
            timeouts: { \(limit) }
            engine: { scheduler: prefill-first }
            stages: [{ rate: 30/s, requests: 300 }]
            classes: [{ name: a, input: 4000 tokens, output: 200 tokens }]
            """
        ).requests()
        let kinds = Set(requests.compactMap { $0.error?.kind })
        let kind: ErrorClass =
            limit.hasPrefix("first")
            ? .firstTokenTimeout : limit.hasPrefix("total") ? .totalTimeout : .betweenTokensTimeout
        #expect(kinds == [kind])
        for request in requests where request.error != nil {
            #expect(request.outcome == .failed)
            let times = request.tokenTimes
            switch kind {
            case .firstTokenTimeout:
                #expect(times.isEmpty)
                #expect((request.finish - request.scheduled).ns == 2 * Self.second)
            case .totalTimeout:
                #expect((request.finish - request.scheduled).ns == 3 * Self.second)
            default:
                #expect(times.last.map { request.finish.ns - $0 } == 200_000_000)
            }
        }
        for request in requests where request.error == nil {
            let gaps = zip(request.tokenTimes.dropFirst(), request.tokenTimes).map(-)
            if kind == .betweenTokensTimeout {
                #expect(gaps.allSatisfy { $0 <= 200_000_000 })
            }
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let requests = try VirtualScenario.load(
            """
            seed: 3
            stages: [{ concurrency: 2, requests: 10 }]
            engine: { max model length: 128 tokens }
            classes: [{ name: a, input: 100..120 tokens, output: 20 tokens }]
            """
        ).requests()
        let refused = requests.filter { $0.error != nil }
        #expect(!refused.isEmpty && refused.count < 10)
        for request in refused {
            #expect(request.outcome == .failed && request.error?.status == 400)
            #expect(request.error?.detail.contains("maximum context length is 128") == true)
            #expect((request.finish - request.scheduled).ns == EngineCore.frontEndNs)
        }
    }

    @Test func anEngineThatGivesUpIsAbandoned() throws {
        let requests = try VirtualScenario.load(
            """
            seed: 3
            engine: { scheduler: prefill-first, abandon: 5/s }
            stages: [{ rate: 12/s, requests: 200 }]
            classes: [{ name: a, input: 3000 tokens, output: 200 tokens }]
            """
        ).requests()
        let given = requests.filter { $0.outcome == .abandoned }
        #expect(given.count > 20 && given.count < 200)
        #expect(given.allSatisfy { $0.notes.finishReason == .abort })
    }

    /// Tokens that are held back leave later, and with the same steps.
    @Test func tokensAreHeldBack() throws {
        let plain = try VirtualScenario.load(Self.open).requests()
        let held = try VirtualScenario.load(
            Self.open + "\nengine: { output delay: 30 ms }"
        ).requests()
        for (a, b) in zip(plain, held) {
            #expect(a.tokenTimes.first == b.tokenTimes.first)
            let gaps = zip(b.tokenTimes.dropFirst(), b.tokenTimes).map(-)
            #expect(gaps.allSatisfy { $0 >= 30_000_000 })
            #expect(zip(a.tokenTimes, b.tokenTimes).allSatisfy(<=))
            #expect(b.finish.ns == b.tokenTimes.last)
        }
    }

    /// Tokens wait for each other: the same tokens at the same ends, in fewer events.
    @Test func eventsWaitForTokens() throws {
        let plain = try VirtualScenario.load(Self.open).requests()
        let held = try VirtualScenario.load(Self.open + "\nengine: { stream interval: 8 }")
        #expect(held.header.simulated?.hasSuffix("held: stream interval 8") == true)
        for (a, b) in zip(plain, try held.requests()) {
            let events = b.tokens ?? []
            #expect(b.tokenCount == a.tokenCount && b.finish == a.finish)
            #expect(
                events.first?.count == 1
                    && events.dropFirst().dropLast().allSatisfy { $0.count == 8 })
            var sent = 0
            for event in events {
                sent += Int(event.count)
                #expect(event.time == a.tokenTimes[sent - 1])
            }
        }
    }

    /// A prefix that all prompts share is found, and their own tokens are not.
    @Test func sharedPrefixesAreFound() throws {
        func firstTokens(_ cache: Bool) throws -> [Int64] {
            try VirtualScenario.load(
                """
                seed: 3
                engine: { prefix cache: \(cache) }
                stages: [{ rate: 1/s, requests: 20 }]
                classes: [{ name: a, input: 40 tokens, output: 5 tokens, prefix: 4000 tokens }]
                """
            ).requests().map { ($0.tokenTimes.first ?? 0) - $0.scheduled.ns }
        }
        let (with, without) = (try firstTokens(true), try firstTokens(false))
        #expect(with[0] == without[0])
        for index in 1..<20 { #expect(with[index] < without[index] / 2) }
    }

    /// Its figures come from the pipeline of every run, and say what they are.
    @Test func itsSummaryIsARuns() throws {
        let load = try VirtualScenario.load(
            """
            seed: 3
            stages: [{ rate: 4/s, duration: 3 min }]
            classes:
              - { name: a, share: 50 %, input: 200 tokens, output: 20..200 tokens }
              - { name: b, share: 50 %, input: 900 tokens, output: 50 tokens }
            """, agents: 2)
        let summary = try load.summary(of: load)
        #expect(summary.header.validity.verdict == .simulated)
        #expect(summary.header.validity.verdict.isUsable)
        #expect(summary.header.simulated == "simulated H100, Llama-3.1-8B, chunked 2048")
        #expect(summary.clock?.smoothGoodput.low == summary.run.totals.smoothGoodput)
        #expect(summary.clock?.smoothGoodput.high == summary.run.totals.smoothGoodput)
        #expect(summary.analyses?.samples?.steady.isSteady == true)
        #expect(summary.agents.count == 2 && summary.classes.count == 2)
        #expect(summary.header.findings.isEmpty, "\(summary.header.findings)")
        #expect(summary.run.lateness?.max == 0)
    }
}
