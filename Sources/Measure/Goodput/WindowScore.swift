/// The tokens earned and delivered in a window [w0, w1) of a run, cut from its timeline: reported
/// beside the figures over T, never instead of them.
package struct WindowScore: Hashable, Sendable {
    /// ns on the run's timeline; the end is not part of the window.
    package let window: Range<Int64>
    /// Tokens earned in the window.
    package let benefit: Double
    /// Tokens delivered in the window.
    package let tokens: Int

    /// Tokens earned per second of the window.
    package var smoothGoodput: Double { benefit / seconds }
    /// Tokens delivered per second of the window.
    package var throughput: Double { Double(tokens) / seconds }

    private var seconds: Double { Double(window.upperBound - window.lowerBound) / 1e9 }

    /// Cuts `window` out of the timelines of `requests`. A token earns at its own time and a
    /// request's last entry at its `finish`, so windows that tile T add up to the whole.
    ///
    /// - Parameters:
    ///   - window: Not empty and less than 2^63 ns long.
    ///   - reader: The reader of the request at a place, from 0.
    /// - Throws: ``ScoringError`` for times that cannot be, naming the request.
    /// - Complexity: O(events).
    package init(
        _ window: Range<Int64>, of requests: some Sequence<RequestTimes>,
        reader: (Int) -> Reader
    ) throws(ScoringError) {
        precondition(!window.isEmpty, "a window has a length")
        var sum = CompensatedSum()
        var delivered = 0
        var scratch: [Int64] = []
        for (place, request) in requests.enumerated() {
            _ = try RequestScore(request, for: reader(place), gaps: &scratch) { time, earned in
                if window.contains(time) { sum.add(earned) }
            }
            for event in request.tokens where window.contains(event.time) {
                delivered += Int(event.count)
            }
        }
        self.window = window
        self.benefit = sum.value
        self.tokens = delivered
    }
}
