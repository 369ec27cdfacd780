/// One reading of a host's four clocks at one instant, in ns: what shows a slew, a suspend or a
/// step.
package struct ClockReading: Hashable, Sendable {
    /// CLOCK_MONOTONIC_RAW: stands still in a suspend, is never slewed or stepped.
    package var rawNs: Int64
    /// CLOCK_MONOTONIC: stands still in a suspend, is slewed.
    package var monotonicNs: Int64
    /// CLOCK_BOOTTIME: CLOCK_MONOTONIC that goes on in a suspend.
    package var boottimeNs: Int64
    /// CLOCK_REALTIME, since 1970: slewed and stepped.
    package var realtimeNs: Int64

    package init(rawNs: Int64, monotonicNs: Int64, boottimeNs: Int64, realtimeNs: Int64) {
        self.rawNs = rawNs
        self.monotonicNs = monotonicNs
        self.boottimeNs = boottimeNs
        self.realtimeNs = realtimeNs
    }
}
