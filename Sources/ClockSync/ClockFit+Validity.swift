package import TimeBase

extension ClockFit {
    /// Why the mapping does not hold over its own probed interval; empty when it does.
    package var reasons: [String] {
        events.filter { $0.kind != .rate }.map { event in
            "the clocks jumped apart (\(event.kind.rawValue)) at \(event.atAgentNs) ns"
        }
    }

    /// Whether the guaranteed interval exists, and no clock jumped, in the probed interval.
    package var isValid: Bool { reasons.isEmpty }

    /// What the validity rules say about a window, in words; empty when the mapping is good there.
    package func problems(in window: ClosedRange<LocalInstant>) -> [String] {
        let width = hardHalfWidth(in: window).maximum
        return reasons
            + (width > 1_000_000
                ? ["the guaranteed bound reaches \(width / 1_000) us in the window"] : [])
    }

    /// The median and the largest guaranteed half width over `window`, ns.
    package func hardHalfWidth(
        in window: ClosedRange<LocalInstant>
    ) -> (median: Int64, maximum: Int64) {
        let span = window.upperBound.ns.clampedDifference(window.lowerBound.ns)
        let widths = (0...1_000).map { index in
            map(LocalInstant(ns: window.lowerBound.ns.clampedSum(span / 1_000 * index)))
                .hardHalfWidthNs
        }.sorted()
        return (widths[widths.count / 2], widths[widths.count - 1])
    }
}
