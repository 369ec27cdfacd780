/// Where a reader's deadlines start counting.
package enum Anchor: String, Hashable, Sendable, CaseIterable {
    /// From `scheduled` plus the budget for the first token: the first token has a deadline too.
    case arrival
    /// From the first token ([SG] v1): holding the first token back costs nothing, so a system can
    /// game a figure that uses this anchor.
    case firstToken = "first_token"
}

/// The fate of a request that did not complete, in its idle time and its benefit alone.
package enum IncompletePolicy: String, Hashable, Sendable, CaseIterable {
    /// The delivered tokens count, and nothing else.
    case delivered
    /// The reader also waited for the next token until `finish`.
    case waiting
    /// Its tokens earn nothing; its idle time still costs.
    case void
}

/// The tokens that a reader reads. All others are waited through: they have no deadline and earn
/// nothing.
package enum ReadPart: String, Hashable, Sendable, CaseIterable {
    /// All that comes.
    case all
    /// The answer: from its first token on, and nothing of the thoughts before it.
    case answer
}

/// All that a score depends on beside the times themselves.
///
/// The fields are free to hold anything; ``Reader/init(_:)`` is where they are checked.
package struct ScoringParameters: Hashable, Sendable {
    /// S, tokens per second that the reader takes in; from ``slowestReader`` to ``fastestReader``.
    package var readingSpeed: Double
    /// Where deadlines start.
    package var anchor: Anchor
    /// The time that the reader grants the first token, in ns after `scheduled`; at least 0.
    package var ttftBudget: Int64
    /// The weight of the penalty; at least 0.
    package var alpha: Double
    /// f, which maps idle time to tokens.
    package var penalty: Penalty
    /// The fate of a request that did not complete.
    package var incomplete: IncompletePolicy
    /// The tokens that are read.
    package var reads: ReadPart
    /// Bounds of the classic kind.
    package var objectives: Objectives

    /// The slowest reader that is accepted, tokens per second: one token in some thirty years.
    package static let slowestReader = 1e-9
    /// The fastest reading speed, tokens/s: a thousand a nanosecond, the unit of all stamps.
    package static let fastestReader = 1e12

    /// The fastest reader whose deadlines can be told apart, tokens per second: one token in a
    /// nanosecond, which is as good as all at once. Faster ones have the same deadlines.
    package static let instantReader = 1e9

    /// Whether the reader takes an answer whole: it is as fast as any can be, and each token is due
    /// at arrival.
    package var takesAllAtOnce: Bool {
        readingSpeed >= Self.instantReader && anchor == .arrival && ttftBudget == 0
    }

    /// Parameters as given; what is left out is as in ``default``.
    package init(
        readingSpeed: Double = 20, anchor: Anchor = .arrival, ttftBudget: Int64 = 1_000_000_000,
        alpha: Double = 1, penalty: Penalty = .linear, incomplete: IncompletePolicy = .delivered,
        reads: ReadPart = .all, objectives: Objectives = Objectives()
    ) {
        self.readingSpeed = readingSpeed
        self.anchor = anchor
        self.ttftBudget = ttftBudget
        self.alpha = alpha
        self.penalty = penalty
        self.incomplete = incomplete
        self.reads = reads
        self.objectives = objectives
    }
}

/// Service level objectives in ns; nil where none is set. Inclusive: a figure equal to its bound
/// meets it.
package struct Objectives: Hashable, Sendable {
    /// Bound on the time to first token.
    package var ttft: Int64?
    /// Bound on the time per output token.
    package var tpot: Int64?
    /// Bound on the request's largest gap between tokens.
    package var tbt: Int64?
    /// Bound on the time to the last token.
    package var e2e: Int64?

    package init(
        ttft: Int64? = nil, tpot: Int64? = nil, tbt: Int64? = nil, e2e: Int64? = nil
    ) {
        self.ttft = ttft
        self.tpot = tpot
        self.tbt = tbt
        self.e2e = e2e
    }
}
