/// A set of requests, scored: each of them, and what they amount to.
package struct Scoring: Hashable, Sendable {
    /// In the order of the requests.
    package let requests: [RequestScore]
    package private(set) var totals: RunTotals

    /// Scores `requests`, all for one reader.
    ///
    /// - Parameters:
    ///   - requests: In any order; the totals do not depend on it but for rounding. The collection
    ///     is passed over three times, and up to eight times above some 16 million gaps, so it
    ///     may make its elements as they are asked for, if they are the same each time.
    ///   - interval: T, where the requests are a part of a run whose T is theirs; nil takes the
    ///     requests' own. It must hold all of them.
    ///   - ranks: The percentiles that are asked for beside the standard ones.
    /// - Throws: ``ScoringError`` for times that cannot be, naming the request.
    /// - Complexity: O(events + requests · log requests) expected, and sorting the gaps.
    package init(
        _ requests: some Collection<RequestTimes>, for reader: Reader,
        over interval: ServingInterval? = nil, ranks: PercentileRanks = .standard
    ) throws(ScoringError) {
        try self.init(requests, over: interval, ranks: ranks) { _ in reader }
    }

    /// Scores `requests`, each for the reader that `reader` gives for its place among them, from 0:
    /// the classes of a run have readers of their own.
    package init(
        _ requests: some Collection<RequestTimes>, over interval: ServingInterval? = nil,
        ranks: PercentileRanks = .standard, reader: (Int) -> Reader
    ) throws(ScoringError) {
        let own = interval == nil ? try ServingInterval(over: requests) : nil
        guard let interval = interval ?? own else {
            self.requests = []
            self.totals = RunTotals()
            return
        }
        (self.requests, self.totals) = try Self.score(
            requests, over: interval, ranks: ranks, reader: reader)
        totals.setGaps(self.requests, of: requests, ranks: ranks)
    }

    /// Scores the requests of `earlier` again for another reader. T and the gaps, which depend on
    /// no reader, are taken over: this is for figures that stand beside others, and for sliders.
    ///
    /// - Parameters:
    ///   - requests: The same requests in the same order.
    ///   - ranks: Those that `earlier` was asked for.
    package init(
        _ requests: some Collection<RequestTimes>, again earlier: Scoring, for reader: Reader,
        ranks: PercentileRanks = .standard
    ) throws(ScoringError) {
        precondition(requests.count == earlier.requests.count, "these are other requests")
        guard let interval = earlier.totals.interval else {
            self = earlier
            return
        }
        (self.requests, self.totals) = try Self.score(
            requests, over: interval, ranks: ranks
        ) { _ in reader }
        totals.tbt = earlier.totals.tbt
        totals.interChunk = earlier.totals.interChunk
    }

    /// All but the gaps.
    private static func score(
        _ requests: some Collection<RequestTimes>, over interval: ServingInterval,
        ranks: PercentileRanks, reader: (Int) -> Reader
    ) throws(ScoringError) -> ([RequestScore], RunTotals) {
        var scores: [RequestScore] = []
        scores.reserveCapacity(requests.count)
        var timeline = Timeline(start: interval.begin)
        var scratch: [Int64] = []
        for (place, request) in requests.enumerated() {
            let score = try RequestScore(request, for: reader(place), gaps: &scratch) {
                timeline.add($1, at: $0)
            }
            scores.append(score)
        }
        var totals = RunTotals(scores, ranks)
        if !scores.isEmpty {
            totals.interval = interval
            totals.timeline = timeline
        }
        return (scores, totals)
    }
}

extension RunTotals {
    /// All that can be told from the scores alone: no interval, no timeline, no gaps.
    fileprivate init(_ scores: [RequestScore], _ ranks: PercentileRanks) {
        self.init()
        var benefit = CompensatedSum()
        var negative = CompensatedSum()
        var qoe = CompensatedSum()
        var answered = 0
        for score in scores {
            requests += 1
            outcomes[score.outcome] += 1
            tokens += score.tokens
            benefit.add(score.benefit)
            if score.benefit < 0 { negative.add(score.benefit) }
            if score.sloMet {
                sloMet += 1
                sloTokens += score.tokens
            }
            if score.classicMet { classicMet += 1 }
            if let figure = score.qoe {
                qoe.add(figure)
                answered += 1
            }
        }
        self.benefit = benefit.value
        self.negativeBenefit = negative.value
        self.qoe = answered == 0 ? nil : qoe.value / Double(answered)
        ttft = Percentiles(scores.compactMap(\.ttft), ranks: ranks)
        ttftSent = Percentiles(scores.compactMap(\.ttftSent), ranks: ranks)
        tpot = Percentiles(scores.compactMap(\.tpot), ranks: ranks)
        idle = Percentiles(scores.map(\.idle), ranks: ranks)
        e2e = Percentiles(scores.compactMap(\.e2e), ranks: ranks)
    }

    fileprivate mutating func setGaps(
        _ scores: [RequestScore], of requests: some Collection<RequestTimes>,
        ranks: PercentileRanks
    ) {
        let events = scores.reduce(0) { $0 + $1.eventGaps }
        let eventZeros = scores.reduce(0) { $0 + $1.emptyEventGaps }
        let gaps = GapPercentiles(
            gaps: events - eventZeros,
            tokenZeros: scores.reduce(0) { $0 + $1.emptyTokenGaps }, eventZeros: eventZeros,
            ranks: ranks
        ) { body in
            for request in requests where request.isStreamed {
                guard var before = request.tokens.first?.time else { continue }
                for event in request.tokens {
                    if event.time > before { body(event.time - before) }
                    before = event.time
                }
            }
        }
        tbt = gaps.tokens
        interChunk = gaps.events
    }
}
