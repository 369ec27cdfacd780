/// The bounds at an instant by the exchanges on one side of it alone: a break on the far side
/// changes nothing of them.
struct OneSidedBounds: Sendable {
    let hard: SetMembership
    let budget: SetMembership
    /// A stamp of each bin, in order of time: its last where what is before counts, else its first.
    let edges: [Int64]
    let isAfter: Bool

    /// - Parameters:
    ///   - bins: those from the far end of the side to the far end of where it is asked about.
    ///   - isAfter: whether what is after an instant counts rather than what is before.
    /// - Returns: nil when they contradict each other.
    init?(
        _ stretch: ClockStretch, bins: Range<Int>, isAfter: Bool, hard: MembershipRules,
        budget: MembershipRules
    ) {
        guard !bins.isEmpty else { return nil }
        let slice = stretch.bins[bins]
        let frame = stretch.frame(near: stretch.probes[slice[bins.lowerBound].probes.lowerBound])
        func pass(_ rules: MembershipRules) -> SetMembership? {
            SetMembership(
                oneWay: stretch.probes, bins: slice, frame: frame, rules: rules, backwards: isAfter)
        }
        guard let guaranteed = pass(hard) else { return nil }
        self.hard = guaranteed
        self.budget = pass(budget) ?? guaranteed
        self.isAfter = isAfter
        var latest = Int64.min
        edges = slice.map { bin in
            let probes = stretch.probes[bin.probes]
            guard !isAfter else { return probes[bin.probes.lowerBound].t2 }
            latest = probes.reduce(latest) { max($0, $1.t3) }
            return latest
        }
    }

    /// The knot that speaks of an instant; nil where nothing lies on this side of it.
    func knot(at agentNs: Int64) -> Int? {
        let next = edges.partition { isAfter ? $0 >= agentNs : $0 > agentNs }
        let knot = isAfter ? next : next - 1
        return edges.indices.contains(knot) ? knot : nil
    }

    /// The bounds at an instant; nil where nothing lies on this side of it.
    ///
    /// - Complexity: O(log bins).
    func bounds(at agentNs: Int64) -> BoundPair? {
        guard let knot = knot(at: agentNs) else { return nil }
        let seconds = hard.frame.seconds(agentNs)
        let guaranteed = hard.bounds(at: seconds, from: knot)
        return BoundPair(
            hard: guaranteed,
            budget: budget.bounds(at: seconds, from: knot).intersection(guaranteed))
    }
}
