import TimeBase

/// An agent's own clocks against each other: readings of all four, in order of time.
struct ClockLedger: Sendable {
    /// Readings take microseconds; a host that stands still does so for longer.
    private static let leastSuspendNs: Int64 = 1_000_000
    /// CLOCK_MONOTONIC may be slewed, by a tenth at the very most; CLOCK_MONOTONIC_RAW against it
    /// therefore says little about anything less.
    private static let slewDivisor: Int64 = 10

    /// Two readings one after the other between which a clock jumped.
    struct Jump: Hashable, Sendable {
        /// On the agent's CLOCK_MONOTONIC_RAW, ns.
        var fromNs: Int64
        var toNs: Int64
        var byNs: Int64
    }

    private let readings: [ClockReading]
    /// Times in which the host stood still: CLOCK_BOOTTIME went on without CLOCK_MONOTONIC.
    private(set) var suspends: [Jump] = []
    /// Jumps of CLOCK_MONOTONIC_RAW against CLOCK_MONOTONIC.
    private(set) var jumps: [Jump] = []

    init(_ readings: [ClockReading]) {
        self.readings = readings.sorted { $0.boottimeNs < $1.boottimeNs }
        for (a, b) in zip(self.readings, self.readings.dropFirst()) {
            let from = min(a.rawNs, b.rawNs)
            let to = max(a.rawNs, b.rawNs)
            let slept = Self.apart(a, b, \.boottimeNs, \.monotonicNs)
            if slept > Self.leastSuspendNs {
                suspends.append(Jump(fromNs: from, toNs: to, byNs: slept))
            }
            let jumped = Self.apart(a, b, \.rawNs, \.monotonicNs)
            if jumped.magnitude > Self.explained(a, b) {
                jumps.append(Jump(fromNs: from, toNs: to, byNs: jumped))
            }
        }
    }

    /// Whether readings from both sides of `zone` say that RAW ran on through it with no more
    /// against MONOTONIC than slewing explains, although it is to have jumped by `byNs`.
    func contradicts(_ byNs: Int64, in zone: ClosedRange<Int64>) -> Bool {
        guard let before = readings.last(where: { $0.rawNs < zone.lowerBound }),
            let after = readings.first(where: { $0.rawNs > zone.upperBound }),
            before.boottimeNs < after.boottimeNs
        else { return false }
        let explained = Self.explained(before, after)
        return byNs.magnitude > explained
            && Self.apart(before, after, \.rawNs, \.monotonicNs).magnitude <= explained
            && Self.apart(before, after, \.boottimeNs, \.monotonicNs) <= Self.leastSuspendNs
    }

    /// By how much RAW and MONOTONIC may part between two readings without a jump, ns.
    private static func explained(_ a: ClockReading, _ b: ClockReading) -> UInt64 {
        let span = b.monotonicNs.clampedDifference(a.monotonicNs).magnitude
        return UInt64(leastSuspendNs) + span / UInt64(slewDivisor)
    }

    /// By how much more one clock went on than the other between two readings.
    private static func apart(
        _ a: ClockReading, _ b: ClockReading, _ clock: KeyPath<ClockReading, Int64>,
        _ other: KeyPath<ClockReading, Int64>
    ) -> Int64 {
        b[keyPath: clock].clampedDifference(a[keyPath: clock])
            .clampedDifference(b[keyPath: other].clampedDifference(a[keyPath: other]))
    }
}
