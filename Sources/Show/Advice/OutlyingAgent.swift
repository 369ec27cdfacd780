import Goodput
package import Results

/// The node that stands out: it loses over 1 % of its tokens, and over twice what the median node
/// does.
package struct OutlyingAgent: Hashable, Sendable {
    /// Its index among the run's agents.
    package let index: Int
    /// The share of its tokens that it lost.
    package let share: Double
    /// The same of the median node.
    package let median: Double

    /// - Returns: nil where none stands out.
    package init?(of summary: RunSummary) {
        let shares = summary.agents.enumerated().compactMap { index, part in
            part.lostShare.map { (index: index, share: $0) }
        }.sorted { $0.share < $1.share }
        guard shares.count > 1, let worst = shares.last else { return nil }
        let median = shares[(shares.count - 1) / 2].share
        guard worst.share > 0.01, worst.share > 2 * median else { return nil }
        (index, share, self.median) = (worst.index, worst.share, median)
    }
}

extension PartSummary {
    /// The share of its tokens that the part lost; nil without tokens.
    package var lostShare: Double? {
        let tokens = Double(totals.tokens)
        return tokens > 0 ? (tokens - totals.benefit) / tokens : nil
    }
}
