import Goodput
import PlainText
import Results
import Sampling
import TokenLog

/// TTFT, TBT, TPOT, idle and the rest, a row each, with a dash for a percentile that too few
/// requests stand behind.
struct LatencyTable {
    private let totals: RunTotals
    private let lateness: Percentiles?
    private let backing: PercentileBacking
    private let rows: [LatencyRow]
    private let ranks: [PercentileRank]
    private let moved: [MovedFigure]

    /// The share by which two rows that tell nearly the same differ where both are shown.
    private static let notable = 0.05

    /// - Parameters:
    ///   - rows: Which latencies it shows; nil for those that tell something of their own.
    ///   - showsAll: Whether percentiles that no row has the requests for have a column, too.
    init(
        _ totals: RunTotals, lateness: Percentiles? = nil, _ percentiles: PercentileRanks,
        rows: [LatencyRow]? = nil, showsAll: Bool = false, moved: [MovedFigure] = [],
        samples: RunSamples? = nil
    ) {
        self.totals = totals
        self.lateness = lateness
        self.moved = moved
        let backing = PercentileBacking(totals, lateness: lateness, samples)
        self.backing = backing
        let known = (rows ?? LatencyRow.allCases).filter {
            $0.figures(of: totals, lateness: lateness) != nil
        }
        let shown =
            rows == nil && !showsAll
            ? known.filter { row in
                Self.matters(row, totals, lateness, backing, percentiles.ranks)
            } : known
        self.rows = shown
        // A list that somebody chose is shown as it is.
        ranks =
            showsAll || percentiles != .standard
            ? percentiles.ranks
            : percentiles.ranks.filter { rank in
                rank <= .p99 || shown.contains { backing.isShown(rank, of: $0) }
            }
    }

    /// Whether a row tells something that no other one does.
    private static func matters(
        _ row: LatencyRow, _ totals: RunTotals, _ lateness: Percentiles?,
        _ backing: PercentileBacking, _ ranks: [PercentileRank]
    ) -> Bool {
        func differs(from other: LatencyRow) -> Bool {
            guard let own = row.figures(of: totals, lateness: lateness),
                let its = other.figures(of: totals, lateness: lateness)
            else { return true }
            let shown = ranks.filter { backing.isShown($0, of: other) }
            func isFar(_ value: Double?, _ from: Double?) -> Bool {
                guard let value, let from else { return false }
                return (value - from).magnitude > notable * from.magnitude
            }
            return isFar(own.max, its.max) || shown.contains { isFar(own[$0], its[$0]) }
        }
        switch row {
        case .ttft, .tbt, .tpot, .e2e, .idle: return true
        case .ttftSent: return differs(from: .ttft)
        case .interChunk: return differs(from: .tbt)
        case .lateness:
            return lateness.map { $0.max > Double(ClientAudit.largestLatenessNs) } ?? false
        }
    }

    /// The heading and the rows; a row whose percentiles do not hold says so at its end.
    var lines: [String] {
        var table = TextTable(heading: [""] + ranks.map(\.title) + ["max"])
        var marks = [""]
        for row in rows {
            guard let figures = row.figures(of: totals, lateness: lateness) else { continue }
            let values = ranks.map { backing.isShown($0, of: row) ? figures[$0] : nil }
            table.add([row.title] + (values + [figures.max]).map(Figures.span))
            let own = moved.first { $0.row == row }
            marks.append(own.map { "   \($0.words) not valid" } ?? "")
        }
        return zip(table.lines, marks).map(+)
    }

    /// The number of requests that the dashes would need; empty without any.
    func needs(width: Int) -> [String] {
        let hidden = ranks.filter { rank in
            rows.contains { !backing.isShown(rank, of: $0) }
        }
        guard !hidden.isEmpty else { return [] }
        let needs = hidden.sorted().map { "\($0.title) \(PercentileSample.needed($0))" }
        return
            ("-: too few requests; about so many are needed: " + needs.joined(separator: ", "))
            .wrapped(width)
    }
}
