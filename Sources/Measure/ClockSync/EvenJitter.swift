/// Jitter that lengthens and shortens both ways of a path evenly about their middle.
///
/// A queue only lengthens: the shortest round trips crowd at the floor, and their midpoints are the
/// best. Where round trips scatter evenly instead, the shortest are those whose two ways happened
/// both to be short, which says nothing of how the two differ: all midpoints are equally good, and
/// there are many.
struct EvenJitter: Hashable, Sendable {
    /// Fewer midpoints do not show a law.
    private static let fewest = 120
    /// The upper half may be this much wider than the lower one; a lognormal queue's is 1.6 times.
    private static let skew = 1.25
    /// The floor lies this many lower standard deviations below the median; where round trips crowd
    /// at it, it is nearer.
    private static let tail = 2.5
    /// Scatter below this, ns, is no matter.
    private static let least = 1_000.0
    /// Nodes whose mean is looked at together, and by how much more than their scatter explains the
    /// means' variance may be: congestion moves neighbours alike.
    private static let block = 8
    private static let drift = 4.0

    /// The variance of one midpoint, ns^2.
    let variance: Double
    /// Half of a round trip's excess over the floor that it explains, ns: what is longer has
    /// queued.
    let reach: Double

    /// - Parameters:
    ///   - sorted: half of each round trip's excess over the floor, ns, ascending.
    ///   - heights: heights of the midpoints, ns.
    ///   - times: times of the midpoints, s.
    ///   - starts: where nodes start among them, and the end.
    /// - Returns: nil where the round trips do not show such jitter.
    /// - Complexity: O(n log n).
    init?(sortedExcesses sorted: [Double], heights: [Double], times: [Double], starts: [Int]) {
        guard sorted.count >= Self.fewest else { return nil }
        func quantile(_ share: Double) -> Double { sorted[Int(share * Double(sorted.count - 1))] }
        let median = quantile(0.5)
        let lower = median - quantile(0.16)
        guard lower > 0, quantile(0.84) - median <= Self.skew * lower,
            median - sorted[0] >= Self.tail * lower
        else { return nil }
        variance = Self.scatter(heights, starts)
        guard variance >= Self.least * Self.least,
            Self.isWhite(heights, times, starts, variance: variance)
        else { return nil }
        reach = median + 2 * lower
    }

    /// The variance of midpoints by what neighbours of one node are apart.
    private static func scatter(_ heights: [Double], _ starts: [Int]) -> Double {
        var squares: [Double] = []
        squares.reserveCapacity(heights.count)
        for (start, end) in zip(starts, starts.dropFirst()) {
            for index in start..<max(start, end - 1) {
                let apart = heights[index + 1] - heights[index]
                squares.append(apart * apart / 2)
            }
        }
        return median(&squares) / NormalLaw.medianSquare
    }

    /// Whether the means of some nodes scatter about the lines between their neighbours as those of
    /// independent midpoints do.
    private static func isWhite(
        _ heights: [Double], _ times: [Double], _ starts: [Int], variance: Double
    ) -> Bool {
        var means: [(at: Double, height: Double, variance: Double)] = []
        for first in stride(from: 0, to: starts.count - block, by: block) {
            let range = starts[first]..<starts[first + block]
            let count = Double(range.count)
            means.append(
                (
                    at: range.reduce(0) { $0 + times[$1] } / count,
                    height: range.reduce(0) { $0 + heights[$1] } / count,
                    variance: variance / count
                ))
        }
        var squares: [Double] = []
        for index in means.indices.dropFirst().dropLast() {
            let (before, here, after) = (means[index - 1], means[index], means[index + 1])
            let share = (here.at - before.at) / (after.at - before.at)
            let apart = here.height - before.height - share * (after.height - before.height)
            squares.append(
                apart * apart
                    / (here.variance + (1 - share) * (1 - share) * before.variance
                        + share * share * after.variance))
        }
        return !squares.isEmpty && median(&squares) <= drift * NormalLaw.medianSquare
    }

    private static func median(_ values: inout [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        values.sort()
        return values[values.count / 2]
    }
}
