/// How a stretch of the point estimate runs.
struct PointCourse: Hashable, Sendable {
    /// Between which the offset rises, ns a second.
    var slopes: ClosedRange<Double>
    /// The most by which that changes, ns/s^2.
    var bend: Double
}

extension PointCurve {
    /// Stamps of `window` over which one smoother's curve has no jump, in order, and which one's
    /// they are.
    func spans(
        in window: ClosedRange<Int64>
    ) -> [(stamps: ClosedRange<Int64>, segment: Int)] {
        var spans: [(stamps: ClosedRange<Int64>, segment: Int)] = []
        for index in segments.indices {
            let start = index == 0 ? .min : segments[index].fromNs
            let end =
                index + 1 < segments.count
                ? segments[index + 1].fromNs.clampedDifference(1) : .max
            let own = (low: max(start, window.lowerBound), high: min(end, window.upperBound))
            guard own.low <= own.high else { continue }
            // Extrapolations beyond the outer nodes know a little less: a jump far below a
            // nanosecond, unless there are hardly any nodes.
            let (frame, times) = (segments[index].frame, segments[index].filter.times)
            var low = own.low
            for node in [times[0], times[times.count - 1]] {
                guard let edge = frame.firstStamp(from: node, in: own.low...own.high), edge > low
                else { continue }
                spans.append((low...edge - 1, index))
                low = edge
            }
            spans.append((low...own.high, index))
        }
        return spans
    }

    /// The course of one smoother's curve over stamps of one of its spans.
    ///
    /// - Complexity: O(nodes among the stamps + log nodes).
    func course(over stamps: ClosedRange<Int64>, of index: Int) -> PointCourse {
        let segment = segments[index]
        let course = segment.filter.course(
            from: segment.frame.seconds(stamps.lowerBound),
            to: segment.frame.seconds(stamps.upperBound))
        let slope = segment.frame.slope
        return PointCourse(
            slopes: .between(
                course.slopes.lowerBound + slope, course.slopes.upperBound + slope),
            bend: course.bend)
    }

    /// One smoother's offset at a stamp, in ns above `origin`, before it is rounded.
    func offset(at agentNs: Int64, by index: Int, above origin: Int64) -> Double {
        let (frame, filter) = (segments[index].frame, segments[index].filter)
        let seconds = frame.seconds(agentNs)
        return Double(frame.offsetNs.clampedDifference(origin))
            + (filter.offset(at: seconds) + frame.slope * seconds)
    }
}

extension PointFilter {
    /// The offset at an instant, ns above the line.
    func offset(at seconds: Double) -> Double { state(at: seconds).offset }

    /// The course of the curve from one instant to a later one, above the line.
    ///
    /// Between two nodes it is a cubic: its second derivative is greatest at one of them.
    func course(from begin: Double, to end: Double) -> PointCourse {
        let first = times.partition { $0 > begin }
        var before = first > 0 ? smoothed(first - 1) : backward[0]
        var course: PointCourse?
        for next in first...times.count {
            if next == 0 || next == times.count {
                let rate = next == 0 ? backward[0].rate : forward[next - 1].rate
                course = PointCourse(slopes: .between(rate, rate), bend: 0).joined(to: course)
                before = smoothed(0)
            } else if times[next] > times[next - 1] {
                let after = smoothed(next)
                course = PointCourse(from: before, to: after, over: times[next] - times[next - 1])
                    .joined(to: course)
                before = after
            }
            if next < times.count, times[next] >= end { break }
        }
        return course ?? PointCourse(slopes: .between(.nan, .nan), bend: .infinity)
    }
}

extension PointCourse {
    /// The course of the cubic between two states, `span` seconds apart.
    fileprivate init(from early: DriftState, to late: DriftState, over span: Double) {
        let chord = (late.offset - early.offset) / span
        let first = (6 * chord - 4 * early.rate - 2 * late.rate) / span
        let last = (2 * early.rate + 4 * late.rate - 6 * chord) / span
        bend = max(first.magnitude, last.magnitude)
        let reach = bend * span / 2
        slopes = .between(
            min(early.rate, late.rate) - reach, max(early.rate, late.rate) + reach)
    }

    fileprivate func joined(to other: PointCourse?) -> PointCourse {
        guard let other else { return self }
        return PointCourse(slopes: .hull(other.slopes, slopes), bend: max(bend, other.bend))
    }

    /// By how much the curve is off the straight line between its ends at most, ns, when they are
    /// `seconds` apart.
    func sag(over seconds: Double) -> Double {
        min(
            bend * seconds * seconds / 8,
            (slopes.upperBound - slopes.lowerBound) * seconds / 4)
    }
}
