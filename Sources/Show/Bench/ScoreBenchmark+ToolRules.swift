import Goodput
import ToolRules

// The rules of latencies between tokens, and another tool's figures.
extension ScoreBenchmark {
    func toolRows(_ run: [RequestTimes], floor: Double) throws(BenchFailure) -> [BenchRow] {
        [try interTokenRow(run, floor: floor), try printedRow(run, floor: floor)]
    }

    /// The gap that is spread evenly over an event's tokens, beside totals that are there already.
    /// Every fifth event carries three tokens.
    private func interTokenRow(
        _ run: [RequestTimes], floor: Double
    ) throws(BenchFailure) -> BenchRow {
        let bundled = run.map { request in
            var request = request
            for index in stride(from: 4, to: request.tokens.count, by: 5) {
                request.tokens[index].count = 3
            }
            return request
        }
        let totals: RunTotals
        do throws(ScoringError) {
            totals = try Scoring(bundled, for: Reader(.default)).totals
        } catch {
            throw wrong("\(error)")
        }
        var figures: InterTokenFigures?
        let spent = Stopwatch.leastNs(repetitions) {
            var tally = InterTokenTally()
            for request in bundled { tally.add(request) }
            if tally.close() {
                for request in bundled { tally.addGaps(of: request) }
            }
            figures = tally.figures(beside: totals)
        }
        guard figures?[.spread]?.p99 == Self.spread(bundled)?.p99 else {
            throw wrong("the gaps that are spread are not those of the definition")
        }
        let count = Double(run.count * Self.tokensEach)
        return BenchRow(
            benchmark: .score, name: "\(run.count) requests, rules between tokens",
            value: spent / count, unit: "ns/event", floor: floor / count)
    }

    private static func spread(_ run: [RequestTimes]) -> Percentiles? {
        var spans: [Int64] = []
        for request in run {
            for (before, event) in zip(request.tokens, request.tokens.dropFirst()) {
                let count = Int64(event.count)
                let (whole, rest) = (event.time - before.time).quotientAndRemainder(
                    dividingBy: count)
                for place in 0..<count { spans.append(place < rest ? whole + 1 : whole) }
            }
        }
        return Percentiles(spans)
    }

    private func printedRow(
        _ run: [RequestTimes], floor: Double
    ) throws(BenchFailure) -> BenchRow {
        var made: Result<PrintedFigures, ScoringError>?
        let spent = Stopwatch.leastNs(repetitions) {
            made = Result { () throws(ScoringError) in
                var tally = try ToolTally(.vllm, countingFrom: run.compactMap(\.sent).min())
                for request in run { try tally.add(request, promptTokens: 1) }
                if tally.close() {
                    for request in run { tally.addGaps(of: request.tokens) }
                }
                return tally.figures()
            }
        }
        let gaps = Self.spread(run)
        guard case .success(let figures) = made,
            figures["median_itl_ms"]?.number == gaps.map({ $0.p50 * 1e-6 }),
            figures["completed"]?.number == Double(run.count)
        else { throw wrong("vLLM's figures are not those of the definitions") }
        let count = Double(run.count * Self.tokensEach)
        return BenchRow(
            benchmark: .score, name: "\(run.count) requests, as vllm prints",
            value: spent / count, unit: "ns/token", floor: floor / count)
    }
}
