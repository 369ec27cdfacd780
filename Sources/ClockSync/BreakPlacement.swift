/// Where in a zone a break most likely lies.
enum BreakPlacement {
    /// How far around a zone is looked, ns: farther off the drift has forgotten.
    private static let reachNs: Int64 = 20_000_000_000
    /// Of the rate's random walk beside the break, ppb a root second.
    private static let noise = 10.0

    /// The instant, on the agent's clock, at which a break is likeliest: the nodes before it by one
    /// filter from the left, those after it by one from the right, and for a change of rate the two
    /// must also meet there. (That is the likelihood with all variance put in at the break.)
    ///
    /// - Parameter others: zones of other breaks, which are not looked across.
    static func place(
        _ kind: ClockEvent.Kind, in zone: ClosedRange<Int64>, of stretch: ClockStretch,
        others: [ClosedRange<Int64>]
    ) -> Int64 {
        let middle = zone.lowerBound + zone.upperBound.clampedDifference(zone.lowerBound) / 2
        var from = zone.lowerBound.clampedDifference(reachNs)
        var to = zone.upperBound.clampedSum(reachNs)
        for other in others {
            if other.upperBound < zone.lowerBound { from = max(from, other.upperBound) }
            if other.lowerBound > zone.upperBound { to = min(to, other.lowerBound) }
        }
        let probes = stretch.probes[stretch.indices(in: from...to)]
        guard let first = probes.first else { return middle }
        let frame = stretch.frame(near: first)
        let points = PointMeasurements(probes, frame: frame)
        let count = points.nodes.count
        guard count > 1 else { return middle }
        let filter = PointFilter(points, 0..<count, noise: noise, isRobust: false)
        var after = filter.backwardLikelihoods.reduce(0, +)
        var before = 0.0
        var best = (likelihood: -Double.infinity, at: middle)
        for index in 1..<count {
            before += filter.forwardLikelihoods[index - 1]
            after -= filter.backwardLikelihoods[index - 1]
            let early = filter.times[index - 1]
            let late = filter.times[index]
            let limits = frame.seconds(zone.lowerBound)...frame.seconds(zone.upperBound)
            guard late >= limits.lowerBound, early <= limits.upperBound else { continue }
            let gap = max(early, limits.lowerBound)...min(late, limits.upperBound)
            var at = (gap.lowerBound + gap.upperBound) / 2
            var likelihood = before + after
            if kind == .rate {
                let left = filter.forward[index - 1]
                let right = filter.backward[index]
                let rise = right.offset - right.rate * late - left.offset + left.rate * early
                let meet = rise / (left.rate - right.rate)
                if meet.isFinite { at = min(max(meet, gap.lowerBound), gap.upperBound) }
                let a = left.advanced(by: at - early, noise: filter.noise)
                let b = right.advanced(by: at - late, noise: filter.noise)
                likelihood += PointFilter.logLikelihood(
                    b.offset - a.offset, variance: a.offsetVariance + b.offsetVariance)
            }
            if likelihood > best.likelihood { best = (likelihood, frame.agentNs(at: at)) }
        }
        return min(max(best.at, zone.lowerBound), zone.upperBound)
    }
}
