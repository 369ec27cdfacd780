extension PointCurve {
    /// Places at which what is before and what is after disagree by this much less than at the
    /// worst, in squared deviations, may hold the break, too: a part of the worst, and so much at
    /// least.
    private static let tolerance = (share: 0.1, least: 20.0)
    /// The midpoints' variances are set for busy hosts. Where these are quiet, deviations count for
    /// more, but no more than this; where they are busier, for less.
    private static let leastScale = 0.5

    /// By how much midpoints are spread more than they were expected to, as a ratio of variances.
    private var scale: Double {
        let surprises = segments.flatMap(\.filter.surprises).sorted()
        guard !surprises.isEmpty else { return 1 }
        return max(Self.leastScale, surprises[surprises.count / 2] / NormalLaw.medianSquare)
    }

    /// The place at which what is before and what is after disagree the most, however little.
    func suspected() -> SuspectedBreak? {
        var worst = (segment: 0, index: 0, distance: 0.0)
        for (number, segment) in segments.enumerated() {
            for index in segment.filter.times.indices.dropFirst() {
                let distance = segment.filter.disagreement(before: index)
                if distance > worst.distance { worst = (number, index, distance) }
            }
        }
        guard worst.distance > 0 else { return nil }
        let scale = scale
        let (frame, filter) = (segments[worst.segment].frame, segments[worst.segment].filter)
        let most = worst.distance / scale
        let least = (most - max(Self.tolerance.least, Self.tolerance.share * most)) * scale
        var first = worst.index
        while first > 1, filter.disagreement(before: first - 1) >= least { first -= 1 }
        var last = worst.index
        while last + 1 < filter.times.count, filter.disagreement(before: last + 1) >= least {
            last += 1
        }
        return SuspectedBreak(
            fromAgentNs: frame.agentNs(at: filter.times[first - 1]),
            toAgentNs: frame.agentNs(at: filter.times[last]),
            atAgentNs: frame.agentNs(
                at: (filter.times[worst.index - 1] + filter.times[worst.index]) / 2),
            sigmas: most.squareRoot())
    }
}
