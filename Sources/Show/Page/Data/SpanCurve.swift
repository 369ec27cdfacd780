import Goodput

/// A distribution of spans in bins of 1/64 of their length: memory does not grow with their number.
struct SpanCurve {
    private var counts: [Int] = []
    private(set) var count = 0

    /// The coarsest there are.
    private static let bins = GapBins(cells: .max)

    /// Takes in a span in ns; one below 0 counts as 0.
    mutating func add(_ span: Int64, times: Int = 1) {
        guard times > 0 else { return }
        let bin = Self.bins.bin(of: max(0, span))
        if bin >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: bin + 1 - counts.count))
        }
        counts[bin] += times
        count += times
    }

    /// The spans of this and another.
    mutating func add(_ other: SpanCurve) {
        count += other.count
        let missing = other.counts.count - counts.count
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
        for (bin, spans) in other.counts.enumerated() { counts[bin] += spans }
    }

    /// The upper end of each bin in ns, rising, with the share of the spans up to there.
    var steps: [CurveStep] {
        var sum = 0
        return counts.enumerated().compactMap { bin, spans in
            guard spans > 0 else { return nil }
            sum += spans
            return CurveStep(
                value: Double(Self.bins.spans(of: bin).upperBound),
                share: Double(sum) / Double(count))
        }
    }
}

/// A step of a distribution: the share of the values that are no greater.
struct CurveStep: Equatable {
    var value: Double
    var share: Double
}
