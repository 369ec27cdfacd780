/// The law of a whole number of at least 1 (tokens of a prompt or an answer, turns of a session).
package struct TokenLength: Hashable, Sendable {
    package var law: RandomLaw
    /// Clamps of a draw, both included; 1 <= minimum <= maximum.
    package var minimum: UInt32
    package var maximum: UInt32

    /// The largest length that a plan holds: 16 Mi tokens.
    package static let limit: UInt32 = 1 << 24

    package init(_ law: RandomLaw, minimum: UInt32 = 1, maximum: UInt32 = Self.limit) {
        self.law = law
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Always `tokens`.
    package static func fixed(_ tokens: UInt32) -> TokenLength {
        TokenLength(.fixed(Double(tokens)))
    }

    /// Whether every draw is 1.
    package var isOne: Bool { maximum == 1 || law == .fixed(1) || law == .uniform(low: 1, high: 1) }

    /// One draw: rounded to nearest, ties to even, then clamped. A uniform law gives every whole
    /// number of its range the same chance.
    package func sample(using random: inout some RandomNumberGenerator) -> UInt32 {
        if case .uniform(let low, let high) = law {
            let bottom = Int64(low.rounded(.up))
            let top = max(bottom, Int64(high.rounded(.down)))
            return clamp(Double(Int64.random(in: bottom...top, using: &random)))
        }
        return clamp(law.sample(using: &random))
    }

    func clamp(_ value: Double) -> UInt32 {
        UInt32(min(max(value.rounded(.toNearestOrEven), Double(minimum)), Double(maximum)))
    }

    /// The reason why the law is impossible, as the end of a sentence; nil when it is sound.
    package var defect: String? {
        if let defect = law.defect { return defect }
        if case .uniform(let low, let high) = law, low > 1e15 || high > 1e15 {
            return "is beyond any length"
        }
        guard minimum >= 1, minimum <= maximum, maximum <= Self.limit else {
            return "needs 1 <= min <= max <= \(Self.limit), found \(minimum) and \(maximum)"
        }
        return nil
    }
}

/// One observed request's lengths, in tokens.
package struct LengthPair: Hashable, Sendable {
    package var input: UInt32
    package var output: UInt32

    package init(input: UInt32, output: UInt32) {
        self.input = input
        self.output = output
    }
}

/// Where the lengths of a class's turns come from.
package enum ClassLengths: Hashable, Sendable {
    /// Input and output drawn apart.
    case independent(input: TokenLength, output: TokenLength)
    /// Drawn with replacement from observed pairs, so that their correlation is kept; never empty.
    case pairs([LengthPair])

    func sample(using random: inout some RandomNumberGenerator) -> LengthPair {
        switch self {
        case .independent(let input, let output):
            let first = input.sample(using: &random)
            return LengthPair(input: first, output: output.sample(using: &random))
        case .pairs(let pairs):
            return pairs[Int.random(in: 0..<pairs.count, using: &random)]
        }
    }

    var defect: String? {
        switch self {
        case .independent(let input, let output):
            if let defect = input.defect { return "input \(defect)" }
            return output.defect.map { "output \($0)" }
        case .pairs(let pairs): return pairs.isEmpty ? "lengths has no pairs" : nil
        }
    }
}
