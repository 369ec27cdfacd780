import Glibc

/// f of [SG] eq. 10: what idle time costs, in tokens. f(0) = 0 for all of them.
package enum Penalty: Hashable, Sendable {
    /// S·l: the tokens that the reader could have read while idle.
    case linear
    /// (S·l)^exponent; the exponent is positive.
    case power(exponent: Double)
    /// e^(l/tau) − 1; tau in seconds, positive.
    case exponential(tau: Double)
    /// S·max(0, l − grace); grace in seconds, at least 0.
    case hinge(grace: Double)
    /// n·min(1, l/tau): the share of the tokens that is lost, all of them from tau on; tau in
    /// seconds, positive.
    case fraction(tau: Double)
    /// n where l > 0, else 0.
    case step

    /// The exponent of ``power(exponent:)`` where none is given.
    package static let defaultExponent = 2.0
    /// The tau of ``exponential(tau:)`` and ``fraction(tau:)`` where none is given, in seconds.
    package static let defaultTau = 1.0
    /// The grace of ``hinge(grace:)`` where none is given, in seconds.
    package static let defaultGrace = 0.5

    /// The kind's name in files and options.
    package var kind: String {
        switch self {
        case .linear: "linear"
        case .power: "power"
        case .exponential: "exponential"
        case .hinge: "hinge"
        case .fraction: "fraction"
        case .step: "step"
        }
    }

    /// Whether the penalty never exceeds the tokens themselves.
    package var isBoundedByTokens: Bool {
        switch self {
        case .fraction, .step: true
        case .linear, .power, .exponential, .hinge: false
        }
    }

    /// The penalty named `kind` with its default figures; nil for an unknown name.
    package init?(kind: String) {
        switch kind {
        case "linear": self = .linear
        case "power": self = .power(exponent: Self.defaultExponent)
        case "exponential": self = .exponential(tau: Self.defaultTau)
        case "hinge": self = .hinge(grace: Self.defaultGrace)
        case "fraction": self = .fraction(tau: Self.defaultTau)
        case "step": self = .step
        default: return nil
        }
    }

    /// All names that ``init(kind:)`` knows.
    package static let kinds = ["linear", "power", "exponential", "hinge", "fraction", "step"]

    /// f(idle) in tokens, for a request of `tokens` tokens; at least 0, infinite where a double
    /// cannot hold it.
    ///
    /// - Parameters:
    ///   - idle: l in ns, at least 0.
    ///   - tokens: n, at least 0.
    ///   - readingSpeed: S in tokens per second, unrounded.
    package func cost(idle: Int64, tokens: Int, readingSpeed: Double) -> Double {
        guard idle > 0 else { return 0 }
        let seconds = Double(idle) / 1e9
        switch self {
        case .linear: return readingSpeed * seconds
        case .power(let exponent): return pow(readingSpeed * seconds, exponent)
        case .exponential(let tau): return expm1(seconds / tau)
        case .hinge(let grace): return readingSpeed * max(0, seconds - grace)
        case .fraction(let tau): return Double(tokens) * min(1, seconds / tau)
        case .step: return Double(tokens)
        }
    }
}
