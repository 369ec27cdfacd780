import Glibc
package import TimeBase

/// The clock of every token and probe stamp: CLOCK_MONOTONIC_RAW, which nothing slews or steps.
package enum RawClock {
    /// The present instant; about 25 ns, a vDSO call where the clock source allows it.
    @inline(__always)
    package static func now() -> LocalInstant {
        LocalInstant(ns: SystemClocks.nanoseconds(CLOCK_MONOTONIC_RAW))
    }
}
