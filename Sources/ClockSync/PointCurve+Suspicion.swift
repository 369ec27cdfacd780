extension PointCurve {
    /// What is before a place and what is after it disagree there by at least so many squared standard
    /// deviations when a break is suspected: of two degrees of freedom, once in 1e7 by chance alone.
    private static let threshold = 32.0
    /// Places at which they disagree by this much less than at the worst may hold the break, too:
    /// part of the worst, and so much at least.
    private static let tolerance = (share: 0.1, least: 25.0)

    /// In each smoother, the place at which what is before and what is after disagree the most, where
    /// that is more than chance allows.
    func suspected() -> [SuspectedBreak] {
        segments.compactMap { Self.suspected(in: $0) }
    }

    private static func suspected(in segment: Segment) -> SuspectedBreak? {
        let filter = segment.filter
        var worst = (index: 0, distance: 0.0)
        for index in filter.times.indices.dropFirst() {
            let distance = filter.disagreement(before: index)
            if distance > worst.distance { worst = (index, distance) }
        }
        guard worst.distance >= threshold else { return nil }
        let least = worst.distance - max(tolerance.least, tolerance.share * worst.distance)
        var first = worst.index
        while first > 1, filter.disagreement(before: first - 1) >= least { first -= 1 }
        var last = worst.index
        while last + 1 < filter.times.count, filter.disagreement(before: last + 1) >= least {
            last += 1
        }
        let frame = segment.frame
        return SuspectedBreak(
            fromAgentNs: frame.agentNs(at: filter.times[first - 1]),
            toAgentNs: frame.agentNs(at: filter.times[last]),
            atAgentNs: frame.agentNs(
                at: (filter.times[worst.index - 1] + filter.times[worst.index]) / 2),
            sigmas: worst.distance.squareRoot())
    }
}
