/// How far the true times of an agent may lie from its published ones, ns: each true instant lies
/// within `low` to `high` of its published one.
package struct ClockBounds: Hashable, Sendable {
    /// At most 0.
    package var low: Int64
    /// At least 0.
    package var high: Int64

    package init(low: Int64, high: Int64) {
        self.low = min(0, low)
        self.high = max(0, high)
    }

    /// The most by which the true distance of two of its instants may differ from the published
    /// one.
    package var width: Int64 { low.distanceClamped(to: high) }
}
