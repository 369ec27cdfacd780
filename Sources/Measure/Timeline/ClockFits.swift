package import ClockSync
import Dispatch
package import TimeBase

/// The fits of many agents' clocks.
package enum ClockFits {
    /// The data that one fit is made from.
    package struct Evidence: Hashable, Sendable {
        package var exchanges: [ClockExchange]
        package var readings: [ClockReading]

        package init(exchanges: [ClockExchange], readings: [ClockReading] = []) {
            self.exchanges = exchanges
            self.readings = readings
        }
    }

    /// Fits each clock, as many at a time as there are cores; in the order of `clocks`.
    package static func all(_ clocks: [Evidence]) -> [Result<ClockFit, ClockError>] {
        guard clocks.count > 1 else { return clocks.map(fit) }
        return [Result<ClockFit, ClockError>](unsafeUninitializedCapacity: clocks.count) {
            buffer, count in
            // Sound: each iteration initializes one slot of its own, and all have ended before the
            // array is looked at.
            nonisolated(unsafe) let slots = buffer
            DispatchQueue.concurrentPerform(iterations: clocks.count) { index in
                slots.initializeElement(at: index, to: fit(clocks[index]))
            }
            count = clocks.count
        }
    }

    private static func fit(_ clock: Evidence) -> Result<ClockFit, ClockError> {
        Result { () throws(ClockError) in
            try ClockFit(exchanges: clock.exchanges, readings: clock.readings)
        }
    }
}
