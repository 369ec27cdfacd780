// Whole-module builds find timespec in the C map, others in Glibc: both are needed.
import CLibUV
import Glibc
package import TimeBase

/// The host's four clocks at one moment: what makes a slew, a suspend or a step visible.
///
/// ``raw`` is the middle of the two RAW readings around the others, so each of the others was read
/// within half of ``bracket`` of it.
package struct ClockLedgerRow: Hashable, Sendable {
    /// CLOCK_MONOTONIC_RAW, ns.
    package var raw: LocalInstant
    /// CLOCK_MONOTONIC, ns: slewed, never stepped, stands still in suspend.
    package var monotonicNs: Int64
    /// CLOCK_BOOTTIME, ns: CLOCK_MONOTONIC and the time in suspend.
    package var boottimeNs: Int64
    /// CLOCK_REALTIME, ns since 1970: slewed and stepped.
    package var realtimeNs: Int64
    /// Distance of the two RAW readings around the others.
    package var bracket: TimeSpan

    package init(
        raw: LocalInstant, monotonicNs: Int64, boottimeNs: Int64, realtimeNs: Int64,
        bracket: TimeSpan
    ) {
        self.raw = raw
        self.monotonicNs = monotonicNs
        self.boottimeNs = boottimeNs
        self.realtimeNs = realtimeNs
        self.bracket = bracket
    }
}

/// One other clock read between two readings of RAW.
package struct ClockPair: Hashable, Sendable {
    /// The middle of the two RAW readings.
    package var raw: LocalInstant
    /// The other clock, ns.
    package var otherNs: Int64
    /// Distance of the two RAW readings; ``otherNs`` was read within half of it of ``raw``.
    package var bracket: TimeSpan

    package init(raw: LocalInstant, otherNs: Int64, bracket: TimeSpan) {
        self.raw = raw
        self.otherNs = otherNs
        self.bracket = bracket
    }
}

/// Readings of the host's clocks against CLOCK_MONOTONIC_RAW.
package enum SystemClocks {
    /// Attempts at a bracket that no interrupt or preemption widened; the narrowest is returned.
    private static let attempts = 4
    /// A bracket this narrow cannot be improved upon, ns: five undisturbed readings take about 150.
    private static let narrowNs: Int64 = 400

    /// All four clocks, with the narrowest bracket of at most four attempts; about 150 ns when
    /// nothing interrupts.
    package static func read() -> ClockLedgerRow {
        var best: ClockLedgerRow?
        for _ in 0..<attempts {
            let before = nanoseconds(CLOCK_MONOTONIC_RAW)
            let monotonic = nanoseconds(CLOCK_MONOTONIC)
            let boottime = nanoseconds(CLOCK_BOOTTIME)
            let realtime = nanoseconds(CLOCK_REALTIME)
            let after = nanoseconds(CLOCK_MONOTONIC_RAW)
            let row = ClockLedgerRow(
                raw: LocalInstant(ns: before + (after - before) / 2), monotonicNs: monotonic,
                boottimeNs: boottime, realtimeNs: realtime, bracket: TimeSpan(ns: after - before))
            if row.bracket < (best?.bracket ?? TimeSpan(ns: .max)) { best = row }
            if row.bracket.ns <= narrowNs { break }
        }
        return best!
    }

    /// CLOCK_REALTIME against RAW: converts the kernel's receive stamps of one wake-up.
    package static func realtimePair() -> ClockPair { pair(with: CLOCK_REALTIME) }

    /// CLOCK_MONOTONIC against RAW: arms timers, which the kernel does not offer on RAW.
    package static func monotonicPair() -> ClockPair { pair(with: CLOCK_MONOTONIC) }

    private static func pair(with clock: clockid_t) -> ClockPair {
        var best: ClockPair?
        for _ in 0..<attempts {
            let before = nanoseconds(CLOCK_MONOTONIC_RAW)
            let other = nanoseconds(clock)
            let after = nanoseconds(CLOCK_MONOTONIC_RAW)
            let pair = ClockPair(
                raw: LocalInstant(ns: before + (after - before) / 2), otherNs: other,
                bracket: TimeSpan(ns: after - before))
            if pair.bracket < (best?.bracket ?? TimeSpan(ns: .max)) { best = pair }
            if pair.bracket.ns <= narrowNs { break }
        }
        return best!
    }

    @inline(__always)
    static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        let result = clock_gettime(clock, &time)
        precondition(result == 0, "clock_gettime refused clock \(clock), which Linux always has")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
