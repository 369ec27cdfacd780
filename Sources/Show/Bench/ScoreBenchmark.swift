import Goodput
import Randomness

/// Scoring a whole run: benefits, latencies, exact percentiles over every gap.
struct ScoreBenchmark {
    private let requests: Int
    let repetitions: Int
    static let tokensEach = 200

    init(_ size: BenchSize) {
        requests = size == .full ? 10_000 : 200
        repetitions = size == .full ? 5 : 1
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let run = makeRun()
        let count = Double(requests * Self.tokensEach)
        var rows: [BenchRow] = []
        let floor = Stopwatch.leastNs(repetitions) { keep(Self.plainSum(run)) }
        for preset in [Preset.default, .robust] {
            var scored: Result<Scoring, ScoringError>?
            let spent = Stopwatch.leastNs(repetitions) {
                scored = Result { () throws(ScoringError) in
                    try Scoring(run, for: Reader(preset.parameters))
                }
            }
            switch scored {
            case .success(let scoring): try verify(scoring, run, preset)
            case .failure(let error): throw wrong("\(error)")
            case nil: throw wrong("nothing was scored")
            }
            rows.append(
                BenchRow(
                    benchmark: .score, name: "\(requests) requests, \(preset.rawValue)",
                    value: count / spent * 1e9, unit: "tokens/s", floor: count / floor * 1e9))
        }
        rows.append(try summaryRow(run, floor: floor))
        rows += try lossRows(run, floor: floor)
        rows.append(try linesRow(run))
        rows.append(try gamingRow(run, floor: floor))
        rows.append(try samplingRow(run, floor: floor))
        rows += try toolRows(run, floor: floor)
        return rows
    }

    /// Poisson-like arrivals; tokens near the reader's own pace, so that some readers wait.
    private func makeRun() -> [RequestTimes] {
        var generator = SplitMix64(seed: 11)
        var scheduled: Int64 = 1_000_000_000_000
        return (0..<requests).map { id in
            scheduled += Int64.random(in: 0...20_000_000, using: &generator)
            var at = scheduled + Int64.random(in: 50_000_000...1_500_000_000, using: &generator)
            let tokens = (0..<Self.tokensEach).map { _ in
                at += Int64.random(in: 10_000_000...90_000_000, using: &generator)
                return TokenEvent(time: at)
            }
            return RequestTimes(
                id: id, scheduled: scheduled, tokens: tokens, finish: at, sent: scheduled)
        }
    }

    /// The floor: every token is looked at once.
    private static func plainSum(_ run: [RequestTimes]) -> Int64 {
        var sum: Int64 = 0
        for request in run {
            for token in request.tokens { sum &+= token.time &- request.scheduled }
        }
        return sum
    }

    /// The same benefits by the definitions alone.
    private func verify(
        _ scoring: Scoring, _ run: [RequestTimes], _ preset: Preset
    ) throws(BenchFailure) {
        let parameters = preset.parameters
        let pace = (1e9 / parameters.readingSpeed).rounded(.toNearestOrEven)
        var expected = 0.0
        for request in run {
            let origin = Double(request.scheduled + parameters.ttftBudget)
            var idle = 0.0
            for (index, token) in request.tokens.enumerated() {
                idle = max(idle, Double(token.time) - origin - pace * Double(index))
            }
            let count = Double(request.tokens.count)
            let lost: Double =
                switch parameters.penalty {
                case .fraction(let tau): count * min(1, idle / 1e9 / tau)
                default: parameters.readingSpeed * idle / 1e9
                }
            expected += count - parameters.alpha * lost
        }
        guard scoring.totals.requests == requests,
            abs(scoring.totals.benefit - expected) <= 1e-9 * max(1, abs(expected))
        else {
            throw wrong("the benefits are \(scoring.totals.benefit), by definition \(expected)")
        }
    }

    func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .score, problem: problem)
    }
}
