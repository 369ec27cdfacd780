extension ClockFrame {
    /// The first stamp in `range` at or after an instant; nil when all are before it.
    ///
    /// - Parameter seconds: the instant, in seconds of the frame.
    /// - Complexity: O(1) near the anchor, O(log range) where doubles are coarser than stamps.
    func firstStamp(from seconds: Double, in range: ClosedRange<Int64>) -> Int64? {
        guard self.seconds(range.upperBound) >= seconds else { return nil }
        guard self.seconds(range.lowerBound) < seconds else { return range.lowerBound }
        // The stamp lies above `low` and is at most `high`.
        var (low, high) = (range.lowerBound, range.upperBound)
        let guess = agentNs(at: seconds)
        let near = max(low, guess.clampedDifference(2))...max(low, min(high, guess.clampedSum(2)))
        if self.seconds(near.lowerBound) < seconds { low = near.lowerBound }
        if self.seconds(near.upperBound) >= seconds { high = near.upperBound }
        while UInt64(bitPattern: high &- low) > 1 {
            let middle = low &+ Int64(bitPattern: UInt64(bitPattern: high &- low) / 2)
            if self.seconds(middle) >= seconds { high = middle } else { low = middle }
        }
        return high
    }
}
