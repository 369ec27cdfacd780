/// The cause of a lost token: every one has exactly one.
package enum LossCause: Int, Hashable, Sendable, CaseIterable {
    /// Our own lateness: the request left after it was scheduled.
    case clientLate
    /// A wait for the first token.
    case firstToken
    /// A wait at a later token whose gap is far above the request's usual one.
    case stall
    /// A wait at any other token.
    case slowDecode
    /// The wait for a token that never came.
    case unfinished
    /// Tokens that were earned and taken back, since the request did not complete.
    case void
    /// A token that its reader passes over: thought before an answer.
    case thought

    /// Its name in files.
    package var name: String {
        switch self {
        case .clientLate: "client_late"
        case .firstToken: "first_token"
        case .stall: "stall"
        case .slowDecode: "slow_decode"
        case .unfinished: "unfinished"
        case .void: "void"
        case .thought: "thought"
        }
    }
}

/// An amount for each cause, in tokens.
package struct LossAmounts: Hashable, Sendable {
    /// By the cause's raw value; the last one stays 0.
    private var amounts = SIMD8<Double>()

    package init() {}

    package subscript(cause: LossCause) -> Double {
        get { amounts[cause.rawValue] }
        set { amounts[cause.rawValue] = newValue }
    }

    static func - (a: LossAmounts, b: LossAmounts) -> LossAmounts {
        var difference = a
        difference.amounts -= b.amounts
        return difference
    }

    static func * (factor: Double, a: LossAmounts) -> LossAmounts {
        var product = a
        product.amounts *= factor
        return product
    }

    var isZero: Bool { amounts == SIMD8<Double>() }
}
