import Goodput

/// Whether gaps answer to what the engine has to do.
struct LoadEvidence: Hashable, Sendable {
    /// The relative change of the median gap from few streams running (the 10 % quantile) to many
    /// (the 90 %); nil where these are too close to tell.
    let effect: Double?
    /// The relative change where another stream's first token comes within the gap; nil where there
    /// are too few of either kind.
    let prefillEffect: Double?

    private static let fewestGaps = 20
    private static let mostGaps = 1 << 18

    /// O(deliveries log streams).
    init(_ deliveries: Deliveries) {
        let firsts = SortedValues((0..<deliveries.count).map { deliveries.first(of: $0) })
        let lasts = SortedValues((0..<deliveries.count).map { deliveries.last(of: $0) })
        // A first token leaves with the step that its prefill was in, a little earlier or later.
        let slack = max(Deliveries.closest, (deliveries.medianGap ?? 0) / Deliveries.closePart)
        let stride = max(1, deliveries.times.count / Self.mostGaps)
        var gaps: [Double] = []
        var running: [Double] = []
        var withPrefill: [Double] = []
        var without: [Double] = []
        for stream in 0..<deliveries.count {
            let all = deliveries[stream]
            for index in Swift.stride(from: all.lowerBound, to: all.upperBound - 1, by: stride) {
                let (start, end) = (deliveries.times[index], deliveries.times[index + 1])
                let middle = start + (end - start) / 2
                gaps.append(end - start)
                running.append(Double(firsts.upTo(middle) - lasts.upTo(middle)))
                let began = firsts.upTo(end + slack) - firsts.upTo(start + slack)
                if began > 0 {
                    withPrefill.append(end - start)
                } else {
                    without.append(end - start)
                }
            }
        }
        let crowds = SortedValues(running)
        if let few = crowds.percentile(PercentileRank(thousandths: 10_000)),
            let many = crowds.percentile(.p90), many >= 2 * few, many >= few + 8
        {
            effect = Self.change(
                from: zip(gaps, running).filter { $0.1 <= few }.map(\.0),
                to: zip(gaps, running).filter { $0.1 >= many }.map(\.0))
        } else {
            effect = nil
        }
        prefillEffect = Self.change(from: without, to: withPrefill)
    }

    private static func change(from few: [Double], to many: [Double]) -> Double? {
        guard few.count >= fewestGaps, many.count >= fewestGaps, let before = median(few),
            let after = median(many), before > 0
        else { return nil }
        return after / before - 1
    }
}

extension SortedValues {
    /// How many values are `value` or less. O(log n).
    func upTo(_ value: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = low + (high - low) / 2
            if values[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
