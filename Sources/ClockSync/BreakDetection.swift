/// Finds where the exchanges of a stretch contradict an oscillator that only drifts.
enum BreakDetection {
    /// The zones of bins that hold the breaks, in order and apart from each other.
    ///
    /// A forward pass finds the i-th contradiction at a bin by which the i-th break is past, a backward
    /// pass one by which it is still to come; both passes need the least possible number of restarts,
    /// so the i-th of one belongs to the i-th of the other. A bin that contradicts itself is a zone of
    /// its own, and parts what is before from what is after.
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
        return merged(zones)
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
