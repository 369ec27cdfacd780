import Loss

/// The readers for whom a system leads all others by a share of the base's throughput: at each
/// speed an interval of weights, exact.
///
/// A system's smooth goodput falls along a line in alpha, so that a lead over each other system by
/// v·X is a half-line, and over all of them what these have in common.
struct LeadBands {
    /// The leads that are drawn, shares of the base's throughput.
    static let shares = [0.01, 0.05, 0.1, 0.2, 0.5]
    /// The greatest weight that is drawn.
    static let mostAlpha = 3.0

    let surfaces: [Surface]

    /// The weights at which `system` leads by `share`, at one of the surfaces' speeds; nil where it
    /// does at none up to ``mostAlpha``.
    func weights(of system: Int, by share: Double, column: Int) -> ClosedRange<Double>? {
        let least = share * surfaces[0].throughput
        let own = surfaces[system]
        var range = 0.0...Self.mostAlpha
        for (index, other) in surfaces.enumerated() where index != system {
            let start = own.throughput - other.throughput - least
            let slope = other.penalties[column] - own.penalties[column]
            // start + alpha · slope ≥ 0.
            guard let part = Self.halfLine(start, slope) else { return nil }
            let low = max(range.lowerBound, part.lowerBound)
            let high = min(range.upperBound, part.upperBound)
            guard low < high else { return nil }
            range = low...high
        }
        return range
    }

    private static func halfLine(_ start: Double, _ slope: Double) -> ClosedRange<Double>? {
        guard !slope.isNaN else { return nil }
        // An infinite penalty loses at once, and wins at none.
        if slope == -.infinity { return nil }
        if slope == .infinity { return 0...mostAlpha }
        if slope == 0 { return start >= 0 ? 0...mostAlpha : nil }
        let edge = -start / slope
        guard slope > 0 else { return edge > 0 ? 0...edge : nil }
        return edge < mostAlpha ? max(0, edge)...mostAlpha : nil
    }

    /// The system that leads by a share at a weight; nil where none does.
    func leader(column: Int, alpha: Double, by share: Double = shares[0]) -> Int? {
        surfaces.indices.first { system in
            weights(of: system, by: share, column: column)?.contains(alpha) ?? false
        }
    }
}
