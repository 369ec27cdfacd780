import Goodput
import Loss

// The loss of a run by cause, and its surface, both for the robust reader.
extension ScoreBenchmark {
    func lossRows(_ run: [RequestTimes], floor: Double) throws(BenchFailure) -> [BenchRow] {
        let interval = try timed { () throws(ScoringError) in try ServingInterval(over: run) }.made
        guard let interval else { throw wrong("the run has no request") }
        let loss = try timed { () throws(ScoringError) in
            var loss = LossAttribution(
                over: interval, agents: 2, readers: [try Reader(.robust)])
            for request in run {
                try loss.add(
                    request,
                    of: LossAttribution.Parts(
                        agentIndex: request.id % 2, classIndex: 0, serverIndex: 0))
            }
            return loss.figures().whole.tokensLost
        }
        let surface = try timed { () throws(ScoringError) in
            var tally = SurfaceTally(readers: [try Reader(.robust)])
            for request in run { try tally.add(request, classIndex: 0) }
            return tally.figures(over: interval)?.whole.penalties[Self.columnOfTen]
        }
        let plain = try timed { () throws(ScoringError) in
            var slow = ScoringParameters.robust
            slow.readingSpeed = Surface.speeds[Self.columnOfTen]
            return (
                lost: try Self.lost(run, Reader(.robust)), atTen: try Self.lost(run, Reader(slow))
            )
        }.made
        guard Self.agree(loss.made, plain.lost),
            Self.agree(surface.made, interval.rate(of: plain.atTen))
        else { throw wrong("the loss is not that of the single scores") }
        let count = Double(run.count * Self.tokensEach)
        return [("loss", loss.ns, 100.0), ("surface", surface.ns, 60)].map { name, ns, most in
            BenchRow(
                benchmark: .score, name: "\(run.count) requests, \(name)", value: ns / count,
                unit: "ns/token", floor: floor / count, goal: .atMost(most))
        }
    }

    /// S of 10 tokens per second among the speeds of a surface.
    private static let columnOfTen = 100

    /// Tokens delivered less their benefit, by single scores.
    private static func lost(
        _ run: [RequestTimes], _ reader: Reader
    ) throws(ScoringError) -> Double {
        var lost = 0.0
        for request in run {
            let score = try RequestScore(request, for: reader)
            lost += Double(score.tokens) - score.benefit
        }
        return lost
    }

    private static func agree(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return false }
        return (a - b).magnitude <= 1e-9 * max(1, a.magnitude)
    }

    /// The least time that `work` took, ns, and what it made.
    private func timed<Made>(
        _ work: () throws(ScoringError) -> Made
    ) throws(BenchFailure) -> (ns: Double, made: Made) {
        var made: Result<Made, ScoringError>?
        let spent = Stopwatch.leastNs(repetitions) { made = Result(catching: work) }
        switch made {
        case .success(let made): return (spent, made)
        case .failure(let error): throw wrong("\(error)")
        case nil: throw wrong("nothing was made")
        }
    }
}
