import Goodput
import Randomness
import Testing

@testable import Sampling

/// Two systems, by one run each or by several.
@Suite struct SystemComparisonTests {
    private func samples(_ run: DrawnRun) throws -> RunSamples {
        try #require(try RunSamples(of: run.times(), for: try Reader(.default), .open))
    }

    private func run(_ samples: RunSamples?, plan: String = "a", seed: UInt64 = 1) -> ComparedRun {
        ComparedRun(plan: plan, seed: seed, samples: samples)
    }

    @Test func thePlanDecidesWhetherRunsArePaired() throws {
        let (a, b) = (try samples(DrawnRun(seed: 1)), try samples(DrawnRun(seed: 2)))
        let paired = SystemComparison([run(a)], [run(b)])
        #expect(try paired.difference(of: .rate(.throughput), [1], [1]).pairing == .paired)
        let other = SystemComparison([run(a)], [run(b, plan: "b")])
        do throws(SystemComparison.Refusal) {
            let comparison = try other.difference(of: .rate(.throughput), [1], [1])
            #expect(comparison.pairing == .independent)
        } catch {
            guard case .noInterval = error else {
                Issue.record("\(error)")
                return
            }
        }
        #expect(throws: SystemComparison.Refusal.runs) {
            try other.difference(of: .percentile(.ttft), [1], [1])
        }
    }

    @Test func severalRunsAreComparedBySeedWhereTheyShareThem() throws {
        func runs(_ seeds: [UInt64]) -> [ComparedRun] { seeds.map { run(nil, seed: $0) } }
        let bySeed = SystemComparison(runs([1, 2, 3]), runs([1, 2, 3]))
        let (a, b) = ([10.0, 21, 31], [9.0, 20, 30.0])
        let difference = try bySeed.difference(of: .whole, a, b)
        #expect(difference.pairing == .seeds && difference.difference == 1)
        #expect(difference.isShown && difference.low == 1)
        let welch = SystemComparison(runs([1, 2, 3]), runs([4, 5, 6]))
        let apart = try welch.difference(of: .whole, a, b)
        #expect(apart.pairing == .welch && !apart.isShown)
        for (here, there) in [([1, 2], [1, 2]), ([1], [1]), ([1, 2, 3], [1])]
            as [([UInt64], [UInt64])]
        {
            #expect(throws: SystemComparison.Refusal.runs) {
                try SystemComparison(runs(here), runs(there))
                    .difference(of: .rate(.goodput), [1, 2, 3], [1, 2, 3])
            }
        }
    }

    /// A difference of a hundredth of the base is not shown by default, and is without a floor.
    @Test func theFloorIsTheCallers() throws {
        let requests = QueueRun(seed: 3, requests: 400)
        let (fast, slow) = (try requests.samples(tokenMs: 20), try requests.samples(tokenMs: 20.1))
        func shown(_ floor: Double?) throws -> Bool {
            try SystemComparison([run(slow)], [run(fast)], floor: floor)
                .difference(of: .rate(.smoothGoodput), [1], [1]).isShown
        }
        #expect(try shown(0))
        #expect(try !shown(nil))
    }

    @Test func sidesChangePlaces() throws {
        let requests = QueueRun(seed: 4, requests: 300)
        let (a, b) = (try requests.samples(tokenMs: 20), try requests.samples(tokenMs: 24))
        let there = SystemComparison([run(a)], [run(b)])
        let back = SystemComparison([run(b)], [run(a)])
        for figure in RateFigure.allCases {
            let ahead = try there.difference(of: .rate(figure), [1], [1])
            let behind = try back.difference(of: .rate(figure), [1], [1])
            #expect(abs(ahead.difference + behind.difference) < 1e-9)
            #expect(abs(ahead.low + behind.high) < 1e-9)
        }
        #expect(try there.difference(of: .rate(.smoothGoodput), [1], [1]).difference > 0)
    }

    @Test func sentencesSayWhatToDo() {
        #expect(SystemComparison.Refusal.overloaded.sentence(of: "x").contains("repeat 3 times"))
        #expect(SystemComparison.Refusal.runs.sentence(of: "QoE").contains("QoE takes 3 runs"))
    }

    /// The interval of the paired difference of two servers of unlike speed holds the mean
    /// difference over other plans in 95 of 100 runs, about.
    ///
    /// Loads of 0.53 and, in longer runs, 0.83; of runs of 700 requests at 0.83 it is 86.
    @Test(arguments: [(0.25, 700), (0.16, 5_000)])
    func intervalsHoldTheMeanDifference(gap: Double, requests: Int) {
        func comparison(_ seed: UInt64) -> Comparison {
            let plan = QueueRun(seed: seed, requests: requests, gap: gap)
            let length = plan.arrivals.last?.at ?? 1
            return Comparison(
                paired: plan.arrivals.map { $0.at / length }, a: plan.benefits(tokenMs: 22),
                b: plan.benefits(tokenMs: 20), length: length, relaxation: nil, floor: 0)
        }
        let others = (0..<500 as Range<UInt64>).map { comparison(1 << 32 + $0).difference }
        let mean = others.reduce(0, +) / Double(others.count)
        let runs = 300
        let held = (0..<UInt64(runs)).count { seed in
            let comparison = comparison(seed)
            return comparison.low <= mean && mean <= comparison.high
        }
        let share = Double(held) / Double(runs)
        #expect((0.92...0.99).contains(share), "\(share) at \(mean)")
    }
}

/// A plan of Poisson arrivals for one server that serves one request after the other.
private struct QueueRun {
    let arrivals: [(at: Double, tokens: Int)]

    /// - Parameter gap: The mean time between arrivals, s.
    init(seed: UInt64, requests: Int, gap: Double = 0.25) {
        var rng = SplitMix64(seed: seed)
        var at = 0.0
        arrivals = (0..<requests).map { _ in
            at += rng.nextExponential() * gap
            return (at, 2 + Int(rng.next() % 9))
        }
    }

    /// The benefit of each request for a reader of 20 tokens/s, who waits for what lies beyond
    /// 100 ms.
    func benefits(tokenMs: Double) -> [Double] {
        var free = 0.0
        return arrivals.map { arrival in
            let begin = max(free, arrival.at)
            free = begin + Double(arrival.tokens) * tokenMs / 1e3
            let wait = max(0, begin + tokenMs / 1e3 - arrival.at - 0.1)
            return Double(arrival.tokens) - 20 * wait
        }
    }

    /// The run of a server that takes so long for a token, for a reader who waits for none.
    func samples(tokenMs: Double) throws -> RunSamples {
        var free = 0.0
        let requests = arrivals.enumerated().map { id, arrival in
            var at = max(free, arrival.at)
            let tokens = (0..<arrival.tokens).map { _ in
                at += tokenMs / 1e3
                return TokenEvent(time: Int64(at * 1e9), count: 1)
            }
            free = at
            return RequestTimes(
                id: id, scheduled: Int64(arrival.at * 1e9), tokens: tokens,
                finish: Int64(at * 1e9), outcome: .completed)
        }
        var parameters = ScoringParameters.default
        parameters.ttftBudget = 100_000_000
        return try #require(
            try RunSamples(of: requests, for: try Reader(parameters), .open))
    }
}
