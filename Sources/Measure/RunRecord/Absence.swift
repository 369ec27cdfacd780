/// A time in which an agent was out of the coordinator's reach, on the clock of its instants.
package struct Absence<Instant: Hashable & Sendable>: Hashable, Sendable {
    /// When the link ended or, where nothing ended it, when the agent was heard of last.
    package var from: Instant
    /// Its end; nil while it lasts, and for good where the agent did not come back.
    package var to: Instant?
    package var reason: String

    package init(from: Instant, to: Instant? = nil, reason: String) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}
