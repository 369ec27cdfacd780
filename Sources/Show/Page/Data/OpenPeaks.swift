/// The most requests that were open at once, of each node and of all: 16 bytes a request.
struct OpenPeaks {
    struct Peak: Equatable {
        var requests = 0
        /// ns since the run's first request.
        var at: Int64 = 0
    }

    /// One a node.
    let nodes: [Peak]
    let whole: Peak

    /// - Parameter spans: By node: when each request was due and when it ended, ns since the run's
    ///   first request.
    init(_ spans: [[Range<Int64>]]) {
        nodes = spans.map { Self.peak($0) }
        whole = spans.count == 1 ? nodes[0] : Self.peak(spans.flatMap { $0 })
    }

    /// The first instant at which most are open; at one instant requests end before others begin.
    private static func peak(_ spans: [Range<Int64>]) -> Peak {
        let begins = spans.map(\.lowerBound).sorted()
        // A request of no length is open at its instant.
        let ends = spans.map { max($0.upperBound, $0.lowerBound + 1) }.sorted()
        var peak = Peak()
        var ended = 0
        for (index, begin) in begins.enumerated() {
            while ends[ended] <= begin { ended += 1 }
            let open = index + 1 - ended
            if open > peak.requests { peak = Peak(requests: open, at: begin) }
        }
        return peak
    }
}
