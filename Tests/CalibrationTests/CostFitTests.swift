import EngineModel
import Goodput
import Randomness
import Results
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Calibration

/// Requests as an engine of known costs answers them.
enum KnownEngine {
    static var options: EngineOptions {
        var options = EngineOptions()
        options.maxSequences = 64
        var costs = StepCosts()
        costs.stepNs = 4e6
        costs.sequenceNs = 40_000
        costs.weightsNs = 21e6
        costs.tokenNs = 160_000
        costs.contextNs = 300
        costs.attentionNs = 13
        costs.frontEndNs = 3e6
        options.costs = costs
        return options
    }

    static func arrivals(_ count: Int, rate: Double, seed: UInt64) -> [VirtualArrival] {
        var random = RandomStream(seed: seed)
        var at = 0.0
        return (0..<count).map { _ in
            at += random.nextExponential() / rate
            return VirtualArrival(
                atNs: Int64(at * 1e9),
                promptTokens: 1 + Int(min(3_000, random.nextExponential() * 300)),
                outputTokens: 1 + Int(min(300, random.nextExponential() * 60)))
        }
    }

    /// - Parameter jitterNs: The most that the network adds to a token, ns.
    static func requests(
        _ count: Int, rate: Double, seed: UInt64, jitterNs: Int64 = 0
    ) -> [MeasuredRequest] {
        let arrivals = arrivals(count, rate: rate, seed: seed)
        var random = SplitMix64(seed: seed)
        return zip(arrivals, VirtualRun(options: options)(arrivals).tokenNs).enumerated().map {
            index, each in
            let (arrival, times) = each
            var last: Int64 = 0
            let tokens = times.map { time in
                last = max(last, time + Int64.random(in: 0...jitterNs, using: &random))
                return TokenEvent(time: last)
            }
            return request(index, sent: arrival.atNs, arrival.promptTokens, tokens)
        }
    }

    static func request(
        _ index: Int, sent: Int64?, _ prompt: Int, _ tokens: [TokenEvent], target: String = "a"
    ) -> MeasuredRequest {
        MeasuredRequest(
            id: UInt32(index), agent: "node", target: target, model: "m", className: "chat",
            phase: .scored, session: UInt32(index), turn: 0,
            scheduled: ClusterInstant(ns: sent ?? 0), sent: sent.map { ClusterInstant(ns: $0) },
            tokens: tokens, finish: ClusterInstant(ns: tokens.last?.time ?? sent ?? 0),
            firstAnswer: nil, outcome: .completed, error: nil, stampSource: nil,
            askedInput: UInt32(prompt), promptTokens: nil, askedOutput: UInt32(tokens.count),
            outputTokens: UInt32(tokens.count))
    }
}

@Suite struct CostFitTests {
    /// Costs that were found at two loads tell a third one.
    @Test func aKnownEngineIsFound() {
        let servings = [(30, 0.5, 1), (90, 3.0, 2)].flatMap { count, rate, seed in
            MeasuredServing.servings(
                of: KnownEngine.requests(
                    count, rate: rate, seed: UInt64(seed), jitterNs: 300_000))
        }
        var told = EngineOptions()
        told.maxSequences = 64
        var found = told
        found.costs = CostFit(told, servings).found().costs
        let arrivals = KnownEngine.arrivals(100, rate: 2, seed: 3)
        let truth = VirtualRun(options: KnownEngine.options)(arrivals).tokenNs
        let guess = VirtualRun(options: found)(arrivals).tokenNs
        var errors: [Double] = []
        for (index, arrival) in arrivals.enumerated() {
            let (a, b) = (truth[index], guess[index])
            errors.append(abs(Double(b[0] - arrival.atNs) / Double(a[0] - arrival.atNs) - 1))
            if a.count > 1 {
                errors.append(abs(Double(b.last! - b[0]) / Double(a.last! - a[0]) - 1))
            }
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(mean < 0.04, "\(mean), \(String(describing: found.costs))")
    }

    @Test func equalServingsGiveEqualCosts() {
        let servings = MeasuredServing.servings(of: KnownEngine.requests(20, rate: 2, seed: 9))
        var options = EngineOptions()
        options.maxSequences = 64
        let first = CostFit(options, servings).found()
        #expect(first.costs == CostFit(options, servings).found().costs)
        #expect(first.spread.count == 8 && first.spread.values.allSatisfy { $0 > 0 })
    }
}

@Suite struct ObservedStepsTests {
    /// Two streams in step, a third that joins, and a request that met an idle server.
    @Test func stepsAreSeenByTheTokensThatComeTogether() {
        func at(_ times: [Int64]) -> [TokenEvent] { times.map { TokenEvent(time: $0) } }
        let requests = [
            KnownEngine.request(0, sent: 0, 100, at([50, 80, 110, 150, 180])),
            KnownEngine.request(1, sent: 20, 200, at([81, 111, 150])),
            KnownEngine.request(2, sent: 100, 40, at([150, 181, 210])),
            KnownEngine.request(3, sent: 300, 5_000, at([390, 420])),
        ]
        let seen = ObservedSteps(MeasuredServing.servings(of: requests)[0], budget: 2_048)
        // The second prompt ran from 50 to 80; the third from 111 to 150, after one step in which
        // it may have had a part; the last one had the server to itself.
        #expect(seen.steps.map(\.ns) == [30, 30, 40, 30, 30, 30])
        let second = seen.steps[0].shape
        #expect(second.decodes == 1 && second.decodeContext == 101)
        #expect(second.chunks == [.init(new: 200, cached: 0)])
        #expect(seen.steps[1].shape.decodes == 2 && seen.steps[1].shape.decodeContext == 303)
        #expect(seen.steps[2].shape.chunks == [.init(new: 40, cached: 0)])
        #expect(seen.firsts.map(\.ns) == [50, 90])
        #expect(seen.firsts[1].shapes.map(\.newTokens) == [2_048, 2_048, 904])
    }
}

@Suite struct MeasuredServingTests {
    @Test func eachServerIsByItselfAndRequestsWithoutTokensAreNone() {
        let requests = [
            KnownEngine.request(0, sent: 500, 10, [TokenEvent(time: 700)], target: "b"),
            KnownEngine.request(1, sent: 900, 20, [], target: "a"),
            KnownEngine.request(2, sent: nil, 20, [TokenEvent(time: 1)], target: "a"),
            KnownEngine.request(
                3, sent: 1_000, 30,
                [TokenEvent(time: 1_200, count: 2), TokenEvent(time: 1_600, count: 4)],
                target: "a"),
            KnownEngine.request(4, sent: 400, 10, [TokenEvent(time: 450, count: 3)], target: "b"),
        ]
        let servings = MeasuredServing.servings(of: requests)
        #expect(servings.map(\.originNs) == [400, 1_000])
        #expect(servings[0].requests.map(\.position) == [4, 0])
        #expect(servings[0].requests.map(\.arrival.atNs) == [0, 100])
        // All tokens at once, or one alone, have no gap.
        #expect(servings[0].requests.allSatisfy { $0.gapNs == nil && $0.counts })
        let only = servings[1].requests[0]
        #expect(only.ttftNs == 200 && only.gapNs == 100)
        #expect(only.arrival.promptTokens == 30 && only.arrival.outputTokens == 6)
    }

    /// Agents of one host that name one address mean one server.
    @Test func agentsOfAHostShareItsServers() {
        func requests(_ target: String) -> [MeasuredRequest] {
            ["one", "two", "far"].enumerated().map { index, agent in
                var request = KnownEngine.request(
                    index, sent: 100, 10, [TokenEvent(time: 200)], target: target)
                request.agent = agent
                return request
            }
        }
        let hosts = ["one": "a", "two": "a", "far": "b"]
        for (target, count) in [
            ("http://127.0.0.1:8000", 2), ("http://localhost:8000", 2), ("http://gpu:8000", 1),
        ] {
            let servings = MeasuredServing.servings(of: requests(target), hosts: hosts)
            #expect(servings.count == count, "\(target)")
        }
    }

    /// Accepted proposals come at one instant, and hide the steps.
    @Test func tokensThatComeTogetherAreSeen() {
        let steps = (0..<40).flatMap { step in
            (0..<3).map { TokenEvent(time: Int64(step) * 10_000_000 + Int64($0) * 20_000) }
        }
        let request = KnownEngine.request(0, sent: 0, 10, steps)
        #expect(MeasuredServing.servings(of: [request])[0].joinedShare > 0.6)
        let plain = KnownEngine.requests(30, rate: 2, seed: 5, jitterNs: 300_000)
        #expect(MeasuredServing.servings(of: plain)[0].joinedShare < 0.02)
        #expect(MeasuredServing.servings(of: plain)[0].mostAtOnce > 1)
    }

    @Test func warmUpIsReplayedAndDoesNotCount() {
        var requests = KnownEngine.requests(2, rate: 1, seed: 1)
        requests[0].phase = .warmup
        requests[1].outcome = .failed
        let serving = MeasuredServing.servings(of: requests)[0]
        #expect(serving.requests.count == 2 && !serving.requests.contains { $0.counts })
        requests[1].promptTokens = 77
        #expect(
            MeasuredServing.servings(of: requests)[0].requests.map(\.arrival.promptTokens)
                .contains(77), "the server's count goes before what was asked for")
    }
}
