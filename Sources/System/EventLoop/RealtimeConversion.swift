package import TimeBase

/// Converts the kernel's CLOCK_REALTIME stamps to CLOCK_MONOTONIC_RAW.
package struct RealtimeConversion: Hashable, Sendable {
    /// Read a moment ago.
    var pair: ClockPair
    /// Whether CLOCK_REALTIME was stepped since the reading before.
    var isStepped: Bool
    /// Whether the kernel stamps by another clock than this process reads, see ``StampWitness``.
    var isForeign = false

    /// Two readings may part by this beyond what slewing explains: their brackets, and scheduling.
    private static let tolerance = TimeSpan.microseconds(1)
    /// The drift that slewing and the oscillator explain, in parts per million.
    private static let driftPPM: Int64 = 600

    /// The first reading.
    init(pair: ClockPair) {
        self.pair = pair
        isStepped = false
    }

    /// A later reading: the kernel slews REALTIME by at most 500 ppm, and RAW's oscillator is off
    /// by less than 100; a step moves it by anything.
    func next(_ pair: ClockPair) -> RealtimeConversion {
        var next = RealtimeConversion(pair: pair)
        let elapsed = (pair.raw - self.pair.raw).ns
        let moved = pair.otherNs - self.pair.otherNs - elapsed
        let allowed =
            Self.tolerance.ns + elapsed / 1_000_000 * Self.driftPPM
            + (pair.bracket + self.pair.bracket).ns
        next.isStepped = abs(moved) > allowed
        return next
    }

    /// The stamp on RAW, which may lie after the reading when more came while the wake-up was
    /// worked through; nil when it would be converted across a step, or from another clock.
    package func raw(ofRealtimeNs stamp: Int64) -> LocalInstant? {
        isStepped || isForeign ? nil : unchecked(ofRealtimeNs: stamp)
    }

    /// The stamp on RAW if it can be converted at all.
    func unchecked(ofRealtimeNs stamp: Int64) -> LocalInstant {
        pair.raw - TimeSpan(ns: pair.otherNs &- stamp)
    }
}
