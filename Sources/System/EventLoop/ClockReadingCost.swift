import Glibc

/// The time that one reading of ``RawClock`` takes on this host.
///
/// Where the kernel's clock source allows it the reading is a vDSO call of some 25 ns; where it
/// does not (hpet, acpi_pm, some virtual machines) it is a system call, ten times as dear, and
/// every stamp pays for it.
package struct ClockReadingCost: Hashable, Sendable {
    /// One reading of CLOCK_MONOTONIC_RAW, ns.
    package var rawNs: Int64
    /// One reading of a clock that is a system call everywhere, ns.
    package var systemCallNs: Int64

    package init(rawNs: Int64, systemCallNs: Int64) {
        self.rawNs = rawNs
        self.systemCallNs = systemCallNs
    }

    /// Whether the kernel is entered for each stamp.
    package var isSystemCall: Bool { rawNs * 2 > systemCallNs }

    /// Measures it; takes under a millisecond.
    package static func measured() -> ClockReadingCost {
        ClockReadingCost(
            rawNs: reading(CLOCK_MONOTONIC_RAW), systemCallNs: reading(CLOCK_THREAD_CPUTIME_ID))
    }

    private static let rounds = 8
    private static let readings: Int64 = 64

    /// The time of one reading, ns, in the round that nothing interrupted.
    private static func reading(_ clock: clockid_t) -> Int64 {
        (0..<rounds).reduce(Int64.max) { least, _ in
            let begin = SystemClocks.nanoseconds(CLOCK_MONOTONIC_RAW)
            for _ in 0..<readings { _ = SystemClocks.nanoseconds(clock) }
            let end = SystemClocks.nanoseconds(CLOCK_MONOTONIC_RAW)
            return min(least, max(1, (end - begin) / readings))
        }
    }
}
