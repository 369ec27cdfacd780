import Goodput

/// The sums over a run of which requests are dropped.
struct DropTally: Sendable {
    /// Requests with a deadline that passed undelivered.
    private(set) var missed = 0
    /// Tokens that came after it.
    private(set) var tokensAfterMiss = 0
    /// Sums of benefits: each request dropped at its first miss, and each at its best token.
    private(set) var rule = CompensatedSum()
    private(set) var best = CompensatedSum()
    private var experience = CompensatedSum()
    private var fluidity = CompensatedSum()
    /// Requests with tokens when all are dropped at their first miss.
    private var answered = 0

    /// Takes in a request of which the benefit is `benefit`.
    mutating func add(
        _ request: RequestTimes, _ reading: RecordedReading, for reader: Reader, benefit: Double
    ) throws(RequestDefect) {
        best.add(max(benefit, reading.bestDropped))
        var tokens = reading.shape.tokens
        var progress = reading.progress
        var index = reading.fluidity
        if let miss = reading.miss {
            missed += 1
            tokensAfterMiss += tokens - miss.tokens
            tokens = miss.tokens
            progress = miss.progress
            index = miss.fluidity
            let ending = try Ending(
                of: progress, reader, tokens: tokens, outcome: .abandoned,
                at: min(request.finish &- request.scheduled, miss.due))
            rule.add(ending.benefit)
        } else {
            rule.add(benefit)
        }
        guard let figure = progress.experience(tokens: tokens), let fluency = index.value else {
            return
        }
        answered += 1
        experience.add(figure)
        fluidity.add(fluency)
    }

    /// The means with every request dropped at its first miss; nil without tokens.
    var experienceMean: Double? { mean(experience) }
    var fluidityMean: Double? { mean(fluidity) }

    private func mean(_ sum: CompensatedSum) -> Double? {
        answered == 0 ? nil : sum.value / Double(answered)
    }
}
