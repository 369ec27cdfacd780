import Goodput
import Randomness

/// Delays and drops by their definitions, token by token: requests as a server would have made
/// them.
extension RequestTimes {
    /// Every token's own time.
    var times: [Int64] {
        tokens.flatMap { event in (0..<event.count).map { _ in event.time } }
    }

    /// The request with other times of its tokens, no earlier than they were.
    func delayed(to times: [Int64]) -> RequestTimes {
        var request = self
        request.tokens = times.map { TokenEvent(time: $0) }
        request.finish = max(finish, times.last ?? finish)
        return request
    }

    /// t'_0 = t_0, t'_i = max(t_i, t'_(i−1) + theta).
    func paced(to theta: Int64) -> RequestTimes {
        guard isStreamed else { return self }
        var paced: [Int64] = []
        for time in times { paced.append(max(time, paced.last.map { $0 + theta } ?? time)) }
        return delayed(to: paced)
    }

    /// t'_i = max(t_i, t_0 + hold).
    func held(by hold: Int64) -> RequestTimes {
        delayed(to: times.map { max($0, times[0] + hold) })
    }

    /// Some delay: none, a pace, a hold, single tokens, the last one, or all at the end.
    func delayedAtRandom(using random: inout SplitMix64) -> RequestTimes {
        guard isStreamed, !tokens.isEmpty else { return self }
        let most = Int64.random(in: 1...4_000_000_000, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return self
        case 1: return paced(to: Int64.random(in: 0...most / 8, using: &random))
        case 2: return held(by: Int64.random(in: 0...most, using: &random))
        case 3:
            var last = Int64.min
            return delayed(
                to: times.map { time in
                    let isHeld = Int.random(in: 0..<3, using: &random) == 0
                    let wait = isHeld ? Int64.random(in: 0...most, using: &random) : 0
                    last = max(last, time + wait)
                    return last
                })
        case 4: return delayed(to: times.dropLast() + [times[times.count - 1] + most * 50])
        default: return delayed(to: times.map { _ in times[times.count - 1] })
        }
    }

    /// The request given up when `kept` of its tokens had come, at `end` at the latest.
    func dropped(keeping kept: Int, by end: Int64? = nil) -> RequestTimes {
        var request = self
        request.tokens = times.prefix(kept).map { TokenEvent(time: $0) }
        request.finish = end.map { min(finish, $0) } ?? request.tokens.last?.time ?? scheduled
        request.outcome = .abandoned
        return request
    }

    /// The engine's rule: the request ends at the first deadline that passes with nothing
    /// delivered; nil where none does.
    func droppedByRule(for reader: Reader) -> RequestTimes? {
        let parameters = reader.parameters
        let times = times
        let passed = min(times.count, reader.unread(of: self))
        let isFromArrival = parameters.anchor == .arrival
        guard isFromArrival || passed < times.count else { return nil }
        let origin = isFromArrival ? scheduled + parameters.ttftBudget : times[passed]
        /// The deadline that has passed when the token comes: its own, or that of the answer's
        /// first one for a thought.
        func due(_ index: Int) -> Int64 {
            origin + reader.tokenTime * Int64(max(0, index - passed))
        }
        var missed = times.indices.first { times[$0] > due($0) }
        if missed == nil, outcome != .completed, isFromArrival, finish > due(times.count) {
            missed = times.count
        }
        return missed.map { dropped(keeping: $0, by: max(due($0), scheduled)) }
    }

    /// A request with stalls, bursts, equal times and events of several tokens.
    static func random(id: Int, using random: inout SplitMix64) -> RequestTimes {
        let scheduled = Int64.random(in: 0...20_000_000_000, using: &random)
        var time = scheduled + Int64.random(in: 0...2_000_000_000, using: &random)
        var tokens: [TokenEvent] = []
        for _ in 0..<Int.random(in: 0...30, using: &random) {
            let several = Int.random(in: 0..<4, using: &random) == 0
            tokens.append(
                TokenEvent(
                    time: time, count: several ? UInt32.random(in: 2...9, using: &random) : 1))
            let pause: ClosedRange<Int64> =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: 0...0
                case 1: 300_000_000...2_000_000_000
                default: 1_000_000...90_000_000
                }
            time += Int64.random(in: pause, using: &random)
        }
        let last = tokens.last?.time ?? scheduled
        return RequestTimes(
            id: id, scheduled: scheduled, tokens: tokens,
            finish: last + Int64.random(in: 0...2_000_000_000, using: &random),
            outcome: Int.random(in: 0..<4, using: &random) == 0
                ? RequestOutcome.allCases.randomElement(using: &random)! : .completed,
            isStreamed: Int.random(in: 0..<12, using: &random) > 0,
            thoughts: Int.random(in: 0..<3, using: &random) == 0
                ? UInt32.random(in: 1...50, using: &random) : 0)
    }

    static func random(
        count: Int, using random: inout SplitMix64
    ) -> [RequestTimes] {
        (0..<count).map { .random(id: $0, using: &random) }
    }
}

extension ScoringParameters {
    /// Any penalty, anchor, policy and objectives; figures of the usual size.
    static func random(using random: inout SplitMix64) -> ScoringParameters {
        let penalty = [
            Penalty.linear, .power(exponent: Double.random(in: 0.3...2.5, using: &random)),
            .exponential(tau: Double.random(in: 0.5...5, using: &random)),
            .hinge(grace: Double.random(in: 0...1, using: &random)),
            .fraction(tau: Double.random(in: 0.1...12, using: &random)), .step,
        ].randomElement(using: &random)!
        func bound(_ range: ClosedRange<Int64>) -> Int64? {
            Int.random(in: 0..<4, using: &random) > 0
                ? Int64.random(in: range, using: &random) : nil
        }
        return ScoringParameters(
            readingSpeed: Double.random(in: 1...200, using: &random),
            anchor: Anchor.allCases.randomElement(using: &random)!,
            ttftBudget: Int64.random(in: 0...1_500_000_000, using: &random),
            alpha: Double.random(in: 0...2, using: &random), penalty: penalty,
            incomplete: IncompletePolicy.allCases.randomElement(using: &random)!,
            reads: ReadPart.allCases.randomElement(using: &random)!,
            objectives: Objectives(
                ttft: bound(300_000_000...3_000_000_000), tpot: bound(20_000_000...200_000_000),
                tbt: bound(50_000_000...1_500_000_000), e2e: bound(2_000_000_000...9_000_000_000)))
    }
}

/// The figures of `requests` from the scores of each, with rates over the recorded T.
struct PlainFigures {
    let scores: [RequestScore]
    /// All gaps between tokens, sorted.
    private let gaps: [Int64]
    private let interval: ServingInterval

    init(_ requests: [RequestTimes], _ reader: Reader, over interval: ServingInterval) throws {
        scores = try requests.map { try RequestScore($0, for: reader) }
        gaps = requests.filter(\.isStreamed).flatMap { request in
            zip(request.times, request.times.dropFirst()).map { $1 - $0 }
        }.sorted()
        self.interval = interval
    }

    var smooth: Double? { interval.rate(of: scores.map(\.benefit).reduce(0, +)) }
    var goodput: Double? {
        interval.rate(of: Double(scores.filter(\.sloMet).map(\.read).reduce(0, +)))
    }
    var classicMet: Int { scores.count(where: \.classicMet) }
    var experience: Double? { mean(scores.compactMap(\.qoe)) }
    var fluidity: Double? { mean(scores.compactMap(\.fluidity)) }

    /// numpy's default percentile, from the definition.
    var gapsP99: Double? {
        guard !gaps.isEmpty else { return nil }
        let (below, rest) = (99 * (gaps.count - 1)).quotientAndRemainder(dividingBy: 100)
        let above = min(below + 1, gaps.count - 1)
        return Double(gaps[below]) + Double(gaps[above] - gaps[below]) * (Double(rest) / 100)
    }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}
