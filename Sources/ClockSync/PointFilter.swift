import Glibc

/// A Kalman smoother of offset and rate over some neighbouring nodes that no break parts, robust
/// against midpoints that are far off.
struct PointFilter: Sendable {
    /// Degrees of freedom of the Student t that midpoints are taken to be spread by.
    private static let freedom = 4.0
    static let passes = 5

    /// Seconds of the frame.
    let times: [Double]
    /// What all nodes up to and including each say, there.
    private(set) var forward: [DriftState] = []
    /// What all nodes from each on say, there.
    private(set) var backward: [DriftState] = []
    /// Of the rate's random walk, (ns/s)^2 a second.
    let noise: Double
    /// Log likelihoods of each node given those before it, and given those after it.
    private(set) var forwardLikelihoods: [Double] = []
    private(set) var backwardLikelihoods: [Double] = []
    /// How well the noise fits.
    var logLikelihood: Double { forwardLikelihoods.reduce(0, +) }

    private let points: PointMeasurements
    private let range: Range<Int>
    /// Of each node's combined measurement.
    private var values: [Double]
    private var variances: [Double]

    /// - Parameters:
    ///   - range: which nodes of `points`, not empty.
    ///   - noise: of the rate's random walk, ppb a root second.
    init(
        _ points: PointMeasurements, _ range: Range<Int>, noise: Double,
        passes: Int = PointFilter.passes
    ) {
        precondition(!range.isEmpty, "a filter needs a node")
        self.points = points
        self.range = range
        self.noise = noise * noise
        times = Array(points.nodes[range])
        values = Array(repeating: 0, count: range.count)
        variances = values
        weigh(nil)
        for pass in 0..<passes {
            run()
            if pass < passes - 1 { weigh((0..<times.count).map { smoothed($0) }) }
        }
    }

    /// Combines each node's midpoints, those far from `states` with less weight.
    private mutating func weigh(_ states: [DriftState]?) {
        for node in 0..<times.count {
            var weights = 0.0
            var sum = 0.0
            for index in points.starts[
                range.lowerBound + node]..<points.starts[range.lowerBound + node + 1]
            {
                var variance = points.variances[index]
                if let state = states?[node] {
                    let expected = state.offset + state.rate * (points.times[index] - times[node])
                    let residual = points.heights[index] - expected
                    variance *=
                        (Self.freedom + residual * residual / variance) / (Self.freedom + 1)
                }
                weights += 1 / variance
                sum += points.heights[index] / variance
            }
            values[node] = sum / weights
            variances[node] = 1 / weights
        }
    }

    private mutating func run() {
        (forward, forwardLikelihoods) = pass(Array(0..<times.count))
        (backward, backwardLikelihoods) = pass((0..<times.count).reversed())
        backward.reverse()
        backwardLikelihoods.reverse()
    }

    /// Filters the nodes in an order of time, or against it.
    private func pass(_ order: [Int]) -> (states: [DriftState], likelihoods: [Double]) {
        var states: [DriftState] = []
        var likelihoods: [Double] = []
        states.reserveCapacity(order.count)
        likelihoods.reserveCapacity(order.count)
        var last = order[0]
        var state = DriftState.unknown(near: values[last])
        for node in order {
            state = state.advanced(by: times[node] - times[last], noise: noise)
            // The first two say where and how steep the line is, not how it bends.
            likelihoods.append(
                states.count < 2
                    ? 0
                    : Self.logLikelihood(
                        values[node] - state.offset,
                        variance: state.offsetVariance + variances[node]))
            state.measure(values[node], variance: variances[node])
            states.append(state)
            last = node
        }
        return (states, likelihoods)
    }

    /// Of a deviation from a normal law, less a constant.
    static func logLikelihood(_ deviation: Double, variance: Double) -> Double {
        -(log(variance) + deviation * deviation / variance) / 2
    }

    /// What all nodes say at node `index`.
    func smoothed(_ index: Int) -> DriftState {
        guard index + 1 < times.count else { return forward[index] }
        return forward[index].combined(
            with: backward[index + 1].advanced(
                by: times[index] - times[index + 1], noise: noise))
    }

    /// What all nodes say at any instant; between two nodes its offset is the cubic that has the
    /// smoothed offsets and rates of both.
    func state(at seconds: Double) -> DriftState {
        let next = times.partition { $0 > seconds }
        guard next > 0 else { return backward[0].advanced(by: seconds - times[0], noise: noise) }
        let before = forward[next - 1].advanced(by: seconds - times[next - 1], noise: noise)
        guard next < times.count else { return before }
        return before.combined(
            with: backward[next].advanced(by: seconds - times[next], noise: noise))
    }

    /// How far what is before and what is from node `index` on disagree, in squared deviations.
    func disagreement(before index: Int) -> Double {
        forward[index - 1].advanced(by: times[index] - times[index - 1], noise: noise)
            .distance(to: backward[index])
    }
}
