/// Finds where the exchanges of a stretch contradict an oscillator that only drifts.
enum BreakDetection {
    /// The zones of bins that hold the breaks, in order and apart from each other.
    ///
    /// A forward pass finds the i-th contradiction at a bin by which the i-th break is past, a
    /// backward pass one by which it is still to come; both passes need the least possible number
    /// of restarts, so the i-th of one belongs to the i-th of the other. A bin that contradicts
    /// itself is a zone of its own, and parts what is before from what is after.
    static func zones(
        _ stretch: ClockStretch, rules: MembershipRules
    ) -> [ClosedRange<Int>] {
        let bins = stretch.bins
        func contradictions(_ range: Range<Int>, backwards: Bool) -> [Int] {
            SetMembership.contradictions(
                stretch.probes, bins: bins[range], frame: stretch.frame, rules: rules,
                backwards: backwards)
        }
        guard !contradictions(bins.indices, backwards: false).isEmpty else { return [] }
        let broken = bins.indices.filter { index in
            SetMembership(
                stretch.probes, bins: bins[index...index], frame: stretch.frame, rules: rules)
                == nil
        }
        var zones = broken.map { $0...$0 }
        var start = 0
        for end in broken + [bins.count] {
            if start < end {
                let forward = contradictions(start..<end, backwards: false)
                let backward = Array(contradictions(start..<end, backwards: true).reversed())
                for index in 0..<max(forward.count, backward.count) {
                    let a = backward.indices.contains(index) ? backward[index] : forward[index]
                    let b = forward.indices.contains(index) ? forward[index] : backward[index]
                    zones.append(min(a, b)...max(a, b))
                }
            }
            start = end + 1
        }
        return merged(zones.map { widened($0, stretch, rules) })
    }

    /// How far a zone grows through times of nothing but long round trips, s.
    private static let blindReach = 5.0

    /// A zone with the bins beside it in which every round trip was long, and where it ends in such
    /// with the one beside that. A break is known to be in the zone by what is seen after it; where
    /// nothing is seen well there can be more than one, from the last good look at the clock on.
    private static func widened(
        _ zone: ClosedRange<Int>, _ stretch: ClockStretch, _ rules: MembershipRules
    ) -> ClosedRange<Int> {
        let bins = stretch.bins
        func isBlind(_ index: Int) -> Bool {
            !stretch.probes[bins[index].probes].contains(where: rules.isShort)
        }
        var low = zone.lowerBound
        while low > 0, bins[zone.lowerBound].at - bins[low - 1].at < blindReach, isBlind(low - 1) {
            low -= 1
        }
        if low > 0, isBlind(low) { low -= 1 }
        var high = zone.upperBound
        while high + 1 < bins.count, bins[high + 1].at - bins[zone.upperBound].at < blindReach,
            isBlind(high + 1)
        {
            high += 1
        }
        if high + 1 < bins.count, isBlind(high) { high += 1 }
        return low...high
    }

    /// Zones in order, those that touch made one.
    static func merged(_ zones: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        var result: [ClosedRange<Int>] = []
        for zone in zones.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, zone.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] =
                    last.lowerBound...max(last.upperBound, zone.upperBound)
            } else {
                result.append(zone)
            }
        }
        return result
    }
}
