/// The least round trip of a path, as its exchanges show it.
struct RoundTripFloor: Hashable, Sendable {
    /// How many of the shortest round trips are looked at.
    private static let looked = 5

    /// The least round trip seen, ns.
    let leastNs: Int64
    /// The path itself hardly takes less: the least seen, less its distance to the fifth. Where the
    /// shortest crowd, the floor is near; where they are sparse it may not have been seen, and what
    /// trusts it must not contradict a congested path.
    let surelyNs: Int64

    /// - Returns: nil without a probe that counts for the point.
    init?(_ probes: [ClockProbe]) {
        var shortest: [Int64] = []
        for probe in probes where probe.isPoint {
            if shortest.count == Self.looked {
                guard probe.roundTripNs < shortest[Self.looked - 1] else { continue }
                shortest.removeLast()
            }
            let place = shortest.partition { $0 > probe.roundTripNs }
            shortest.insert(probe.roundTripNs, at: place)
        }
        guard let least = shortest.first, let most = shortest.last else { return nil }
        leastNs = least
        surelyNs = max(0, least - (most - least))
    }
}
