import PlainText

/// How far the times of single tokens are known.
package enum Fidelity: Hashable, Sendable {
    /// Every event's time, and how many tokens it brought.
    case exact
    /// Every chunk's time, and of each answer how many tokens it had in all: a rule tells which
    /// chunk brought how many (``ChunkTokens``).
    case byRule(ChunkCounts)
    /// The first and the last token's time alone.
    case boundsOnly

    /// The name in files.
    package var name: String {
        switch self {
        case .exact: "exact"
        case .byRule: "needs a rule"
        case .boundsOnly: "bounds only"
        }
    }

    /// The fidelity with what it rests on, in a sentence without a full stop.
    package var sentence: String {
        switch self {
        case .exact: "exact: every token's time is known"
        case .byRule(let counts): "needs a rule: \(counts.sentence)"
        case .boundsOnly:
            "bounds only: the first and the last token's times are known, and none between; "
                + "[low, high] are the best and the worst that can have been between"
        }
    }
}

/// The work of a chunk-to-token rule in a file.
package struct ChunkCounts: Hashable, Sendable {
    /// Answers with as many chunks as tokens.
    package var even = 0
    /// Answers with fewer chunks than tokens, and with more.
    package var fewer = 0
    package var more = 0
    /// Answers whose tokens nobody counted: one a chunk.
    package var uncounted = 0
    package var chunks = 0
    package var tokens = 0

    package init() {}

    var sentence: String {
        var parts: [String] = []
        if fewer > 0 {
            parts.append(
                "in \(Figures.count(fewer, "answer")) several tokens came in a chunk, and chunk j "
                    + "of m carries round((j+1)*n/m) - round(j*n/m) of its n tokens, ties to even")
        }
        if more > 0 {
            parts.append(
                "\(Figures.count(more, "answer")) had more chunks than tokens (a role chunk may "
                    + "count as one), and the tokens are spread over them, first and last kept")
        }
        if uncounted > 0 {
            parts.append(
                "\(Figures.count(uncounted, "answer")) that ended early "
                    + "\(uncounted == 1 ? "has" : "have") no count, and a chunk is one token")
        }
        if even > 0 {
            parts.insert(
                "\(Figures.count(even, "answer")) had as many chunks as tokens, one each", at: 0)
        }
        return parts.isEmpty
            ? "and no chunk came to which it applies" : parts.joined(separator: "; ")
    }
}
