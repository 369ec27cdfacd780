/// Why no mapping can be made from a set of exchanges.
package enum ClockError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There was no exchange at all.
    case noExchange
    /// An exchange contradicts itself: its round trip is negative or beyond 64 bits.
    case impossibleExchange(train: UInt32, member: UInt16)
    /// The agent's clock jumped back so often that its stamps say nothing.
    case unsteadyClock(times: Int)

    package var description: String {
        switch self {
        case .noExchange:
            "no clock probe was answered, so this agent's stamps cannot be placed on the run's "
                + "timeline: check that the clock connection to it is not blocked"
        case .impossibleExchange(let train, let member):
            "clock probe \(member) of train \(train) has stamps that contradict themselves (a "
                + "negative round trip): the peer's clock or its replies cannot be trusted"
        case .unsteadyClock(let times):
            "the agent's clock jumped back \(times) times between clock probes: its stamps cannot "
                + "be trusted"
        }
    }
}
