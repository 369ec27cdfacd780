package import Goodput
import JSON

/// The figures of requests of which the first and the last token's time alone are known: between
/// those of the best and of the worst that can have been in between.
///
/// The best case has all tokens but the last one at the first one's time, the worst all but the
/// first at the last one's. Idle time is monotone in each token's time, benefit, deadlines and
/// [SG] eq. 6 fall with it, and a percentile or a sum is monotone in each of its values: so these
/// two attain the ends of all of them. A request's longest gap lies between ⌈span/(n − 1)⌉ and
/// the span; a bound on it can hold where the mean gap keeps it, and surely does where the span
/// does.
/// Fluidity and quality of experience may rise when a token is late: of these no bounds are known.
package struct ScoreBounds: Hashable, Sendable {
    /// The scoring at its best and at its worst.
    package var best: Scoring
    package var worst: Scoring
    /// The least that each request's longest gap can be, ns; nil below two tokens.
    package var leastGaps: [Int64?]

    /// - Throws: ``ScoringError`` for times that cannot be.
    init(
        of requests: [RequestTimes], for parameters: ScoringParameters, _ ranks: PercentileRanks
    ) throws(ScoringError) {
        var kind = parameters
        if let gap = kind.objectives.tbt {
            kind.objectives.tbt = nil
            kind.objectives.tpot = min(gap, kind.objectives.tpot ?? gap)
        }
        best = try Scoring(
            requests.map { $0.placed(early: true) }, for: Reader(kind), ranks: ranks)
        worst = try Scoring(
            requests.map { $0.placed(early: false) }, for: Reader(parameters), ranks: ranks)
        leastGaps = requests.map { request in
            let tokens = request.tokens.reduce(0) { $0 + Int64($1.count) }
            guard request.isStreamed, tokens > 1, let first = request.tokens.first?.time,
                let last = request.tokens.last?.time
            else { return nil }
            return (last - first + tokens - 2) / (tokens - 1)
        }
    }

    /// The names of figures that no bounds are known of.
    static let unknown: Set<String> = [
        "fluidity", "qoe", "tbt_p99", "tbt", "timeline", "inter_chunk", "events",
    ]
}

extension RequestTimes {
    /// The request with its tokens between first and last as early, or as late, as they can have
    /// been.
    fileprivate func placed(early: Bool) -> RequestTimes {
        guard let first = tokens.first?.time, let last = tokens.last?.time, first < last else {
            return self
        }
        let count = tokens.reduce(0) { $0 + $1.count }
        var placed = self
        placed.tokens = [
            TokenEvent(time: first, count: early ? count - 1 : 1),
            TokenEvent(time: last, count: early ? 1 : count - 1),
        ]
        return placed
    }
}
