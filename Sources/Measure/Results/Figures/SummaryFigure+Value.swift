import Goodput
import Sampling

extension SummaryFigure {
    /// The figure of a run; nil where it has none, and for a percentile that too few requests
    /// stand behind.
    package func value(of summary: RunSummary) -> Double? {
        let totals = summary.run.totals
        switch self {
        case .smooth: return totals.smoothGoodput
        case .robust: return summary.robust.smoothGoodput
        case .throughput: return totals.throughput
        case .goodput: return totals.goodput
        case .kept:
            guard let all = totals.throughput, all > 0 else { return nil }
            return totals.smoothGoodput.map { $0 / all }
        case .classic: return totals.classicRequestGoodput
        case .attainment: return totals.sloAttainment
        case .qoe: return totals.qoe
        case .failed:
            let balance = summary.balance
            return balance.due == 0 ? nil : Double(balance.notServed) / Double(balance.due)
        case .answered: return totals.interval?.rate(of: Double(totals.outcomes.completed))
        case .latency(let row, let statistic):
            let lateness = summary.run.lateness
            guard let figures = row.figures(of: totals, lateness: lateness) else { return nil }
            switch statistic {
            case .mean: return figures.mean
            case .max: return figures.max
            case .rank(let rank):
                let backing = PercentileBacking(
                    totals, lateness: lateness, summary.analyses?.samples)
                return backing.shown(rank, of: row)
            }
        }
    }

    /// The sampling interval of the figure of one run; nil where it has none.
    package func interval(of summary: RunSummary) -> ClosedRange<Double>? {
        guard let samples = summary.analyses?.samples?.run else { return nil }
        let sample: FigureSample? =
            switch self {
            case .smooth: samples[.smoothGoodput]
            case .robust: samples[.robust]
            case .throughput: samples[.throughput]
            case .goodput: samples[.goodput]
            case .classic: samples[.classicRequestGoodput]
            case .attainment: samples[.sloAttainment]
            default: nil
            }
        guard let low = sample?.low, let high = sample?.high else { return nil }
        return low...high
    }
}
