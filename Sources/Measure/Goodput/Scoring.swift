/// A set of requests, scored for one reader: each of them, and what they amount to.
package struct Scoring: Hashable, Sendable {
    /// In the order of the requests.
    package let requests: [RequestScore]
    package var totals: RunTotals

    /// Scores `requests`, all for one reader.
    ///
    /// - Parameters:
    ///   - requests: In any order; the totals do not depend on it but for rounding. The collection
    ///     is passed over three times, and four times above some 16 million gaps, so it may make
    ///     its elements as they are asked for, if they are the same each time.
    ///   - ranks: The percentiles that are asked for beside the standard ones.
    /// - Throws: ``ScoringError`` for times that cannot be, naming the request.
    /// - Complexity: O(events) expected.
    package init(
        _ requests: some Collection<RequestTimes>, for reader: Reader,
        ranks: PercentileRanks = .standard
    ) throws(ScoringError) {
        totals = try RunTotals(requests, for: reader, ranks: ranks)
        var scores: [RequestScore] = []
        scores.reserveCapacity(requests.count)
        var scratch: [Int64] = []
        for request in requests {
            scores.append(try RequestScore(request, for: reader, gaps: &scratch))
        }
        self.requests = scores
    }
}

extension RunTotals {
    /// The totals of `requests`, all for one reader, without a score of each.
    ///
    /// - Parameters:
    ///   - requests: In any order; passed over twice, and three times above some 16 million gaps.
    ///   - ranks: The percentiles that are asked for beside the standard ones.
    /// - Throws: ``ScoringError`` for times that cannot be, naming the request.
    /// - Complexity: O(events) expected.
    package init(
        _ requests: some Collection<RequestTimes>, for reader: Reader,
        ranks: PercentileRanks = .standard
    ) throws(ScoringError) {
        guard let interval = try ServingInterval(over: requests) else {
            self.init()
            return
        }
        var run = RunScoring(
            over: interval, agents: 1, readers: [reader], beside: reader, ranks: ranks,
            expecting: (requests.count, 0))
        for request in requests {
            try run.add(request, at: RunScoring.Group(agent: 0, classIndex: 0))
        }
        if run.close() {
            for request in requests { run.addGaps(of: request.tokens) }
        }
        self = run.figures().whole
    }
}
