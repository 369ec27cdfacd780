/// The mean and the standard deviation.
package func momentsOf(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count)).squareRoot())
}

/// The largest distance between the empirical distribution and `cumulative`; 1.95/sqrt(n) is
/// passed with probability 0.001.
package func kolmogorovDistance(_ values: [Double], _ cumulative: (Double) -> Double) -> Double {
    let sorted = values.sorted()
    let count = Double(sorted.count)
    return sorted.enumerated().reduce(0) { worst, each in
        let expected = cumulative(each.element)
        return max(
            worst, abs(expected - Double(each.offset) / count),
            abs(expected - Double(each.offset + 1) / count))
    }
}
