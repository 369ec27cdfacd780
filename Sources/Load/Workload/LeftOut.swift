/// Entries of a file that are not sent, by reason: nothing is dropped without a count.
package struct LeftOut: Hashable, Sendable {
    /// Why a row or a conversation is not sent.
    package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        /// Its answer has no tokens: a request that had failed when it was recorded.
        case noOutput = "no output tokens"
        case noInput = "no input tokens"
        /// It does not hold what its format says.
        case unusable = "unusable"
        /// It arrives before or after the window of a replay.
        case outsideWindow = "outside the window"
        /// The load ends before it, by its number of requests.
        case beyondRequests = "beyond the stage's requests"
        /// A conversation in which nothing is asked and answered.
        case unanswered = "without an answered turn"
    }

    private var counts: [Reason: Int] = [:]

    package init() {}

    package subscript(reason: Reason) -> Int {
        get { counts[reason] ?? 0 }
        set { counts[reason] = newValue == 0 ? nil : newValue }
    }

    package var isEmpty: Bool { counts.isEmpty }
    package var total: Int { counts.values.reduce(0, +) }

    /// The reasons that there are and how often, in their order.
    package var entries: [(reason: Reason, count: Int)] {
        Reason.allCases.compactMap { reason in
            counts[reason].map { (reason, $0) }
        }
    }

    /// These counts and those of `other`.
    package func adding(_ other: LeftOut) -> LeftOut {
        LeftOut(counts: counts.merging(other.counts, uniquingKeysWith: +))
    }

    private init(counts: [Reason: Int]) { self.counts = counts }

    /// As people read it: "2 no output tokens, 1 outside the window".
    package var words: String {
        entries.map { "\($0.count) \($0.reason.rawValue)" }.joined(separator: ", ")
    }

    /// Most unusable rows or entries that a file may have, as a share of all: beyond it something
    /// is wrong with the file, or it is another one.
    package static let largestUnusableShare = 0.01

    /// Whether too many of `all` are unusable.
    package func hasTooManyUnusable(of all: Int) -> Bool {
        Double(self[.unusable]) > Self.largestUnusableShare * Double(all)
    }
}
