/// A place at which the point starts afresh.
struct PointParting: Hashable, Sendable {
    /// On the agent's clock.
    var at: Int64
    /// Whether only the rate changed there: the offset on both sides is the same.
    var isContinuous: Bool
}

/// Midpoints that no break parts.
struct PointPart: Sendable {
    /// The break before it, or the stretch's first stamp.
    var fromNs: Int64
    var frame: ClockFrame
    var points: PointMeasurements
    /// Whether the clock did not jump between the part before it and this one.
    var isContinuous: Bool

    /// The midpoints of `stretches` between each two of `breaks` (ascending), in order of time.
    static func all(_ stretches: [ClockStretch], breaks: [PointParting]) -> [PointPart] {
        var parts: [PointPart] = []
        for stretch in stretches {
            var rest = stretch.probes[...]
            var from = stretch.startNs
            var isContinuous = false
            for end in breaks + [PointParting(at: .max, isContinuous: false)] {
                let part = rest.prefix { $0.t2 < end.at || end.at == .max }
                rest = rest.dropFirst(part.count)
                defer {
                    from = max(from, end.at)
                    isContinuous = isContinuous && end.isContinuous
                }
                guard let first = part.first else { continue }
                let frame = stretch.frame(near: first)
                let points = PointMeasurements(part, frame: frame)
                if points.nodes.isEmpty { continue }
                parts.append(
                    PointPart(
                        fromNs: from, frame: frame, points: points, isContinuous: isContinuous))
                isContinuous = true
            }
        }
        return parts.sorted { $0.fromNs < $1.fromNs }
    }
}
