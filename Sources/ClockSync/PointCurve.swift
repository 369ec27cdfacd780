/// The point estimate over the whole of an agent's clock: one smoother between each two breaks.
struct PointCurve: Sendable {
    /// Densities of the rate's random walk that are tried, ppb a root second.
    static let noises = [1.0, 3, 10, 30, 100]

    /// One smoother, in its own coordinates.
    struct Segment: Sendable {
        var fromNs: Int64
        var frame: ClockFrame
        var filter: PointFilter
    }

    private(set) var segments: [Segment] = []

    /// - Parameters:
    ///   - breaks: instants of the agent's clock at which all that was known is forgotten, ascending.
    ///   - noise: of the rate's random walk; nil for the likeliest.
    init(_ stretches: [ClockStretch], breaks: [Int64], noise: Double? = nil) {
        var parts: [(from: Int64, frame: ClockFrame, points: PointMeasurements)] = []
        for stretch in stretches {
            var rest = stretch.probes[...]
            for end in breaks + [Int64.max] {
                let part = rest.prefix { $0.t2 < end || end == .max }
                rest = rest.dropFirst(part.count)
                guard let first = part.first else { continue }
                let frame = stretch.frame(near: first)
                let points = PointMeasurements(part, frame: frame)
                if !points.nodes.isEmpty { parts.append((first.t2, frame, points)) }
            }
        }
        var best = -Double.infinity
        for candidate in noise.map({ [$0] }) ?? Self.noises {
            let filters = parts.map { part in
                PointFilter(part.points, part.points.nodes.indices, noise: candidate)
            }
            let likelihood = filters.reduce(0) { $0 + $1.logLikelihood }
            guard likelihood > best || segments.isEmpty else { continue }
            best = likelihood
            segments = zip(parts, filters).map { part, filter in
                Segment(fromNs: part.from, frame: part.frame, filter: filter)
            }
        }
        segments.sort { $0.fromNs < $1.fromNs }
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

    /// The estimated offset and its standard deviation, ns; nil without any measurement.
    ///
    /// - Complexity: O(log nodes).
    func estimate(at agentNs: Int64) -> PointEstimate? {
        let next = segments.partition { $0.fromNs > agentNs }
        return estimate(at: agentNs, by: max(0, next - 1))
    }

    /// What one smoother says, also outside of its own nodes; nil when there is no such.
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
