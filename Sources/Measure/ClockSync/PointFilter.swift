import Glibc

/// A Kalman smoother of offset and rate over some neighbouring nodes that no break parts, robust
/// against midpoints that are far off.
struct PointFilter: Sendable {
    /// Degrees of freedom of the Student t that midpoints are taken to be spread by.
    private static let freedom = 4.0
    /// Rounds of weighing and smoothing, and those when the weights are another filter's.
    private static let passes = (fresh: 5, warm: 3)

    /// Seconds of the frame.
    let times: [Double]
    /// The state at each node by all nodes up to and including it.
    private(set) var forward: [DriftState] = []
    /// The state at each node by all nodes from it on.
    private(set) var backward: [DriftState] = []
    /// The density of the rate's random walk, (ns/s)^2 a second.
    let noise: Double
    /// Log likelihoods of each node given those before it, and given those after it.
    private(set) var forwardLikelihoods: [Double] = []
    private(set) var backwardLikelihoods: [Double] = []
    /// The log likelihood of the weights, and of the distances between midpoints of one node.
    private var scatterLikelihood = 0.0
    /// Each node's squared deviation from what those before it say, in variances.
    private(set) var surprises: [Double] = []
    /// How well the noise explains all midpoints, each spread by a Student t; comparable between
    /// filters of the same midpoints.
    var logLikelihood: Double { forwardLikelihoods.reduce(scatterLikelihood, +) }

    private var points: PointMeasurements
    /// The variance of each midpoint, with its weight.
    private var weighted: [Double] = []
    /// The value and the variance of each node's combined measurement.
    private var values: [Double]
    private var variances: [Double]

    /// - Parameters:
    ///   - points: those of one node at least.
    ///   - noise: the density of the rate's random walk, ppb a root second.
    ///   - other: a filter of the same nodes whose weights are nearly right.
    ///   - isRobust: whether midpoints far off get less weight.
    init(
        _ points: PointMeasurements, noise: Double,
        from other: PointFilter? = nil, isRobust: Bool = true
    ) {
        precondition(!points.nodes.isEmpty, "a filter needs a node")
        self.points = points
        self.noise = noise * noise
        times = points.nodes
        values = Array(repeating: 0, count: times.count)
        variances = values
        weighted = other?.weighted ?? points.variances
        let passes = !isRobust ? 1 : other == nil ? Self.passes.fresh : Self.passes.warm
        for pass in 1...passes {
            combine()
            run()
            if pass < passes { weigh() }
        }
    }

    /// Combines the midpoints of each node by their weighted variances.
    private mutating func combine() {
        scatterLikelihood = 0
        for node in 0..<times.count {
            let start = points.starts[node]
            let end = points.starts[node + 1]
            var weights = 0.0
            var sum = 0.0
            for index in start..<end {
                weights += 1 / weighted[index]
                sum += points.heights[index] / weighted[index]
            }
            let value = sum / weights
            values[node] = value
            variances[node] = 1 / weights
            scatterLikelihood += scatter(start..<end, about: value)
        }
    }

    /// The log likelihood of a node's midpoints beside that of their mean.
    private func scatter(_ midpoints: Range<Int>, about value: Double) -> Double {
        var sum = 0.0
        var product = 1.0
        var weights = 0.0
        for index in midpoints {
            let variance = weighted[index]
            let weight = points.variances[index] / variance
            let apart = points.heights[index] - value
            // The weights' own law is a gamma of freedom / 2.
            sum -= apart * apart / variance / 2 + Self.freedom / 2 * weight
            product *= variance / (weight * weight)
            weights += 1 / variance
        }
        return sum - log(product * weights) / 2
    }

    /// Gives midpoints far from what all say less weight.
    private mutating func weigh() {
        for node in 0..<times.count {
            let state = smoothed(node)
            let start = points.starts[node]
            for index in start..<points.starts[node + 1] {
                let expected = state.offset + state.rate * (points.times[index] - times[node])
                let residual = points.heights[index] - expected
                let variance = points.variances[index]
                weighted[index] =
                    variance * (Self.freedom + residual * residual / variance)
                    / (Self.freedom + 1)
            }
        }
    }

    private mutating func run() {
        let count = times.count
        pass(stride(from: 0, to: count, by: 1), &forward, &forwardLikelihoods)
        pass(stride(from: count - 1, through: 0, by: -1), &backward, &backwardLikelihoods)
        backward.reverse()
        backwardLikelihoods.reverse()
        surprises = (0..<count).dropFirst(2).map { node in
            let before = forward[node - 1].advanced(by: times[node] - times[node - 1], noise: noise)
            let apart = values[node] - before.offset
            return apart * apart / (before.offsetVariance + variances[node])
        }
    }

    /// Filters the nodes in an order of time, or against it.
    private func pass(
        _ order: some Sequence<Int>, _ states: inout [DriftState], _ likelihoods: inout [Double]
    ) {
        states.removeAll(keepingCapacity: true)
        likelihoods.removeAll(keepingCapacity: true)
        states.reserveCapacity(times.count)
        likelihoods.reserveCapacity(times.count)
        var last: Double?
        var state = DriftState.unknown(near: 0)
        for node in order {
            if let last {
                state = state.advanced(by: times[node] - last, noise: noise)
            } else {
                state = .unknown(near: values[node])
            }
            last = times[node]
            // The first says where the line is, whatever the noise; the second, how steep it is,
            // which has a law: a side of a break with one node is no likelier than one with two.
            likelihoods.append(
                states.isEmpty
                    ? 0
                    : Self.logLikelihood(
                        values[node] - state.offset,
                        variance: state.offsetVariance + variances[node]))
            state.measure(values[node], variance: variances[node])
            states.append(state)
        }
    }

    /// The same states without what fitting alone needs: two thirds of the memory.
    var settled: PointFilter {
        var settled = self
        settled.points = .none
        (settled.weighted, settled.values, settled.variances) = ([], [], [])
        (settled.forwardLikelihoods, settled.backwardLikelihoods) = ([], [])
        settled.surprises = []
        return settled
    }

    /// The log likelihood of a deviation from a normal law, less a constant.
    static func logLikelihood(_ deviation: Double, variance: Double) -> Double {
        -(log(variance) + deviation * deviation / variance) / 2
    }

    /// The state at node `index` by all nodes.
    func smoothed(_ index: Int) -> DriftState {
        guard index + 1 < times.count else { return forward[index] }
        return forward[index].combined(
            with: backward[index + 1].advanced(
                by: times[index] - times[index + 1], noise: noise))
    }

    /// The state at any instant by all nodes; between two nodes its offset is the cubic that has
    /// the smoothed offsets and rates of both.
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
