/// All that is measured of a target's streams.
struct HoldingEvidence: Sendable {
    let sizes: SizeEvidence
    let bursts: BurstEvidence
    /// Pairs of streams that were looked at.
    let windows: Int
    /// Nil where these are too few.
    let pairs: PairEvidence?
    let evenness: EvennessEvidence?
    let fresh: FreshEvidence?
    let shared: SharedSizes
    let load: LoadEvidence
    let wall: PromptWall?

    /// Nil without an interior delivery.
    init?(
        _ deliveries: Deliveries, of streams: [SampledStream],
        using random: inout some RandomNumberGenerator
    ) {
        guard let sizes = SizeEvidence(deliveries),
            let bursts = BurstEvidence(deliveries, sizes: sizes)
        else { return nil }
        self.sizes = sizes
        self.bursts = bursts
        let drawn = PairWindows(deliveries, using: &random)
        windows = drawn.windows.count
        pairs = PairEvidence(drawn)
        evenness = EvennessEvidence(deliveries)
        fresh = evenness.flatMap {
            FreshEvidence(deliveries, theta: $0.theta, using: &random)
        }
        shared = SharedSizes(deliveries, using: &random)
        load = LoadEvidence(deliveries)
        wall = PromptWall(streams)
    }
}
