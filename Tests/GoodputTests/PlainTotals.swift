import Goodput

extension RunScoring.Group {
    static let only = RunScoring.Group(agent: 0, classIndex: 0)
}

/// The totals of requests from their scores and their events, all of them at hand and sorted.
struct PlainTotals {
    private let scores: [RequestScore]
    private var gaps: [Int64] = []
    private var zeros = (tokens: 0, events: 0)
    private(set) var earned: [Int: Double] = [:]

    /// - Parameter readers: One a request.
    init(_ requests: [RequestTimes], _ readers: [Reader], start: Int64) throws {
        scores = try zip(requests, readers).map { try RequestScore($0, for: $1) }
        for (request, reader) in zip(requests, readers) {
            var stream = StreamingScore(scheduled: request.scheduled, reader: reader)
            var before: Int64?
            var thoughts = request.thoughts
            for event in request.tokens {
                let thought = min(thoughts, event.count)
                thoughts -= thought
                earned[Int((event.time - start) / Timeline.bin), default: 0] +=
                    try stream.received(event.count, thought: thought, at: event.time)
                if request.isStreamed {
                    zeros.tokens += Int(event.count) - 1
                    if let before, event.time > before { gaps.append(event.time - before) }
                    if before == event.time {
                        zeros.tokens += 1
                        zeros.events += 1
                    }
                }
                before = event.time
            }
            if let last = try stream.finished(at: request.finish, outcome: request.outcome) {
                earned[Int((request.finish - start) / Timeline.bin), default: 0] += last
            }
        }
        gaps.sort()
    }

    /// Whether `totals` are these.
    func agree(with totals: RunTotals, _ ranks: PercentileRanks) -> Bool {
        let met = scores.filter(\.sloMet)
        let negative = scores.map(\.benefit).filter { $0 < 0 }
        let qoe = scores.compactMap(\.qoe)
        let counts = [
            totals.requests == scores.count, totals.tokens == scores.map(\.tokens).reduce(0, +),
            totals.sloMet == met.count, totals.sloTokens == met.map(\.read).reduce(0, +),
            totals.classicMet == scores.count { $0.classicMet },
            totals.negativeBenefits == negative.count,
            RequestOutcome.allCases.allSatisfy { outcome in
                totals.outcomes[outcome] == scores.count { $0.outcome == outcome }
            },
        ]
        let sums = [
            isClose(totals.benefit, scores.map(\.benefit).reduce(0, +)),
            isClose(totals.negativeBenefit, negative.reduce(0, +)),
            isClose(totals.qoe, qoe.isEmpty ? nil : qoe.reduce(0, +) / Double(qoe.count)),
        ]
        let distributions: [(Percentiles?, [Double])] = [
            (totals.ttft, scores.compactMap { $0.ttft.map { Double($0) } }),
            (totals.ttftSent, scores.compactMap { $0.ttftSent.map { Double($0) } }),
            (totals.tpot, scores.compactMap(\.tpot)),
            (totals.idle, scores.map { Double($0.idle) }),
            (totals.e2e, scores.compactMap { $0.e2e.map { Double($0) } }),
            (totals.tbt, [Double](repeating: 0, count: zeros.tokens) + gaps.map { Double($0) }),
            (
                totals.interChunk,
                [Double](repeating: 0, count: zeros.events) + gaps.map { Double($0) }
            ),
        ]
        return (counts + sums).allSatisfy { $0 }
            && distributions.allSatisfy { Self.agree($0, $1.sorted(), ranks) }
            && hasTimeline(totals.timeline)
    }

    private func hasTimeline(_ timeline: Timeline?) -> Bool {
        let bins = (earned.keys.max() ?? -1) + 1
        return timeline?.smooth.count ?? 0 == bins
            && (0..<bins).allSatisfy { isClose(timeline?.smooth[$0], earned[$0] ?? 0) }
    }

    private static func agree(
        _ figures: Percentiles?, _ sorted: [Double], _ ranks: PercentileRanks
    ) -> Bool {
        guard let figures else { return sorted.isEmpty }
        return figures.count == sorted.count && figures.max == sorted.last
            && isClose(figures.mean, sorted.reduce(0, +) / Double(max(1, sorted.count)))
            && (ranks.ranks + PercentileRanks.standard.ranks).allSatisfy { rank in
                let position = Double(rank.thousandths) / 100_000 * Double(sorted.count - 1)
                let below = sorted[Int(position)]
                let above = sorted[min(Int(position) + 1, sorted.count - 1)]
                return isClose(
                    figures[rank], below + (above - below) * (position - Double(Int(position))))
            }
    }
}
