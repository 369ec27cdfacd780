/// Counts of spans in ns, or of sizes in bytes, by magnitude, four steps an octave: 1.3 KiB,
/// whatever is added.
///
/// A step's width is a quarter of its octave's beginning, so a percentile is at most 25 % above
/// the true one and never below it.
package struct LogHistogram: Hashable, Sendable {
    /// Values from here on, 18 minutes or 1 TiB, count as this.
    package static let ceiling: Int64 = 1 << 40
    /// Steps in all.
    package static let steps = 4 * 39 + 1

    private var counts = [UInt64](repeating: 0, count: steps)

    package init() {}

    /// Counts the value; negative ones count as 0. O(1), no allocation.
    package mutating func add(_ value: Int64) { counts[Self.step(of: value)] += 1 }

    /// Values added.
    package var total: UInt64 { counts.reduce(0, &+) }

    /// The steps that hold something, in ascending order.
    package var filled: [(step: Int, count: UInt64)] {
        counts.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
    }

    /// Adds `count` values to a step, as a decoder reads them.
    package mutating func add(_ count: UInt64, toStep step: Int) { counts[step] &+= count }

    /// An upper bound of the value below which the share `rank` (0...1) lies; nil when empty.
    ///
    /// - Complexity: O(steps).
    package func upperBound(ofRank rank: Double) -> Int64? {
        let total = total
        guard total > 0 else { return nil }
        let wanted = max(1, (rank * Double(total)).rounded(.up))
        var seen = 0.0
        for (step, count) in counts.enumerated() {
            seen += Double(count)
            if seen >= wanted { return Self.upperBound(ofStep: step) }
        }
        return Self.ceiling
    }

    /// The largest value that counts in a step; the last one's has no end and says the ceiling.
    package static func upperBound(ofStep step: Int) -> Int64 {
        guard step >= 4 else { return Int64(step) }
        guard step < steps - 1 else { return ceiling }
        let octave = step / 4 + 1
        return (Int64(4 + step % 4 + 1) << Int64(octave - 2)) - 1
    }

    /// The step that a value counts in: 0 to 3 have one each; above, the two bits behind the
    /// leading one choose among four.
    package static func step(of value: Int64) -> Int {
        let bounded = min(max(0, value), ceiling)
        guard bounded >= 4 else { return Int(bounded) }
        let octave = 63 - bounded.leadingZeroBitCount
        return min(steps - 1, 4 * (octave - 1) + Int(bounded >> Int64(octave - 2)) & 3)
    }
}
