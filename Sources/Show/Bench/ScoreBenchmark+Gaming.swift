import Gaming
import Goodput

// The counterfactuals of a run: delays and drops.
extension ScoreBenchmark {
    func gamingRow(_ run: [RequestTimes], floor: Double) throws(BenchFailure) -> BenchRow {
        let count = Double(run.count * Self.tokensEach)
        var made: Result<Gameability?, ScoringError>?
        let spent = Stopwatch.leastNs(repetitions) {
            made = Result { () throws(ScoringError) in
                guard let interval = try ServingInterval(over: run) else { return nil }
                var analysis = try GamingAnalysis(
                    over: interval, readers: [Reader(.default)], tokens: Int(count))
                for request in run { try analysis.add(request, classIndex: 0) }
                return analysis.figures()
            }
        }
        switch made {
        case .success(let figures?): try verify(figures, run)
        case .failure(let error): throw wrong("\(error)")
        case .success(nil), nil: throw wrong("nothing was computed")
        }
        return BenchRow(
            benchmark: .score, name: "\(run.count) requests, delays and drops",
            value: spent / count, unit: "ns/token", floor: floor / count)
    }

    /// The percentile of a run that was really paced; it is not one step below.
    private func verify(_ figures: Gameability, _ run: [RequestTimes]) throws(BenchFailure) {
        guard let paced = figures.gaps.paced, Self.p99(run, pacedTo: paced) == Double(paced),
            Self.p99(run, pacedTo: paced - 1) > Double(paced - 1)
        else { throw wrong("the pace is not that of the run when it is paced") }
    }

    private static func p99(_ run: [RequestTimes], pacedTo theta: Int64) -> Double {
        var gaps: [Int64] = []
        for request in run {
            var last = request.tokens[0].time
            for token in request.tokens.dropFirst() {
                let time = max(token.time, last + theta)
                gaps.append(time - last)
                last = time
            }
        }
        return Percentiles(gaps)?.p99 ?? 0
    }
}
