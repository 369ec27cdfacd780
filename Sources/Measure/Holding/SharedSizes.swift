/// Whether deliveries of two streams that come together are of one size, as they are where a timer
/// lets go of what has gathered, and whether they come together at all.
struct SharedSizes: Hashable, Sendable {
    /// The correlation of sizes of two streams' interior deliveries within 1 ms of each other; nil
    /// with too few, and where all have one size.
    let covariation: Double?
    /// The share of interior deliveries in the midst of another stream that come within a tenth of
    /// the stream's median gap of one of the other's; nil with too few.
    let together: Double?

    static let closeNs = 1e6
    static let fewestPoints = 50
    private static let mostPoints = 3_000
    private static let mostPairs = 4_000
    /// Deliveries that are compared at most.
    private static let mostCompared = 1 << 18
    /// Up to so many streams all pairs are gone through; above, pairs are drawn.
    private static let fewStreams = 90

    /// O(pairs · deliveries log deliveries).
    init(_ deliveries: Deliveries, using random: inout some RandomNumberGenerator) {
        var points: [(Double, Double)] = []
        var inMidst = 0
        var near = 0
        let gaps = (0..<deliveries.count).map {
            median(deliveries.gaps(in: deliveries[$0])) ?? 0
        }
        for (one, other) in Self.pairs(of: deliveries.count, using: &random)
        where points.count < Self.mostPoints && inMidst < Self.mostCompared {
            let others = deliveries.interior(of: other)
            guard deliveries.first(of: one) < deliveries.last(of: other),
                deliveries.first(of: other) < deliveries.last(of: one), !others.isEmpty
            else { continue }
            for index in deliveries.interior(of: one) {
                let time = deliveries.times[index]
                guard time > deliveries.first(of: other), time < deliveries.last(of: other)
                else { continue }
                inMidst += 1
                let nearest = deliveries.nearest(to: time, in: deliveries[other])
                let distance = abs(deliveries.times[nearest] - time)
                if distance <= gaps[one] / 10 { near += 1 }
                if distance <= Self.closeNs, others.contains(nearest) {
                    points.append((deliveries.sizes[index], deliveries.sizes[nearest]))
                }
            }
        }
        covariation = points.count >= Self.fewestPoints ? correlation(points) : nil
        together = inMidst >= Self.fewestPoints ? Double(near) / Double(inMidst) : nil
    }

    private static func pairs(
        of streams: Int, using random: inout some RandomNumberGenerator
    ) -> [(Int, Int)] {
        guard streams > 1 else { return [] }
        guard streams > fewStreams else {
            var all: [(Int, Int)] = []
            for one in 0..<streams {
                for other in one + 1..<streams { all.append((one, other)) }
            }
            return all.shuffled(using: &random)
        }
        return (0..<mostPairs).map { _ in
            let one = Int.random(in: 0..<streams, using: &random)
            let other = Int.random(in: 0..<streams - 1, using: &random)
            return (one, other < one ? other : other + 1)
        }
    }
}
