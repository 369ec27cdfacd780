/// A reader whose parameters have been checked, with what can be computed once.
package struct Reader: Hashable, Sendable {
    /// The parameters, all within their ranges.
    package let parameters: ScoringParameters
    /// V, ns a token: 1e9 / reading speed, rounded, ties to even; from 1 to 1e18. Deadlines use
    /// it; penalties use the unrounded speed.
    package let tokenTime: Int64

    /// A reader with `parameters`.
    ///
    /// - Throws: ``ScoringError/parameter(name:problem:)`` for the first one out of range.
    package init(_ parameters: ScoringParameters) throws(ScoringError) {
        try Self.check(parameters)
        self.parameters = parameters
        self.tokenTime = Self.tokenTime(readingSpeed: parameters.readingSpeed)
    }

    /// V of a reader of `readingSpeed` tokens per second, at least
    /// ``ScoringParameters/slowestReader``.
    package static func tokenTime(readingSpeed: Double) -> Int64 {
        max(1, Int64((1e9 / readingSpeed).rounded(.toNearestOrEven)))
    }

    /// The benefit of `tokens` tokens with idle time `idle`: n − alpha·f(l) ([SG] eq. 10).
    ///
    /// With alpha 0, f is not evaluated. Infinite where f is.
    package func benefit(tokens: Int, idle: Int64) -> Double {
        guard parameters.alpha > 0, idle > 0 else { return Double(tokens) }
        let cost = parameters.penalty.cost(
            idle: idle, tokens: tokens, readingSpeed: parameters.readingSpeed)
        return Double(tokens) - parameters.alpha * cost
    }

    /// Tokens at the begin of `request` that are passed over: below 2^32, and perhaps more than
    /// it has.
    package func unread(of request: RequestTimes) -> Int {
        parameters.reads == .answer ? Int(request.thoughts) : 0
    }

    /// Whether giving a request up, wholly or midway, can gain with all else unchanged.
    ///
    /// Only a penalty that never exceeds the tokens, on a request that earns nothing once it was
    /// given up, makes sure that it cannot.
    package var rewardsDropping: Bool {
        guard parameters.alpha > 0 else { return false }
        return
            !(parameters.penalty.isBoundedByTokens && parameters.alpha <= 1
            && parameters.incomplete == .void)
    }

    private static func check(_ parameters: ScoringParameters) throws(ScoringError) {
        let speed = parameters.readingSpeed
        guard speed.isFinite, speed > 0 else {
            throw .parameter(
                name: "reading_speed", problem: "is \(speed); it must be above 0 tokens per second")
        }
        guard speed >= ScoringParameters.slowestReader else {
            throw .parameter(
                name: "reading_speed",
                problem: "is \(speed); it must be at least \(ScoringParameters.slowestReader) "
                    + "tokens per second")
        }
        guard speed <= ScoringParameters.fastestReader else {
            throw .parameter(
                name: "reading_speed",
                problem: "is \(speed); it must be at most 1e12 tokens per second")
        }
        guard parameters.alpha.isFinite, parameters.alpha >= 0 else {
            throw .parameter(name: "alpha", problem: "is \(parameters.alpha); it must be 0 or more")
        }
        switch parameters.penalty {
        case .linear, .step: break
        case .power(let exponent): try checkPositive(exponent, "penalty.exponent")
        case .exponential(let tau), .fraction(let tau): try checkPositive(tau, "penalty.tau")
        case .hinge(let grace):
            guard grace.isFinite, grace >= 0 else {
                throw .parameter(
                    name: "penalty.grace", problem: "is \(grace); it must be 0 seconds or more")
            }
        }
        try checkSpan(parameters.ttftBudget, "ttft_budget")
        try checkSpan(parameters.objectives.ttft, "ttft_slo")
        try checkSpan(parameters.objectives.tpot, "tpot_slo")
        try checkSpan(parameters.objectives.tbt, "tbt_slo")
        try checkSpan(parameters.objectives.e2e, "e2e_slo")
    }

    private static func checkPositive(_ value: Double, _ name: String) throws(ScoringError) {
        guard value.isFinite, value > 0 else {
            throw .parameter(name: name, problem: "is \(value); it must be above 0")
        }
    }

    private static func checkSpan(_ value: Int64?, _ name: String) throws(ScoringError) {
        if let value, value < 0 {
            throw .parameter(name: name, problem: "is \(value) ns; it must be 0 or more")
        }
    }
}
