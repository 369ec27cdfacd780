import ClockSync
import Glibc

/// A textbook smoother of the offset, by which an estimate is judged.
///
/// Each exchange but a train's first measures it by its middle, worse the longer its round trip;
/// the rate walks at random, at the likeliest of five densities; middles are spread by a Student t.
/// It is told where the agent's clock broke and starts afresh there. On the public clock vectors it
/// does as well as what is printed beside them, or better.
struct PlainSmoother {
    /// The densities of the rate's walk, ppb a root second.
    private static let noises = [1.0, 3, 10, 30, 100]
    private static let freedom = 4.0
    private static let passes = 5
    /// The least deviation of a middle, and where a long round trip's begins to count for little,
    /// ns.
    private static let (base, knee) = (500.0, 5_000.0)

    /// An exchange: its time, its middle, and the variance that its round trip lets expect.
    private struct Middle {
        /// Seconds and ns since the run's first exchange.
        var at: Double
        var offset: Double
        var variance: Double
    }

    fileprivate struct State {
        var offset: Double
        var rate = 0.0
        var offsetVariance = 1e16
        var covariance = 0.0
        /// (600 ppm)^2.
        var rateVariance = 3.6e11
    }

    private let origin: ClockExchange
    /// The states between each two breaks, and when each begins, s.
    private var parts: [(from: Double, times: [Double], states: [State])] = []

    /// - Parameters:
    ///   - exchanges: in order, of a minute or two: the least round trip is that of all.
    ///   - breaks: when the agent's clock broke, on it, ascending.
    init(_ exchanges: [ClockExchange], breaks: [Int64]) {
        origin = exchanges[0]
        let middles = Self.middles(exchanges.filter { $0.member > 0 }, from: origin)
        let edges = breaks.map { [origin] in Double($0 - origin.t2) / 1e9 }
        var best = -Double.infinity
        for noise in Self.noises {
            var made: [(from: Double, times: [Double], states: [State])] = []
            var likelihood = 0.0
            for (from, to) in zip([-.infinity] + edges, edges + [.infinity]) {
                let part = middles.filter { from <= $0.at && $0.at < to }
                if part.isEmpty { continue }
                let smoothed = Self.smoothed(part, noise: noise * noise)
                likelihood += smoothed.likelihood
                made.append((from, part.map(\.at), smoothed.states))
            }
            if likelihood > best { (best, parts) = (likelihood, made) }
        }
    }

    private static func middles(
        _ exchanges: [ClockExchange], from origin: ClockExchange
    ) -> [Middle] {
        let trips = exchanges.map { ($0.t4 - $0.t1) - ($0.t3 - $0.t2) }
        let least = trips.min() ?? 0
        let first = origin.t1 - origin.t2
        return zip(exchanges, trips).map { exchange, trip in
            let excess = Double(trip - least) / 2
            let both = (exchange.t1 - exchange.t2 - first) + (exchange.t4 - exchange.t3 - first)
            return Middle(
                at: Double((exchange.t2 - origin.t2) + (exchange.t3 - origin.t2)) / 2e9,
                offset: Double(both) / 2,
                variance: base * base + excess * excess + pow(excess, 4) / (knee * knee))
        }
    }

    private static func smoothed(
        _ middles: [Middle], noise: Double
    ) -> (states: [State], likelihood: Double) {
        var variances = middles.map(\.variance)
        var result = pass(middles, variances, noise: noise)
        for _ in 1..<passes {
            variances = zip(middles, result.states).map { middle, state in
                let apart = middle.offset - state.offset
                return (middle.variance * freedom + apart * apart) / (freedom + 1)
            }
            result = pass(middles, variances, noise: noise)
        }
        return result
    }

    /// A Kalman filter forwards, and the smoother of Rauch, Tung and Striebel backwards.
    private static func pass(
        _ middles: [Middle], _ variances: [Double], noise: Double
    ) -> (states: [State], likelihood: Double) {
        var (states, expected): ([State], [State]) = ([], [])
        var likelihood = 0.0
        var state = State(offset: middles[0].offset)
        for (index, middle) in middles.enumerated() {
            if index > 0 { state.advance(by: middle.at - middles[index - 1].at, noise: noise) }
            expected.append(state)
            let total = state.offsetVariance + variances[index]
            let apart = middle.offset - state.offset
            if index > 1 { likelihood -= (log(total) + apart * apart / total) / 2 }
            state.offset += state.offsetVariance / total * apart
            state.rate += state.covariance / total * apart
            state.rateVariance -= state.covariance * state.covariance / total
            state.covariance *= variances[index] / total
            state.offsetVariance *= variances[index] / total
            states.append(state)
        }
        for index in states.indices.dropLast().reversed() {
            let span = middles[index + 1].at - middles[index].at
            states[index].smooth(by: states[index + 1], over: span, expected: expected[index + 1])
        }
        return (states, likelihood)
    }

    /// The coordinator's time at an instant of the agent's: the cubic between two states.
    func map(_ agentNs: Int64) -> Int64 {
        let at = Double(agentNs - origin.t2) / 1e9
        guard let part = parts.last(where: { $0.from <= at }) ?? parts.first else { return agentNs }
        let next = part.times.firstIndex { $0 > at } ?? part.times.count
        let near = part.states[max(0, next - 1)]
        var offset = near.offset + near.rate * (at - part.times[max(0, next - 1)])
        if next > 0, next < part.times.count {
            let far = part.states[next]
            let span = part.times[next] - part.times[next - 1]
            let share = (at - part.times[next - 1]) / span
            let rise = far.offset - near.offset - near.rate * span
            let bend = (far.rate - near.rate) * span
            offset += share * share * (3 * rise - bend + share * (bend - 2 * rise))
        }
        return agentNs + (origin.t1 - origin.t2) + Int64(offset.rounded())
    }
}

extension PlainSmoother.State {
    fileprivate mutating func advance(by span: Double, noise: Double) {
        offset += span * rate
        offsetVariance += span * (2 * covariance + span * rateVariance) + noise * pow(span, 3) / 3
        covariance += span * rateVariance + noise * span * span / 2
        rateVariance += noise * span
    }

    /// Takes in what is known `span` seconds later, where `expected` was to be.
    fileprivate mutating func smooth(by later: Self, over span: Double, expected: Self) {
        let (a, b, c) = (expected.offsetVariance, expected.covariance, expected.rateVariance)
        let determinant = a * c - b * b
        guard determinant > 0 else { return }
        let (x, y) = (offsetVariance + span * covariance, covariance + span * rateVariance)
        let (offsets, rates) = (later.offset - expected.offset, later.rate - expected.rate)
        let gain = (
            (x * c - covariance * b) / determinant, (covariance * a - x * b) / determinant,
            (y * c - rateVariance * b) / determinant, (rateVariance * a - y * b) / determinant
        )
        offset += gain.0 * offsets + gain.1 * rates
        rate += gain.2 * offsets + gain.3 * rates
    }
}
