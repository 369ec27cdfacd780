import Glibc

/// Smooth goodput over the plane of reading speed S and weight alpha: linear in alpha, so that a
/// column of penalties, times a line, is all of it.
///
/// SG(S, alpha) = X − alpha·P(S), with X the throughput of the tokens that count and
/// P(S) = Σ f(l(S)) / T. All other parameters are those of each request's own reader.
package struct Surface: Hashable, Sendable {
    /// X, tokens per second: under the policy `void`, those of completed requests alone.
    package let throughput: Double
    /// P(S), tokens per second, at each of ``speeds``; infinite where a double cannot hold it.
    package let penalties: [Double]

    /// S in tokens per second: from 1 to 1,000, 100 points a factor of ten, rising.
    package static let speeds: [Double] = (0...300).map { pow(10, Double($0) / 100) }

    init(throughput: Double, penalties: [Double]) {
        precondition(penalties.count == Self.speeds.count, "a surface has a penalty a speed")
        self.throughput = throughput
        self.penalties = penalties
    }

    /// The mean of the surfaces of several runs.
    ///
    /// - Precondition: There is one.
    package init(meanOf surfaces: [Surface]) {
        let count = Double(surfaces.count)
        self.init(
            throughput: surfaces.reduce(0) { $0 + $1.throughput } / count,
            penalties: Self.speeds.indices.map { column in
                surfaces.reduce(0) { $0 + $1.penalties[column] } / count
            })
    }

    /// Smooth goodput in tokens per second, at one of ``speeds``; negative infinity where the
    /// penalty is infinite.
    ///
    /// - Parameters:
    ///   - column: The index of the speed.
    ///   - alpha: At least 0.
    package func smoothGoodput(column: Int, alpha: Double) -> Double {
        alpha > 0 ? throughput - alpha * penalties[column] : throughput
    }

    /// alpha*(S): the weight at which this and `other` change places, at one of ``speeds``; nil
    /// where they do at none above 0.
    package func crossing(_ other: Surface, column: Int) -> Double? {
        let alpha =
            (throughput - other.throughput) / (penalties[column] - other.penalties[column])
        return alpha > 0 && alpha.isFinite ? alpha : nil
    }
}

/// The surfaces of a run and of its classes.
package struct SurfaceFigures: Hashable, Sendable {
    package var whole: Surface
    /// One a class, over the run's T: they add up to the whole.
    package var classes: [Surface]
}
