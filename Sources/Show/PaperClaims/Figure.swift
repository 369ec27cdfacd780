import Goodput
import Sampling

/// A figure that claims are about.
package enum Figure: String, Hashable, Sendable {
    case smoothGoodput = "smooth goodput, tok/s"
    case throughput = "throughput, tok/s"
    case goodput = "goodput (eq. 7), tok/s"
    case attainment = "attainment of 2 s / 100 ms"
    case tbtP99 = "TBT p99, ms"
    case ttftP50 = "TTFT p50, s"
    case preemptions = "preemptions a run"

    func value(_ run: Measured) -> Double {
        switch self {
        case .smoothGoodput: run.totals.smoothGoodput ?? .nan
        case .throughput: run.totals.throughput ?? .nan
        case .goodput: run.totals.goodput ?? .nan
        case .attainment: run.totals.classicAttainment ?? .nan
        case .tbtP99: (run.totals.tbt?.p99 ?? .nan) / 1e6
        case .ttftP50: (run.totals.ttft?.p50 ?? .nan) / 1e9
        case .preemptions: Double(run.preemptions)
        }
    }
}

/// The mean of a figure over seeds, with its 95 % interval.
package struct SeededMean: Hashable, Sendable {
    package var mean: Double
    /// Half of the interval; 0 for a single seed.
    package var half: Double

    package init(_ values: [Double]) {
        precondition(!values.isEmpty, "a mean has values")
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        guard values.count > 1 else {
            half = 0
            return
        }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let dof = values.count - 1
        half =
            StudentT.point(dof: dof)
            * (squares / Double(dof) / Double(values.count)).squareRoot()
    }
}
