import Goodput
import Randomness

extension RequestTimes {
    /// A request with stalls, bursts, equal times, events of several tokens, and thoughts at times.
    static func random(id: Int, using random: inout SplitMix64) -> RequestTimes {
        let scheduled = Int64.random(in: 0...20_000_000_000, using: &random)
        var time = scheduled + Int64.random(in: 0...1_500_000_000, using: &random)
        var tokens: [TokenEvent] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let several = Int.random(in: 0..<4, using: &random) == 0
            let count = several ? UInt32.random(in: 2...9, using: &random) : 1
            tokens.append(TokenEvent(time: time, count: count))
            let pause: ClosedRange<Int64> =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: 0...0
                case 1: 500_000_000...3_000_000_000
                default: 1_000_000...90_000_000
                }
            time += Int64.random(in: pause, using: &random)
        }
        let last = tokens.last?.time ?? scheduled
        return RequestTimes(
            id: id, scheduled: scheduled, tokens: tokens,
            finish: last + Int64.random(in: 0...2_000_000_000, using: &random),
            outcome: Int.random(in: 0..<3, using: &random) == 0
                ? RequestOutcome.allCases.randomElement(using: &random)! : .completed,
            thoughts: Int.random(in: 0..<3, using: &random) == 0
                ? UInt32.random(in: 1...60, using: &random) : 0)
    }

    static func random(
        count: Int, using random: inout SplitMix64
    ) -> [RequestTimes] {
        (0..<count).map { .random(id: $0, using: &random) }
    }
}

extension ScoringParameters {
    /// Any penalty, anchor, policy and part that is read; figures of the usual size.
    static func random(using random: inout SplitMix64) -> ScoringParameters {
        let penalty = [
            Penalty.linear, .power(exponent: Double.random(in: 0.3...2.5, using: &random)),
            .exponential(tau: Double.random(in: 0.5...5, using: &random)),
            .hinge(grace: Double.random(in: 0...1, using: &random)),
            .fraction(tau: Double.random(in: 0.1...12, using: &random)), .step,
        ].randomElement(using: &random)!
        return ScoringParameters(
            readingSpeed: Double.random(in: 1...200, using: &random),
            anchor: Anchor.allCases.randomElement(using: &random)!,
            ttftBudget: Int64.random(in: 0...1_500_000_000, using: &random),
            alpha: Double.random(in: 0...2, using: &random), penalty: penalty,
            incomplete: IncompletePolicy.allCases.randomElement(using: &random)!,
            reads: ReadPart.allCases.randomElement(using: &random)!,
            objectives: Objectives(
                ttft: 400_000_000, tpot: 60_000_000, tbt: 900_000_000, e2e: 4_000_000_000))
    }
}
