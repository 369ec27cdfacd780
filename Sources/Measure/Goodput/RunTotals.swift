/// The totals of the requests of a run, or of a part of it.
package struct RunTotals: Hashable, Sendable {
    /// How many requests.
    package var requests = 0
    /// How many of them ended each way; all four are there.
    package var outcomes = OutcomeCounts()
    /// T; nil without requests.
    package var interval: ServingInterval?
    /// All delivered tokens.
    package var tokens = 0
    /// The sum of the benefits, in tokens. Where it is negative the rate alone misleads: a longer
    /// T then makes it look better.
    package var benefit: Double = 0
    /// The sum of the benefits below 0: what dropping those requests would have gained.
    package var negativeBenefit: Double = 0
    /// How many benefits are below 0.
    package var negativeBenefits = 0
    /// Requests that meet [SG] eq. 6, and their tokens.
    package var sloMet = 0
    package var sloTokens = 0
    /// Requests that meet the classic objectives.
    package var classicMet = 0
    /// The mean quality of experience over requests with tokens; nil without any.
    package var qoe: Double?
    package var ttft: Percentiles?
    package var ttftSent: Percentiles?
    package var tpot: Percentiles?
    package var idle: Percentiles?
    package var e2e: Percentiles?
    /// Over all gaps between tokens of all requests.
    package var tbt: Percentiles?
    /// Over all gaps between stream events of all requests.
    package var interChunk: Percentiles?
    /// When the benefit was earned; nil without requests.
    package var timeline: Timeline?

    /// Tokens per second; nil where T is 0 or there is no request. So are the other rates.
    package var throughput: Double? { interval?.rate(of: Double(tokens)) }
    /// [SG] eq. 11: the sum of the benefits over T, tokens per second.
    package var smoothGoodput: Double? { interval?.rate(of: benefit) }
    /// [SG] eq. 7: tokens per second of the requests that meet eq. 6.
    package var goodput: Double? { interval?.rate(of: Double(sloTokens)) }
    /// Requests per second that meet the classic objectives.
    package var classicRequestGoodput: Double? { interval?.rate(of: Double(classicMet)) }
    /// The share of requests that meet [SG] eq. 6; nil without requests.
    package var sloAttainment: Double? { share(sloMet) }
    /// The share of requests that meet the classic objectives; nil without requests.
    package var classicAttainment: Double? { share(classicMet) }

    package init() {}

    private func share(_ count: Int) -> Double? {
        requests == 0 ? nil : Double(count) / Double(requests)
    }
}

/// How many requests ended each way.
package struct OutcomeCounts: Hashable, Sendable {
    package var completed = 0
    package var failed = 0
    package var abandoned = 0
    package var unfinished = 0

    package init() {}

    package subscript(outcome: RequestOutcome) -> Int {
        get {
            switch outcome {
            case .completed: completed
            case .failed: failed
            case .abandoned: abandoned
            case .unfinished: unfinished
            }
        }
        set {
            switch outcome {
            case .completed: completed = newValue
            case .failed: failed = newValue
            case .abandoned: abandoned = newValue
            case .unfinished: unfinished = newValue
            }
        }
    }
}
