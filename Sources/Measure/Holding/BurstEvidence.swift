/// Whether answers begin or end with more tokens at once than they go on with.
struct BurstEvidence: Hashable, Sendable {
    /// The share of streams whose first burst, the tokens within half the stream's median later gap
    /// from its first, is one.
    let first: Double
    /// The share whose last delivery is one.
    let last: Double
    /// Tokens of the first burst where it is one, the median; nil where there is none.
    let firstTokens: Double?
    /// About how long the first token was held, ns: what the other tokens of the first burst took
    /// to be made, at the stream's later pace; the median over all streams, 0 where there is no
    /// later gap.
    let heldFirst: Double

    /// Nil without streams. O(deliveries).
    init?(_ deliveries: Deliveries, sizes: SizeEvidence) {
        guard deliveries.count > 0 else { return nil }
        var first: [Double] = []
        var last = 0
        var held: [Double] = []
        for stream in 0..<deliveries.count {
            let all = deliveries[stream]
            if all.count > 1, deliveries.sizes[all.upperBound - 1] >= sizes.burst { last += 1 }
            guard let gap = median(deliveries.gaps(in: all.dropFirst())) else {
                held.append(0)
                continue
            }
            let count = deliveries.upTo(deliveries.first(of: stream) + gap / 2, in: all)
            let tokens = deliveries.sizes[all.prefix(count)].reduce(0, +)
            if tokens >= sizes.burst { first.append(tokens) }
            held.append((tokens - 1) / sizes.median * gap)
        }
        self.first = Double(first.count) / Double(deliveries.count)
        self.last = Double(last) / Double(deliveries.count)
        firstTokens = median(first)
        heldFirst = median(held) ?? 0
    }
}
