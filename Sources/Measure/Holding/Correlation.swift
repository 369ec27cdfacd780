/// Pearson's correlation of pairs, −1...1; nil with fewer than three pairs, and where one side does
/// not vary.
func correlation(_ pairs: [(Double, Double)]) -> Double? {
    guard pairs.count >= 3 else { return nil }
    let count = Double(pairs.count)
    let meanX = pairs.reduce(0) { $0 + $1.0 } / count
    let meanY = pairs.reduce(0) { $0 + $1.1 } / count
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (x, y) in pairs {
        xx += (x - meanX) * (x - meanX)
        yy += (y - meanY) * (y - meanY)
        xy += (x - meanX) * (y - meanY)
    }
    let product = (xx * yy).squareRoot()
    return product > 0 ? max(-1, min(1, xy / product)) : nil
}

/// `values`, none farther from their median than `bound` times the median of these distances;
/// where that median is 0 they stay as they are.
func clipped(_ values: [Double], at bound: Double) -> [Double] {
    guard let centre = median(values), let spread = median(values.map { abs($0 - centre) }),
        spread > 0
    else { return values }
    let (low, high) = (centre - bound * spread, centre + bound * spread)
    return values.map { min(max($0, low), high) }
}
