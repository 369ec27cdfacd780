package import TimeBase

/// One reading of how busy a loop is; two of them give a share.
package struct LoopLoad: Hashable, Sendable {
    /// CLOCK_MONOTONIC, ns: comparable only among readings of one host.
    package var at: TimeSpan
    /// Time spent waiting in the kernel's poll since the loop began.
    package var idle: TimeSpan

    /// The share of the time since `earlier` that went into callbacks, 0...1; nil when no time
    /// has passed.
    package func busyShare(since earlier: LoopLoad) -> Double? {
        let elapsed = (at - earlier.at).ns
        guard elapsed > 0 else { return nil }
        let share = 1 - Double((idle - earlier.idle).ns) / Double(elapsed)
        return min(max(share, 0), 1)
    }
}
