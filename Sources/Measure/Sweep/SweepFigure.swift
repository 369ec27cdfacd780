package import Goodput
package import Results
import Sampling

/// A figure that a sweep compares its points by, under the name that users write.
package enum SweepFigure: Hashable, Sendable {
    /// Tokens a second.
    case smooth
    case robust
    case throughput
    case goodput
    /// Requests a second within the classic bounds.
    case classic
    /// The share of requests that meet every deadline; 0 to 1, and so the next two.
    case attainment
    case qoe
    /// The share of due requests that were not served.
    case failed
    /// Answers that were complete, a second.
    case answered
    /// ns.
    case latency(LatencyRow, Statistic)

    /// A statistic of a distribution.
    package enum Statistic: Hashable, Sendable {
        case rank(PercentileRank)
        case mean
        case max
    }

    private static let plain: [(name: String, figure: SweepFigure)] = [
        ("smooth", .smooth), ("robust", .robust), ("throughput", .throughput),
        ("goodput", .goodput), ("classic", .classic), ("attainment", .attainment), ("qoe", .qoe),
        ("failed", .failed), ("answered", .answered),
    ]

    /// Figures of which one can be sought the peak.
    package static let peaks = plain.map(\.name).filter { $0 != "failed" }

    /// Whether less of it is better: its least value is then its best.
    package var isBetterLow: Bool {
        switch self {
        case .failed, .latency: true
        default: false
        }
    }

    /// Whether it is the worse the longer a load lasts that the servers cannot serve.
    package var fallsInOverload: Bool {
        switch self {
        case .throughput, .answered: false
        default: true
        }
    }

    /// A value as a search compares it, where more is better; and back.
    package func goodness(_ value: Double) -> Double { isBetterLow ? -value : value }

    /// The figure of that name, such as `smooth` or `ttft.p99`.
    ///
    /// - Throws: ``SweepError/figure(name:)``.
    package init(parsing name: String) throws(SweepError) {
        if let plain = Self.plain.first(where: { $0.name == name }) {
            self = plain.figure
            return
        }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2,
            let rows = try? LatencyRow.list(parts[0].replacing("_", with: "-")), rows.count == 1
        else {
            throw .figure(name: name)
        }
        switch parts[1] {
        case "mean": self = .latency(rows[0], .mean)
        case "max": self = .latency(rows[0], .max)
        default:
            guard parts[1].hasPrefix("p"),
                let rank = PercentileRank(parts[1].dropFirst())
            else { throw .figure(name: name) }
            self = .latency(rows[0], .rank(rank))
        }
    }

    /// The name that users write.
    package var name: String {
        guard case .latency(let row, let statistic) = self else {
            return Self.plain.first { $0.figure == self }?.name ?? ""
        }
        let word =
            switch statistic {
            case .mean: "mean"
            case .max: "max"
            case .rank(let rank): rank.title
            }
        // A dash would be a minus.
        return row.rawValue.replacing("-", with: "_") + "." + word
    }

    /// How names of latencies are written, for messages.
    static let names =
        plain.map(\.name).joined(separator: ", ") + ", or a latency such as ttft.p99, tbt.mean "
        + "or e2e.max"

    /// The figure of a run; nil where it has none, and for a percentile that too few requests
    /// stand behind.
    package func value(of summary: RunSummary) -> Double? {
        let totals = summary.run.totals
        switch self {
        case .smooth: return totals.smoothGoodput
        case .robust: return summary.robust.smoothGoodput
        case .throughput: return totals.throughput
        case .goodput: return totals.goodput
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
    func interval(of summary: RunSummary) -> ClosedRange<Double>? {
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

    /// Whether a run of so many requests can have it: a percentile of which each request has one
    /// value needs five beyond it.
    package func stands(on requests: Int) -> Bool {
        guard case .latency(_, .rank(let rank)) = self, case .percentile = compared else {
            return true
        }
        return PercentileSample.canBeShown(rank, of: requests)
    }

    /// Requests that it takes, where it is a percentile.
    package var needed: Int? {
        guard case .latency(_, .rank(let rank)) = self else { return nil }
        return PercentileSample.needed(rank)
    }
}

/// A mistake in what a sweep was asked for.
package enum SweepError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A figure that there is not.
    case figure(name: String)
    /// A bound that cannot be read: from which character on, and why.
    case bound(String, column: Int, problem: String)

    package var description: String {
        switch self {
        case .figure(let name):
            "there is no figure `\(name)`; write \(SweepFigure.names)"
        case .bound(let text, let column, let problem):
            "`\(text)`, column \(column): \(problem)"
        }
    }
}
