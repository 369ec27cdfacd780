/// Stamps over which all bounds are continuous, but for their rounding to whole ns.
struct BoundSpan: Hashable, Sendable {
    var stamps: ClosedRange<Int64>
    /// Between which every bound rises over them, ns of offset a second.
    var slopes: ClosedRange<Double>
}

extension BoundMap {
    /// Calls `body` with the spans of `window` in order; with none where nothing is known.
    ///
    /// - Complexity: O(knots in the window).
    func forEachSpan(in window: ClosedRange<Int64>, _ body: (BoundSpan) -> Void) {
        var low = window.lowerBound
        for index in pieces.indices {
            let end = min(lastStamp(of: index), window.upperBound)
            guard low <= end else { continue }
            var edges = edges(of: pieces[index], in: low...end)
            edges.removeAll { $0 <= low || $0 > end }
            edges.sort()
            for edge in edges where edge > low {
                body(span(low...edge - 1, of: pieces[index]))
                low = edge
            }
            body(span(low...end, of: pieces[index]))
            guard end < window.upperBound else { return }
            low = end + 1
        }
    }

    /// The last stamp of which a piece speaks.
    private func lastStamp(of index: Int) -> Int64 {
        guard index + 1 < pieces.count else { return .max }
        let last = starts[index + 1].clampedDifference(1)
        if case .zone(let zone) = pieces[index] { return min(last, zone.toNs) }
        return last
    }

    private func span(_ stamps: ClosedRange<Int64>, of piece: Piece) -> BoundSpan {
        switch piece {
        case .segment(let segment):
            BoundSpan(stamps: stamps, slopes: segment.slopes(over: stamps))
        case .zone(let zone): BoundSpan(stamps: stamps, slopes: zone.slopes(over: stamps))
        }
    }

    /// Stamps in `range` from which on something else speaks, in any order.
    private func edges(of piece: Piece, in range: ClosedRange<Int64>) -> [Int64] {
        switch piece {
        case .segment(let segment): segment.edges(in: range)
        case .zone(let zone): zone.edges(in: range)
        }
    }
}

extension BoundSegment {
    /// The first stamps at or after each knot in `range`.
    func edges(in range: ClosedRange<Int64>) -> [Int64] {
        let first = hard.firstKnot(after: hard.frame.seconds(range.lowerBound))
        var edges: [Int64] = []
        for knot in hard.knots[first...] {
            guard let edge = hard.frame.firstStamp(from: knot, in: range) else { break }
            edges.append(edge)
        }
        return edges
    }

    /// Between which the bounds rise over stamps without an edge, ns a second.
    func slopes(over stamps: ClosedRange<Int64>) -> ClosedRange<Double> {
        let ends = hard.frame.seconds(stamps.lowerBound)...hard.frame.seconds(stamps.upperBound)
        let next = hard.firstKnot(after: ends.lowerBound)
        var slopes: ClosedRange<Double>?
        for knot in [next - 1, next] where hard.knots.indices.contains(knot) {
            slopes = .hull(slopes, hard.slopes(of: knot, over: ends))
            slopes = .hull(slopes, budget.slopes(of: knot, over: ends))
        }
        return slopes ?? hard.anySlope
    }
}

extension SetMembership {
    /// The rates of any two clocks.
    var anySlope: ClosedRange<Double> { .between(-rules.rate, rules.rate) }

    /// Between which the bounds that one knot allows rise over an interval, ns a second.
    ///
    /// A bound is the parabola of the set's extreme vertex, or the greatest rate from its extreme
    /// offset where that allows less, which can be only where a rate of the set is near the
    /// greatest. Past twice the set's distance from that rate the parabola is never the bound.
    ///
    /// - Parameter ends: seconds of the frame.
    func slopes(of knot: Int, over ends: ClosedRange<Double>) -> ClosedRange<Double> {
        let reach = max(
            (ends.lowerBound - knots[knot]).magnitude, (ends.upperBound - knots[knot]).magnitude)
        var least = Double.infinity
        var most = -Double.infinity
        for point in set(knot) {
            least = min(least, point.y)
            most = max(most, point.y)
        }
        let limits = (low: -rules.rate - frame.slope, high: rules.rate - frame.slope)
        let bend = rules.wander * reach
        var low = max(least - bend, least - 2 * max(0, most - limits.low))
        var high = min(most + bend, most + 2 * max(0, limits.high - least))
        if least - limits.low < bend / 2 || limits.high - most < bend / 2 {
            low = min(low, limits.low)
            high = max(high, limits.high)
        }
        return .between(low + frame.slope, max(low, high) + frame.slope)
    }
}

extension ClosedRange where Bound == Double {
    /// The range between two ends; all numbers where one of them is none.
    static func between(_ a: Double, _ b: Double) -> ClosedRange {
        a.isNaN || b.isNaN ? -Double.infinity...Double.infinity : Swift.min(a, b)...Swift.max(a, b)
    }

    /// The least range with all of both.
    static func hull(_ a: ClosedRange?, _ b: ClosedRange) -> ClosedRange {
        guard let a else { return b }
        return Swift.min(a.lowerBound, b.lowerBound)...Swift.max(a.upperBound, b.upperBound)
    }
}
