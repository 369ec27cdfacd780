/// Whether gaps are all alike, and whether there is one clock behind all deliveries.
struct EvennessEvidence: Hashable, Sendable {
    /// theta: the centre of the gaps' densest 2 %, ns.
    let theta: Double
    /// The share of gaps within ± 2 % of it.
    let spike: Double
    /// R, the agreement of all deliveries with the best clock whose period is within 1 % of theta,
    /// 0...1; nil where they span too few periods.
    let clock: Double?
    /// That clock's period, ns; nil as R.
    let period: Double?

    /// Streams of fewer deliveries say little about a rhythm.
    static let fewestDeliveries = 12
    /// Deliveries have to span more periods than this.
    private static let fewestPeriods = 20.0
    /// Periods and deliveries that a clock is fitted to at most: a longer stretch tells no more,
    /// and would want periods tried more finely.
    private static let mostPeriods = 1_000.0
    private static let mostDeliveries = 4_096

    /// Nil without streams that are long enough. O(n log n).
    init?(_ deliveries: Deliveries) {
        var gaps: [Double] = []
        for stream in 0..<deliveries.count {
            let all = deliveries[stream]
            if all.count >= Self.fewestDeliveries { gaps += deliveries.gaps(in: all) }
        }
        let count = gaps.count
        let sorted = SortedValues(gaps)
        guard let densest = sorted.densest(within: 0.02) else { return nil }
        theta = densest.centre
        let tolerance = 0.02 * densest.centre
        let even = sorted.values.count { abs($0 - densest.centre) <= tolerance }
        spike = Double(even) / Double(count)
        let fit = Self.fit(to: deliveries.times, near: densest.centre)
        clock = fit?.agreement
        period = fit?.period
    }

    private static func fit(
        to all: [Double], near theta: Double
    ) -> (period: Double, agreement: Double)? {
        guard theta > 0, let first = all.min(), let last = all.max(),
            last - first > fewestPeriods * theta
        else { return nil }
        // The middle of the run, where streams are many.
        let half = min(last - first, mostPeriods * theta) / 2
        let middle = first + (last - first) / 2
        var times = all.filter { abs($0 - middle) <= half }
        let step = max(1, times.count / mostDeliveries)
        times = stride(from: 0, to: times.count, by: step).map { times[$0] - middle }
        guard !times.isEmpty else { return nil }
        // A tenth of a turn at most is lost at the ends between two periods that are tried.
        let share = 0.1 * theta / half
        let steps = Int((0.01 / share).rounded(.up))
        var best = (period: theta, agreement: 0.0)
        for step in -steps...steps {
            let period = theta * (1 + 0.01 * Double(step) / Double(steps))
            var mean = CircularMean()
            for time in times { mean.add(turns: time / period) }
            if mean.length > best.agreement { best = (period, mean.length) }
        }
        return best
    }
}
