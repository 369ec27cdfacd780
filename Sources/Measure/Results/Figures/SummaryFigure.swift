package import Goodput
import Sampling

/// A figure of a run's summary that runs are compared by, under the name that users write.
package enum SummaryFigure: Hashable, Sendable {
    /// Tokens a second.
    case smooth
    case robust
    case throughput
    case goodput
    /// The share of throughput that counts for readers: smooth goodput over throughput, at most 1,
    /// negative where they waited for more than they got.
    case kept
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

    private static let plain: [(name: String, figure: SummaryFigure)] = [
        ("smooth", .smooth), ("robust", .robust), ("throughput", .throughput),
        ("goodput", .goodput), ("kept", .kept), ("classic", .classic),
        ("attainment", .attainment), ("qoe", .qoe), ("failed", .failed), ("answered", .answered),
    ]

    /// Figures of which one can be sought the peak: two are best without load.
    package static let peaks = plain.map(\.name).filter { $0 != "failed" && $0 != "kept" }

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
    package init(parsing name: String) throws(UnknownFigure) {
        if let plain = Self.plain.first(where: { $0.name == name }) {
            self = plain.figure
            return
        }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2,
            let rows = try? LatencyRow.list(parts[0].replacing("_", with: "-")), rows.count == 1
        else {
            throw UnknownFigure(name: name)
        }
        switch parts[1] {
        case "mean": self = .latency(rows[0], .mean)
        case "max": self = .latency(rows[0], .max)
        default:
            guard parts[1].hasPrefix("p"),
                let rank = PercentileRank(parts[1].dropFirst())
            else { throw UnknownFigure(name: name) }
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

/// A name of a figure that there is not.
package struct UnknownFigure: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(name: String) { self.name = name }

    package var description: String {
        "there is no figure `\(name)`; write \(SummaryFigure.names)"
    }
}
