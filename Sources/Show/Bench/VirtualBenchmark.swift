import EngineModel
import Goodput
import Randomness

/// Engines in virtual time: tokens that they make in a second of this machine's, alone and with the
/// figures of a reader, and how that grows with their number.
struct VirtualBenchmark {
    private let requestsEach: Int
    private let engines: [Int]
    private let repetitions: Int
    /// Requests a second and engine: some seven tenths of what it serves.
    private static let rateEach = 14.0

    init(_ size: BenchSize) {
        requestsEach = size == .full ? 1_500 : 60
        engines = size == .full ? [1, 8, 64] : [1, 4]
        repetitions = size == .full ? 3 : 1
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        var rows: [BenchRow] = []
        for count in engines {
            let arrivals = arrivals(engines: count)
            var options = EngineOptions()
            options.engines = count
            let run = VirtualRun(options: options)
            let outcome = run(arrivals)
            let tokens = try verified(outcome, arrivals)
            let name = count == 1 ? "1 engine" : "\(count) engines"
            let floor = Stopwatch.leastNs(repetitions) {
                var all: [Int64] = []
                for request in outcome.tokenNs { for ns in request { all.append(ns) } }
                keep(all.count)
            }
            let alone = Stopwatch.leastNs(repetitions) { keep(run(arrivals).load.steps) }
            rows.append(row(name, tokens, alone, floor))
            var failure: ScoringError?
            let scored = Stopwatch.leastNs(repetitions) {
                do throws(ScoringError) {
                    keep(try totals(run(arrivals), arrivals).tokens)
                } catch {
                    failure = error
                }
            }
            if let failure { throw wrong("\(failure)") }
            rows.append(row(name + ", scored", tokens, scored, floor))
        }
        return rows
    }

    private func row(_ name: String, _ tokens: Double, _ ns: Double, _ floor: Double) -> BenchRow {
        BenchRow(
            benchmark: .virtual, name: name, value: tokens / ns * 1e9, unit: "tokens/s",
            floor: tokens / floor * 1e9)
    }

    private func arrivals(engines: Int) -> [VirtualArrival] {
        var random = RandomStream(seed: 3)
        var at = 0.0
        return (0..<requestsEach * engines).map { _ in
            at += random.nextExponential() / (Self.rateEach * Double(engines))
            return VirtualArrival(
                atNs: Int64(at * 1e9),
                promptTokens: 1 + Int(min(4_000, random.nextExponential() * 600)),
                outputTokens: 1 + Int(min(1_500, random.nextExponential() * 180)))
        }
    }

    private func totals(
        _ outcome: VirtualRun.Outcome, _ arrivals: [VirtualArrival]
    ) throws(ScoringError) -> RunTotals {
        let times = arrivals.indices.map { index in
            RequestTimes(
                id: index, scheduled: arrivals[index].atNs,
                tokens: [TokenEvent](at: outcome.tokenNs[index]),
                finish: outcome.finishNs[index])
        }
        return try RunTotals(times, for: try Reader(.default))
    }

    /// The tokens that were made, which are those that were asked for.
    private func verified(
        _ outcome: VirtualRun.Outcome, _ arrivals: [VirtualArrival]
    ) throws(BenchFailure) -> Double {
        for (index, arrival) in arrivals.enumerated() {
            let made = outcome.tokenNs.count(of: index)
            guard made == arrival.outputTokens else {
                throw wrong("request \(index) got \(made) of \(arrival.outputTokens) tokens")
            }
        }
        return Double(outcome.tokenNs.tokenCount)
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .virtual, problem: problem)
    }
}
