import Glibc

/// Where in a zone a break most likely lies, and where the point starts afresh about it.
struct BreakPlacement: Hashable, Sendable {
    /// On the agent's clock.
    let at: Int64
    /// Ascending, each between two trains: one where one break explains the zone, two where what
    /// lies between belongs to neither side, as the time of a slew does.
    ///
    /// Exchanges that a side cannot explain would bend it: those during a slew of 500 ppm are off
    /// by hundreds of microseconds, and there may be as many of them as of the side's own.
    let partings: [Int64]

    /// One break, in the middle of `gap`.
    private init(at gap: ClosedRange<Int64>) {
        at = gap.middle
        partings = [at]
    }

    /// - Parameter others: other breaks or their zones, which are not looked across.
    init(
        _ kind: ClockEvent.Kind, in zone: ClosedRange<Int64>, of stretch: ClockStretch,
        others: [ClosedRange<Int64>]
    ) {
        guard let nodes = ZoneNodes(zone, of: stretch, others: others),
            let place = nodes.place(kind)
        else {
            self.init(at: zone)
            return
        }
        self.init(at: place, partings: nodes.foreign() ?? [place])
    }

    private init(at: Int64, partings: [Int64]) {
        (self.at, self.partings) = (at, partings)
    }

    /// The breaks of all `zones`, in order.
    ///
    /// Each is found by what is beside it up to the next, which is first known by its zone alone:
    /// of two zones close together that leaves too little, so that it is done again with the
    /// breaks. Where it begins matters then, and the fewest partings explain the most.
    static func all(
        _ zones: [ClosedRange<Int64>], _ kinds: [ClockEvent.Kind], of stretches: [ClockStretch]
    ) -> [BreakPlacement] {
        func found(_ order: [Int]) -> [BreakPlacement] {
            var others = zones
            var placements = zones.map { BreakPlacement(at: $0) }
            for index in Array(repeating: order, count: rounds).joined() {
                let within = stretches.filter { $0.spanNs.overlaps(zones[index]) }
                // Where the clock jumped back, all stamps of the zone are those of two instants.
                let end = zones[index].upperBound
                let placement =
                    within.count == 1
                    ? BreakPlacement(kinds[index], in: zones[index], of: within[0], others: others)
                    : BreakPlacement(at: end...end)
                placements[index] = placement
                others[index] =
                    placement.partings[0]...placement.partings[placement.partings.count - 1]
            }
            return placements
        }
        func count(_ placements: [BreakPlacement]) -> Int {
            placements.reduce(0) { $0 + $1.partings.count }
        }
        let early = found(Array(zones.indices))
        let late = found(zones.indices.reversed())
        return count(late) < count(early) ? late : early
    }

    private static let rounds = 3
}

/// The point's nodes about a zone: those before each place in it by one filter from the left, those
/// after by one from the right.
private struct ZoneNodes {
    /// How far around a zone is looked, ns: farther off the drift has forgotten.
    private static let reachNs: Int64 = 20_000_000_000
    /// The density of the rate's random walk beside the break, ppb a root second.
    private static let noise = 10.0
    /// Log likelihood of a node that belongs to neither side: anywhere within a millisecond or so.
    private static let foreign = PointFilter.logLikelihood(0, variance: 1e12)
    /// Two breaks must be likelier than one by this much, natural logarithm.
    private static let margin = 10.0

    private let zone: ClosedRange<Int64>
    private let frame: ClockFrame
    private let points: PointMeasurements
    private let filter: PointFilter
    /// A break can be before each of these.
    private let places: ClosedRange<Int>

    /// - Returns: nil where they are too few to speak.
    init?(_ zone: ClosedRange<Int64>, of stretch: ClockStretch, others: [ClosedRange<Int64>]) {
        self.zone = zone
        var from = zone.lowerBound.clampedDifference(Self.reachNs)
        var to = zone.upperBound.clampedSum(Self.reachNs)
        for other in others {
            // A break found to be as early or late as can be is at a stamp of the train beside it.
            if other.upperBound < zone.lowerBound { from = max(from, other.upperBound + 1) }
            if other.lowerBound > zone.upperBound { to = min(to, other.lowerBound - 1) }
        }
        let probes = stretch.probes[stretch.indices(in: from...to)]
        guard let first = probes.first else { return nil }
        frame = stretch.frame(near: first)
        points = PointMeasurements(probes, frame: frame)
        guard points.nodes.count > 1 else { return nil }
        filter = PointFilter(points, noise: Self.noise, isRobust: false)
        let stamps = points.stamps
        let places = stamps.indices.dropFirst().filter { index in
            stamps[index].upperBound >= zone.lowerBound
                && stamps[index - 1].lowerBound <= zone.upperBound
        }
        guard let least = places.first, let most = places.last else { return nil }
        self.places = least...most
    }

    /// The time within the zone between two neighbouring trains.
    private func gap(before index: Int) -> ClosedRange<Int64> {
        func within(_ ns: Int64) -> Int64 { min(max(ns, zone.lowerBound), zone.upperBound) }
        let early = within(points.stamps[index - 1].upperBound)
        return early...max(early, within(points.stamps[index].lowerBound))
    }

    /// The instant at which one break is likeliest; for a change of rate both sides must also meet
    /// there. (That is the likelihood with all variance put in at the break.)
    func place(_ kind: ClockEvent.Kind) -> Int64? {
        var after = filter.backwardLikelihoods[places.lowerBound...].reduce(0, +)
        var before = filter.forwardLikelihoods[..<places.lowerBound].reduce(0, +)
        var best: (likelihood: Double, at: Int64)?
        for index in places {
            let gap = gap(before: index)
            var at = gap.middle
            var likelihood = before + after
            if kind == .rate {
                let meeting = meeting(before: index, in: gap)
                at = meeting.at
                likelihood += meeting.likelihood
            }
            if likelihood > best?.likelihood ?? -.infinity { best = (likelihood, at) }
            before += filter.forwardLikelihoods[index]
            after -= filter.backwardLikelihoods[index]
        }
        return best?.at
    }

    /// Where in a gap both sides meet, or come nearest, and how likely that is.
    private func meeting(
        before index: Int, in gap: ClosedRange<Int64>
    ) -> (at: Int64, likelihood: Double) {
        let (early, late) = (filter.times[index - 1], filter.times[index])
        let (left, right) = (filter.forward[index - 1], filter.backward[index])
        let rise = right.offset - right.rate * late - left.offset + left.rate * early
        let meet = rise / (left.rate - right.rate)
        let at =
            meet.isFinite
            ? min(max(frame.agentNs(at: meet), gap.lowerBound), gap.upperBound)
            : gap.middle
        let a = left.advanced(by: frame.seconds(at) - early, noise: filter.noise)
        let b = right.advanced(by: frame.seconds(at) - late, noise: filter.noise)
        let variance = a.offsetVariance + b.offsetVariance
        // The likelihood of all breaks in the gap together: of those about the likeliest, from
        // which the sides part.
        let seconds = Double(gap.upperBound.clampedDifference(gap.lowerBound)) / 1e9
        let width = min(
            seconds, (2 * .pi * variance).squareRoot() / (left.rate - right.rate).magnitude)
        return (
            at,
            PointFilter.logLikelihood(b.offset - a.offset, variance: variance)
                + log(max(width, 1e-9))
        )
    }

    /// The two places between which nodes belong to neither side; nil where one break explains all.
    func foreign() -> [Int64]? {
        // Likelihoods of the nodes before each place by one filter, and of those from it on by the
        // other.
        let first = places.lowerBound
        var before = [0.0]
        for index in places.dropLast() {
            before.append(before[index - first] + filter.forwardLikelihoods[index])
        }
        var after = Array(repeating: 0.0, count: before.count)
        for index in places.dropLast().reversed() {
            after[index - first] = after[index - first + 1] + filter.backwardLikelihoods[index]
        }
        var one = -Double.infinity
        var two = (likelihood: -Double.infinity, early: first, late: first)
        for early in before.indices {
            one = max(one, before[early] + after[early])
            for late in after.indices[(early + 1)...] {
                let likelihood = before[early] + after[late] + Self.foreign * Double(late - early)
                if likelihood > two.likelihood { two = (likelihood, first + early, first + late) }
            }
        }
        guard two.likelihood > one + Self.margin else { return nil }
        return [two.early, two.late].map { gap(before: $0).middle }
    }
}

extension ClosedRange<Int64> {
    fileprivate var middle: Int64 {
        lowerBound + upperBound.clampedDifference(lowerBound) / 2
    }
}
