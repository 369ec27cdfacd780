/// Whether streams that begin fall into the step of one that runs: an engine's do at once, whoever
/// paces starts a clock of its own for each.
struct FreshEvidence: Hashable, Sendable {
    /// Streams that began beside others, as far as they were looked at.
    let streams: Int
    /// The share that met one of these.
    let met: Double

    /// The deliveries that are compared: a stream's first is the end of its prefill.
    private static let compared = 1...8
    private static let mostStreams = 400
    /// Pairs of streams that are compared at most.
    private static let mostPairs = 1 << 20

    /// Nil without a stream that began beside others.
    init?(
        _ deliveries: Deliveries, theta: Double, using random: inout some RandomNumberGenerator
    ) {
        let long = (0..<deliveries.count).filter {
            deliveries[$0].count > Self.compared.upperBound
        }
        var fresh = 0
        var met = 0
        var pairs = 0
        for stream in long.shuffled(using: &random) {
            guard fresh < Self.mostStreams, pairs < Self.mostPairs else { break }
            let start = deliveries.starts[stream]
            let times = Self.compared.map { deliveries.times[start + $0] }
            let others = deliveries.spanning(times.first ?? 0, times.last ?? 0, but: stream)
            guard !others.isEmpty else { continue }
            fresh += 1
            pairs += others.count
            let close = max(150_000, theta / (8 * Double(others.count)))
            let meets = others.contains { other in
                let range = deliveries[other]
                let distances = times.map {
                    abs(deliveries.times[deliveries.nearest(to: $0, in: range)] - $0)
                }
                return (median(distances) ?? .infinity) <= close
            }
            if meets { met += 1 }
        }
        guard fresh > 0 else { return nil }
        streams = fresh
        self.met = Double(met) / Double(fresh)
    }
}
