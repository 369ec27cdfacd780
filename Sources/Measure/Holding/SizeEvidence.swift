import Goodput

/// How many tokens come at once, over interior deliveries.
struct SizeEvidence: Hashable, Sendable {
    /// Interior deliveries.
    let deliveries: Int
    /// The share with two tokens or more.
    let grouped: Double
    /// N: the commonest size, of equally common ones the least.
    let commonest: Int
    /// The share with N tokens, and with N ± 1.
    let shareOfCommonest: Double
    let nearCommonest: Double
    /// The 1 % quantile, the median and the 90 % quantile.
    let least: Double
    let median: Double
    let most: Double
    /// Stream events a delivery, the median.
    let events: Double
    /// Tokens of the streams' first deliveries, the median.
    let first: Double

    /// Nil without interior deliveries. O(n log n).
    init?(_ deliveries: Deliveries) {
        var sizes: [Double] = []
        var events: [Double] = []
        var firsts: [Double] = []
        for stream in 0..<deliveries.count {
            let interior = deliveries.interior(of: stream)
            sizes += deliveries.sizes[interior]
            events += deliveries.events[interior].map(Double.init)
            firsts.append(deliveries.sizes[deliveries.starts[stream]])
        }
        let sorted = SortedValues(sizes)
        guard let least = sorted.percentile(PercentileRank(thousandths: 1_000)),
            let median = sorted.median, let most = sorted.percentile(.p90)
        else { return nil }
        self.deliveries = sizes.count
        var commonest = (size: 0.0, count: 0)
        var run = (size: 0.0, count: 0)
        for size in sorted.values {
            run = size == run.size ? (size, run.count + 1) : (size, 1)
            if run.count > commonest.count { commonest = run }
        }
        func share(_ isCounted: (Double) -> Bool) -> Double {
            Double(sizes.count(where: isCounted)) / Double(sizes.count)
        }
        grouped = share { $0 >= 2 }
        self.commonest = Int(commonest.size)
        shareOfCommonest = Double(commonest.count) / Double(sizes.count)
        nearCommonest = share { abs($0 - commonest.size) <= 1 }
        self.least = least
        self.median = median
        self.most = most
        self.events = Holding.median(events) ?? 1
        first = Holding.median(firsts) ?? 1
    }

    /// The tokens of a burst: more than what a step brings.
    var burst: Double { max(4, 2 * most + 1) }
}
