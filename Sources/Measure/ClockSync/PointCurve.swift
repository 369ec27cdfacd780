/// The point estimate over the whole of an agent's clock: one smoother between each two breaks.
struct PointCurve: Sendable {
    /// Densities of the rate's random walk that are tried, ppb a root second.
    static let noises = [3.0, 10, 30, 100]

    /// One smoother, in its own coordinates.
    struct Segment: Sendable {
        var fromNs: Int64
        var frame: ClockFrame
        var filter: PointFilter
    }

    /// In order of time.
    let segments: [Segment]

    /// How well the noise explains all midpoints.
    var logLikelihood: Double { segments.reduce(0) { $0 + $1.filter.logLikelihood } }

    /// - Parameters:
    ///   - noise: the density of the rate's random walk, ppb a root second.
    ///   - other: a curve of the same parts.
    init(_ parts: [PointPart], noise: Double, from other: PointCurve? = nil) {
        segments = parts.indices.map { index in
            Segment(
                fromNs: parts[index].fromNs, frame: parts[index].frame,
                filter: PointFilter(
                    parts[index].points, parts[index].points.nodes.indices, noise: noise,
                    from: other?.segments[index].filter))
        }
    }

    /// With the likeliest noise.
    init(_ parts: [PointPart]) {
        var curve = PointCurve(parts, noise: Self.noises[0])
        var best = curve
        for noise in Self.noises.dropFirst() {
            curve = PointCurve(parts, noise: noise, from: curve)
            if curve.logLikelihood > best.logLikelihood { best = curve }
        }
        self = best
    }

    /// The mean rise of the offset within segments, in ns a second; nil where they last below a
    /// second.
    var meanRate: Double? {
        var rise = 0.0
        var span = 0.0
        for segment in segments {
            let last = segment.filter.times.count - 1
            let seconds = segment.filter.times[last] - segment.filter.times[0]
            let offsets =
                segment.filter.smoothed(last).offset - segment.filter.smoothed(0).offset
            rise += offsets + segment.frame.slope * seconds
            span += seconds
        }
        return span >= 1 ? rise / span : nil
    }

    /// How long its segments last, s.
    var seconds: Double {
        segments.reduce(0) { $0 + $1.filter.times[$1.filter.times.count - 1] - $1.filter.times[0] }
    }

    /// The estimated offset and its standard deviation, ns; nil without any measurement.
    ///
    /// - Complexity: O(log nodes).
    func estimate(at agentNs: Int64) -> PointEstimate? {
        let next = segments.partition { $0.fromNs > agentNs }
        return estimate(at: agentNs, by: max(0, next - 1))
    }

    /// The estimate by one smoother, also outside of its own nodes; nil when there is no such
    /// smoother.
    func estimate(at agentNs: Int64, by index: Int) -> PointEstimate? {
        guard segments.indices.contains(index) else { return nil }
        let segment = segments[index]
        let seconds = segment.frame.seconds(agentNs)
        let state = segment.filter.state(at: seconds)
        return PointEstimate(
            offsetNs: segment.frame.offsetNs(state.offset, at: seconds, .toNearestOrEven),
            sigma: state.offsetVariance.squareRoot())
    }
}

/// Midpoints that no break parts.
struct PointPart: Sendable {
    /// The break before it, or the stretch's first stamp.
    var fromNs: Int64
    var frame: ClockFrame
    var points: PointMeasurements

    /// The midpoints of `stretches` between each two of `breaks` (ascending), in order of time.
    static func all(_ stretches: [ClockStretch], breaks: [Int64]) -> [PointPart] {
        var parts: [PointPart] = []
        for stretch in stretches {
            var rest = stretch.probes[...]
            var from = stretch.startNs
            for end in breaks + [Int64.max] {
                let part = rest.prefix { $0.t2 < end || end == .max }
                rest = rest.dropFirst(part.count)
                defer { from = max(from, end) }
                guard let first = part.first else { continue }
                let frame = stretch.frame(near: first)
                let points = PointMeasurements(part, frame: frame)
                if points.nodes.isEmpty { continue }
                parts.append(PointPart(fromNs: from, frame: frame, points: points))
            }
        }
        return parts.sorted { $0.fromNs < $1.fromNs }
    }
}

/// A point estimate of the offset, ns, and its standard deviation.
struct PointEstimate: Hashable, Sendable {
    var offsetNs: Int64
    var sigma: Double

    /// The same point with a sigma three of which reach the other one's point, too.
    func reaching(_ other: PointEstimate?) -> PointEstimate {
        guard let other else { return self }
        let apart = Double(other.offsetNs.clampedDifference(offsetNs)).magnitude
        return PointEstimate(offsetNs: offsetNs, sigma: max(sigma, other.sigma) + apart / 3)
    }
}
