extension BreakZone {
    /// Stamps in `range` from which on something else speaks, in any order.
    func edges(in range: ClosedRange<Int64>) -> [Int64] {
        var edges: [Int64] = []
        for track in tracks {
            for (early, late) in zip(track.probes, track.probes.dropFirst()) {
                let stamps = ClockProbe.stamps(between: early, and: late)
                edges.append(stamps.lowerBound)
                edges.append(stamps.upperBound.clampedSum(1))
            }
            edges.append(contentsOf: track.probes.lazy.map(\.t2))
            for side in [track.left, track.right] {
                edges.append(contentsOf: side?.edges(in: range) ?? [])
            }
        }
        switch knowledge {
        case .nothing: break
        case .continuous(let hard, let budget): edges += hard.times + budget.times
        case .small(let before, let after):
            edges += before.edges + after.edges.map { $0.clampedSum(1) }
        }
        return edges
    }

    /// Between which the bounds rise over stamps without an edge, ns a second.
    func slopes(over stamps: ClosedRange<Int64>) -> ClosedRange<Double> {
        var slopes = ClosedRange.between(-hard.rate, hard.rate)
        for track in tracks {
            for side in [track.left, track.right] {
                guard let side else { continue }
                slopes = .hull(slopes, side.slopes(over: stamps))
            }
        }
        if case .small(let before, let after) = knowledge {
            for side in [before, after] {
                guard let knot = side.knot(at: stamps.lowerBound) else { continue }
                let frame = side.hard.frame
                let ends = frame.seconds(stamps.lowerBound)...frame.seconds(stamps.upperBound)
                slopes = .hull(slopes, side.hard.slopes(of: knot, over: ends))
                slopes = .hull(slopes, side.budget.slopes(of: knot, over: ends))
            }
        }
        return slopes
    }
}
