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
        guard let (frame, filter) = filter(about: zone, of: stretch, others: others) else {
            return middle
        }
        let count = filter.times.count
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

    /// Where the point starts afresh about a zone, ascending: at one place where one break explains
    /// it, at two where what lies between belongs to neither side, as the time of a slew does.
    ///
    /// Exchanges that a side cannot explain would bend it: those during a slew of 500 ppm are off
    /// by hundreds of microseconds, and there may be as many of them as of the side's own.
    static func partings(
        _ place: Int64, in zone: ClosedRange<Int64>, of stretch: ClockStretch,
        others: [ClosedRange<Int64>]
    ) -> [Int64] {
        guard let (frame, filter) = filter(about: zone, of: stretch, others: others) else {
            return [place]
        }
        let times = filter.times
        let limits = frame.seconds(zone.lowerBound)...frame.seconds(zone.upperBound)
        // Within the zone, so that what is outside of it belongs to its own side.
        func parting(before index: Int) -> Int64 {
            let gap =
                max(times[index - 1], limits.lowerBound)...min(times[index], limits.upperBound)
            return frame.agentNs(at: (gap.lowerBound + gap.upperBound) / 2)
        }
        let within = times.indices.dropFirst().filter { index in
            times[index] >= limits.lowerBound && times[index - 1] <= limits.upperBound
        }
        guard let first = within.first, let last = within.last else { return [place] }
        // Likelihoods of the nodes before each place by one filter, and of those from it on by the
        // other.
        var before = [0.0]
        for index in first..<last {
            before.append(before[index - first] + filter.forwardLikelihoods[index])
        }
        var after = Array(repeating: 0.0, count: before.count)
        for index in (first..<last).reversed() {
            after[index - first] = after[index - first + 1] + filter.backwardLikelihoods[index]
        }
        var one = -Double.infinity
        var two = (likelihood: -Double.infinity, early: first, late: first)
        for early in before.indices {
            one = max(one, before[early] + after[early])
            for late in after.indices[(early + 1)...] {
                let likelihood = before[early] + after[late] + foreign * Double(late - early)
                if likelihood > two.likelihood { two = (likelihood, first + early, first + late) }
            }
        }
        guard two.likelihood > one + margin else { return [place] }
        return [parting(before: two.early), parting(before: two.late)]
    }

    /// Log likelihood of a node that belongs to neither side: anywhere within a millisecond or so.
    private static let foreign = PointFilter.logLikelihood(0, variance: 1e12)
    /// Two breaks must be likelier than one by this much, natural logarithm.
    private static let margin = 10.0

    /// The nodes about a zone; nil where they are too few to speak.
    private static func filter(
        about zone: ClosedRange<Int64>, of stretch: ClockStretch, others: [ClosedRange<Int64>]
    ) -> (ClockFrame, PointFilter)? {
        var from = zone.lowerBound.clampedDifference(reachNs)
        var to = zone.upperBound.clampedSum(reachNs)
        for other in others {
            if other.upperBound < zone.lowerBound { from = max(from, other.upperBound) }
            if other.lowerBound > zone.upperBound { to = min(to, other.lowerBound) }
        }
        let probes = stretch.probes[stretch.indices(in: from...to)]
        guard let first = probes.first else { return nil }
        let frame = stretch.frame(near: first)
        let points = PointMeasurements(probes, frame: frame)
        guard points.nodes.count > 1 else { return nil }
        return (
            frame,
            PointFilter(points, points.nodes.indices, noise: noise, isRobust: false)
        )
    }
}
