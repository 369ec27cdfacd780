/// Named parameter sets.
package enum Preset: String, Hashable, Sendable, CaseIterable {
    /// The one that no server gains from gaming: see ``ScoringParameters/robust``.
    case robust
    case `default`
    /// [SG] version 1 of the paper.
    case paperV1 = "paper-v1"
    /// [SG] version 2 of the paper.
    case paperV2 = "paper-v2"

    /// The preset's parameters.
    package var parameters: ScoringParameters {
        switch self {
        case .robust: .robust
        case .default: .default
        case .paperV1: .paperV1
        case .paperV2: .paperV2
        }
    }
}

extension ScoringParameters {
    /// With the other requests' tokens and T unchanged, neither delaying a token nor dropping a
    /// request ever gains, and smooth goodput lies between 0 and the throughput.
    package static let robust = ScoringParameters(penalty: .fraction(tau: 10), incomplete: .void)

    /// Twenty tokens a second, one second for the first, idle time priced at reading speed.
    package static let `default` = ScoringParameters()

    /// Deadlines from the first token on ([SG] v1).
    package static let paperV1 = ScoringParameters(anchor: .firstToken)

    /// Deadlines from the commitment of the request on, counted from 1 ([SG] v2): the budget of
    /// the first token is one token's reading time.
    package static let paperV2 = ScoringParameters(
        readingSpeed: 5, ttftBudget: 200_000_000, alpha: 2.5)
}
