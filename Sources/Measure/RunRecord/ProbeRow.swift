package import ClockSync
package import TimeBase

/// One answered probe: the exchange, and what the agent's clocks showed when it answered.
package struct ProbeRow: Hashable, Sendable {
    /// Exchanges of a train.
    package static let trainMembers: UInt16 = 4

    package var exchange: ClockExchange
    package var reading: ClockReading

    package init(exchange: ClockExchange, reading: ClockReading) {
        self.exchange = exchange
        self.reading = reading
    }
}
