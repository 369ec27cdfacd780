import Glibc
import Randomness

/// The law of a random quantity; its unit is the user's (tokens, seconds, turns).
package enum RandomLaw: Hashable, Sendable {
    case fixed(Double)
    /// Uniform from `low` to `high`, both included.
    case uniform(low: Double, high: Double)
    case normal(mean: Double, deviation: Double)
    /// Lognormal by its median and its 90th percentile, both positive, p90 >= median.
    case lognormal(median: Double, p90: Double)
    case exponential(mean: Double)
    /// Drawn with replacement from observed values; never empty.
    case empirical([Double])

    /// The standard normal's 90th percentile.
    static let normalP90 = 1.281_551_565_544_600_5

    /// One draw; not clamped, so a normal law may give a negative value.
    package func sample(using random: inout some RandomNumberGenerator) -> Double {
        switch self {
        case .fixed(let value): value
        case .uniform(let low, let high): low + (high - low) * random.nextUnit()
        case .normal(let mean, let deviation): mean + deviation * random.nextNormal()
        case .lognormal(let median, let p90):
            median * exp(log(p90 / median) / Self.normalP90 * random.nextNormal())
        case .exponential(let mean): mean * random.nextExponential()
        case .empirical(let values): values[Int.random(in: 0..<values.count, using: &random)]
        }
    }

    /// The reason why the law is impossible, as the end of a sentence; nil when it is sound.
    package var defect: String? {
        switch self {
        case .fixed(let value):
            value >= 0 && value.isFinite ? nil : "has a negative or infinite value"
        case .uniform(let low, let high):
            low >= 0 && low <= high && high.isFinite
                ? nil : "needs 0 <= low <= high, found \(low)..\(high)"
        case .normal(let mean, let deviation):
            mean >= 0 && mean.isFinite && deviation >= 0 && deviation.isFinite
                ? nil : "needs a mean and a deviation of at least 0"
        case .lognormal(let median, let p90):
            median > 0 && p90 >= median && p90.isFinite
                ? nil : "needs 0 < median <= p90, found median \(median) and p90 \(p90)"
        case .exponential(let mean):
            mean >= 0 && mean.isFinite ? nil : "needs a mean of at least 0"
        case .empirical(let values):
            values.isEmpty ? "has no values" : nil
        }
    }

    /// The mean of the law itself, before any clamp.
    package var mean: Double {
        switch self {
        case .fixed(let value): return value
        case .uniform(let low, let high): return (low + high) / 2
        case .normal(let mean, _): return mean
        case .lognormal(let median, let p90):
            let sigma = log(p90 / median) / Self.normalP90
            return median * exp(sigma * sigma / 2)
        case .exponential(let mean): return mean
        case .empirical(let values): return values.reduce(0, +) / Double(values.count)
        }
    }
}
