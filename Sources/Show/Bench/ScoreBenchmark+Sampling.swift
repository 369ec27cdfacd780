import Goodput
import Sampling

// How far a run's figures may lie.
extension ScoreBenchmark {
    /// Steady state and intervals, from passes over requests that are not kept.
    func samplingRow(_ run: [RequestTimes], floor: Double) throws(BenchFailure) -> BenchRow {
        var made: Result<RunSamples?, ScoringError>?
        let spent = Stopwatch.leastNs(repetitions) {
            made = Result { () throws(ScoringError) in
                try RunSamples(of: run, for: Reader(.default), .open, mostKept: 0)
            }
        }
        let count = Double(run.count * Self.tokensEach)
        switch made {
        case .success(let samples?):
            let gaps = run.flatMap {
                zip($0.tokens, $0.tokens.dropFirst()).map { $1.time - $0.time }
            }
            .sorted()
            let place = InterpolatedRank(.p99, of: gaps.count)
            let below = Double(gaps[place.lower])
            let p99 = below + (Double(gaps[place.upper]) - below) * place.weight
            let tokens = samples.requests.reduce(0) { $0 + $1.tokens }
            guard Double(tokens) == count, samples.run?.tbt[.p99]?.value == p99 else {
                throw wrong("the samples are not those of the definitions")
            }
        case .success(nil): throw wrong("nothing was sampled")
        case .failure(let error): throw wrong("\(error)")
        case nil: throw wrong("nothing was sampled")
        }
        return BenchRow(
            benchmark: .score, name: "\(run.count) requests, sampling", value: spent / count,
            unit: "ns/token", floor: floor / count, goal: .atMost(100))
    }
}
