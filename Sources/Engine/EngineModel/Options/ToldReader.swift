/// A reader as an engine is told of one: the metric's own speed and budget.
package struct ToldReader: Hashable, Sendable {
    /// Tokens a second, above 0.
    package var speed: Double
    /// From the arrival until the first token is due, ns.
    package var ttftBudgetNs: Int64

    package init(speed: Double, ttftBudgetNs: Int64) {
        self.speed = speed
        self.ttftBudgetNs = ttftBudgetNs
    }

    /// The deadlines of a request that comes at `ns`.
    package func deadline(from ns: Int64) -> ReaderDeadline {
        ReaderDeadline(firstNs: ns + ttftBudgetNs, tokenNs: Int64((1e9 / speed).rounded()))
    }
}
