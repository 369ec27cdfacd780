// Whole-module builds find timespec in the C map, others in Glibc: both are needed.
import CLibUV
import Glibc
package import TimeBase

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
    ///
    /// RAW is the middle of the two readings around the others, so each of the others was read
    /// within half of `bracket`, their distance, of it.
    package static func read() -> (reading: ClockReading, bracket: TimeSpan) {
        let best = narrowest {
            (nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_BOOTTIME), nanoseconds(CLOCK_REALTIME))
        }
        let (monotonic, boottime, realtime) = best.others
        return (
            ClockReading(
                rawNs: best.raw.ns, monotonicNs: monotonic, boottimeNs: boottime,
                realtimeNs: realtime), best.bracket
        )
    }

    /// CLOCK_REALTIME against RAW: converts the kernel's receive stamps of one wake-up.
    package static func realtimePair() -> ClockPair { pair(with: CLOCK_REALTIME) }

    /// CLOCK_MONOTONIC against RAW: arms timers, which the kernel does not offer on RAW.
    package static func monotonicPair() -> ClockPair { pair(with: CLOCK_MONOTONIC) }

    private static func pair(with clock: clockid_t) -> ClockPair {
        let best = narrowest { nanoseconds(clock) }
        return ClockPair(raw: best.raw, otherNs: best.others, bracket: best.bracket)
    }

    @inline(__always)
    private static func narrowest<Others>(
        _ read: () -> Others
    ) -> (raw: LocalInstant, others: Others, bracket: TimeSpan) {
        var best: (raw: LocalInstant, others: Others, bracket: TimeSpan)?
        for _ in 0..<attempts {
            let before = nanoseconds(CLOCK_MONOTONIC_RAW)
            let others = read()
            let after = nanoseconds(CLOCK_MONOTONIC_RAW)
            let bracket = TimeSpan(ns: after - before)
            if bracket < (best?.bracket ?? TimeSpan(ns: .max)) {
                best = (LocalInstant(ns: before + bracket.ns / 2), others, bracket)
            }
            if bracket.ns <= narrowNs { break }
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
