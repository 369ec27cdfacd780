/// Named parameter sets.
package enum Preset: String, Hashable, Sendable, CaseIterable {
    /// The one that no server gains from gaming: see ``ScoringParameters/robust``.
    case robust
    case `default`
    /// [SG] version 1 of the paper.
    case paperV1 = "paper-v1"
    /// [SG] version 2 of the paper.
    case paperV2 = "paper-v2"
    /// The one of a model that thinks first: see ``ScoringParameters/answer``.
    case answer
    /// A program that takes an answer whole: see ``ScoringParameters/agent``.
    case agent

    /// The preset's parameters.
    package var parameters: ScoringParameters {
        switch self {
        case .robust: .robust
        case .default: .default
        case .paperV1: .paperV1
        case .paperV2: .paperV2
        case .answer: .answer
        case .agent: .agent
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

    /// A reader who reads the answer and not the thoughts before it: ten seconds for the answer's
    /// first token, for as long a wait holds the attention (Nielsen, Usability Engineering, 1993,
    /// chapter 5), and nothing is left of an answer that kept its reader waiting a minute more.
    /// As safe as ``robust``.
    package static let answer = ScoringParameters(
        ttftBudget: 10_000_000_000, penalty: .fraction(tau: 60), incomplete: .void,
        reads: .answer)

    /// The reader of a step that no person reads: a tool, or the next step, takes the whole answer
    /// at once, so that all of it is due when the step is asked for, and its idle time is its whole
    /// wait, from `scheduled` to the last token.
    ///
    /// ``instantReader`` puts a nanosecond between the deadlines of two tokens: n tokens cut the
    /// wait by n - 1 ns. The penalty is the share of a minute that the step took: a step that takes
    /// tau = 60 s or longer, three times the mean of public agent traces (18.5 s from one call of a
    /// session to the next; llm-d's inference-perf, agentic trace replay), earns nothing. As in
    /// ``robust``, a penalty of at most the tokens themselves, on a request that earns nothing once
    /// it was given up, makes sure that neither delaying nor dropping ever gains.
    package static let agent = ScoringParameters(
        readingSpeed: instantReader, ttftBudget: 0, penalty: .fraction(tau: 60), incomplete: .void)
}
