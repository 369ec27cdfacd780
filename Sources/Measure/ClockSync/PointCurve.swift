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
    private(set) var segments: [Segment]

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
                    parts[index].points, noise: noise, from: other?.segments[index].filter))
        }
    }

    /// With the likeliest noise, and its parts tied to each other where no clock jumped.
    init(_ parts: [PointPart]) {
        var curve = PointCurve(parts, noise: Self.noises[0])
        var best = curve
        for noise in Self.noises.dropFirst() {
            curve = PointCurve(parts, noise: noise, from: curve)
            if curve.logLikelihood > best.logLikelihood { best = curve }
        }
        self = best
        for (index, tied) in parts.indices.map({ tied(parts, $0) }).enumerated() {
            guard let tied else { continue }
            segments[index].filter = PointFilter(
                tied, noise: segments[index].filter.noise.squareRoot())
        }
    }

    /// The midpoints of a part, with what its neighbours say of the ends that they have in common;
    /// nil where that is less than it says by itself.
    ///
    /// A part of one train has no rate of its own.
    private func tied(_ parts: [PointPart], _ index: Int) -> PointMeasurements? {
        var points = parts[index].points
        let (own, count) = (segments[index].filter, points.nodes.count)
        for other in [index - 1, index + 1] where parts.indices.contains(other) {
            guard parts[max(index, other)].isContinuous else { continue }
            let neighbour = segments[other].filter
            let isBefore = other < index
            let near = isBefore ? own.times[0] : own.times[own.times.count - 1]
            let far = isBefore ? neighbour.times[neighbour.times.count - 1] : neighbour.times[0]
            let shift = Double(
                segments[other].frame.offsetNs.clampedDifference(segments[index].frame.offsetNs))
            // Not so near that no clock could have come from there.
            let apart = own.offset(at: near) - neighbour.offset(at: near) - shift
            let reach = min(apart.magnitude / DriftState.anyRate, (near - far).magnitude)
            let end = isBefore ? near - reach : near + reach
            let at = (far + end) / 2
            let tie = neighbour.state(at: at).bent(within: (end - far).magnitude)
            guard tie.offsetVariance < own.state(at: at).offsetVariance else { continue }
            points.tie(
                at: at, height: tie.offset + shift, variance: tie.offsetVariance,
                isBefore: isBefore)
        }
        return points.nodes.count > count ? points : nil
    }

    /// The same curve without what fitting alone needs.
    var settled: PointCurve {
        var settled = self
        for index in segments.indices {
            settled.segments[index].filter = segments[index].filter.settled
        }
        return settled
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
