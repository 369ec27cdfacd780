import Goodput

/// The price of idle time for one reader: alpha·f(l, n) = alpha·n^k·g(l), with k = 1 for penalties
/// that are a share of the tokens (`fraction`, `step`), else 0.
struct IdlePrice: Sendable {
    private let penalty: Penalty
    private let readingSpeed: Double
    /// The weight of all penalties: applied last, so that nothing overflows on the way.
    let alpha: Double

    init(_ reader: Reader) {
        let parameters = reader.parameters
        self.init(
            parameters.penalty, readingSpeed: parameters.readingSpeed, alpha: parameters.alpha)
    }

    init(_ penalty: Penalty, readingSpeed: Double, alpha: Double) {
        (self.penalty, self.readingSpeed, self.alpha) = (penalty, readingSpeed, alpha)
    }

    /// g of `idle` ns, at least 0; f is not evaluated where alpha is 0.
    func share(_ idle: Int64) -> Double {
        alpha > 0 ? penalty.cost(idle: idle, tokens: 1, readingSpeed: readingSpeed) : 0
    }

    /// n^k of `tokens` tokens.
    func weight(_ tokens: Int) -> Double {
        penalty.isBoundedByTokens ? Double(tokens) : 1
    }
}
