import Advice
import Console
import Goodput
import Loss
import PlainText
import Plot
import Results
import RunRecord

/// Nodes and classes beside each other.
struct PartsSection {
    let run: PageRun

    private static let mostDrawn = 8
    private static let mostListed = 12

    var section: PageSection {
        let isSeveral = run.summary.agents.count > 1
        let order = worstFirst
        let series = isSeveral ? order.prefix(Self.mostDrawn).map(series) : []
        let most = series.flatMap(\.delivered).max() ?? 0
        let drawn = zip(order, series).enumerated().map { place, each in
            panel(run.summary.agents[each.0], each.1, upTo: most, isFirst: place == 0)
        }
        let reading = "Throughput outlined, smooth filled, lost in red; one scale, the worst first."
        return PageSection(
            id: "parts", finding: finding, reading: isSeveral ? reading : "",
            body: (isSeveral ? [.tag("div", ["class": "four"], drawn)] : [])
                + [PageTable.figures(Self.heading, rows(Self.mostListed))]
                + PageTable.sentences(rest),
            csv: [Self.heading] + cells(.max))
    }

    /// The nodes that the table leaves out, in one line.
    private var rest: [String] {
        let left = worstFirst.dropFirst(Self.mostListed).map { run.summary.agents[$0] }
        let shares = left.compactMap(\.lostShare)
        guard let most = shares.first, let least = shares.last else { return [] }
        return [
            "\(Figures.count(left.count, "more node")) \(left.count == 1 ? "loses" : "lose") "
                + "\(PageFigures.percent(least)) to \(PageFigures.percent(most)); the CSV has all."
        ]
    }

    private var finding: String {
        let agents = run.summary.agents
        if let outlier = run.outlier {
            return "\(PageRun.name(agents[outlier.index].name)) stands out: it loses "
                + "\(PageFigures.percent(outlier.share)), the median node "
                + "\(PageFigures.percent(outlier.median))."
        }
        let shares = agents.compactMap(\.lostShare)
        guard agents.count > 1, let least = shares.min(), let most = shares.max() else {
            let name = PageRun.name(agents.first?.name ?? "No node")
            return agents.count == 1 ? "One node, \(name), drove everything." : "\(name) drove it."
        }
        return most < 0.0005
            ? "No node stands out: none of \(agents.count) loses anything."
            : "No node stands out: they lose \(PageFigures.percent(least)) to "
                + "\(PageFigures.percent(most))."
    }

    private var worstFirst: [Int] { PageRun.worstFirst(run.summary.agents) }

    private static let heading = [
        "node or class", "requests", "failed", "tok/s", "smooth", "lost", "first token p90",
        "wait p50", "wait p90", "reads",
    ]

    private func rows(_ most: Int) -> [[Markup]] { cells(most).map { $0.map { Markup($0) } } }

    private func cells(_ most: Int) -> [[String]] {
        let summary = run.summary
        let nodes = worstFirst.prefix(most).map { Self.cells(summary.agents[$0], "") }
        let classes = zip(summary.classes, summary.classParameters).map {
            Self.cells($0, $1.parameters.shortName)
        }
        return nodes + (summary.classes.count > 1 ? classes : [])
    }

    private static func cells(_ part: PartSummary, _ reader: String) -> [String] {
        let totals = part.totals
        let backing = PercentileBacking(totals, lateness: part.lateness)
        return [
            part.name, "\(totals.requests)", "\(totals.outcomes.failed)",
            PageFigures.amount(totals.throughput), PageFigures.amount(totals.smoothGoodput),
            PageFigures.percent(part.lostShare),
            PageFigures.span(backing.shown(.p90, of: .ttft)),
            PageFigures.span(backing.shown(.p50, of: .idle)),
            PageFigures.span(backing.shown(.p90, of: .idle)), reader,
        ]
    }

    /// Bins of the small drawings.
    private static let bins = 60

    private func panel(
        _ part: PartSummary, _ series: (delivered: [Double], kept: [Double]), upTo most: Double,
        isFirst: Bool
    ) -> Markup {
        let x = PlotAxis(0...Double(max(1, series.kept.count)), pixels: (0, 240))
        let y = PlotAxis(0...max(most, 1e-9), pixels: (74, 6))
        func steps(_ values: [Double]) -> [(Double, Double)] {
            values.enumerated().flatMap { bin, value -> [(Double, Double)] in
                let height = y.place(max(0, value))
                return [(x.place(Double(bin)), height), (x.place(Double(bin + 1)), height)]
            }
        }
        func area(_ values: [Double], _ kind: String) -> Markup {
            PageDrawing.path(
                [(0, y.place(0))] + steps(values) + [(240, y.place(0))], kind, isClosed: true)
        }
        let share = PageFigures.percent(part.lostShare)
        let text =
            "\(PageFigures.amount(part.totals.smoothGoodput)) of "
            + "\(PageFigures.amount(part.totals.throughput)) tok/s"
        var drawn = [
            area(series.delivered, "lost-area"), area(series.kept, "kept-area"),
            PageDrawing.path(steps(series.delivered), "outline"),
        ]
        // The scale is said once, at a round number.
        if isFirst, let round = y.ticks(3).last, round > 0 {
            drawn.append(PageDrawing.line((0, y.place(round)), (240, y.place(round)), "rule"))
            drawn.append(
                PageDrawing.text(
                    0, y.place(round) - 3, "\(PageFigures.amount(round)) tok/s", "grey halo"))
        }
        return .tag(
            "figure", [:],
            [
                .tag(
                    "figcaption", [:],
                    [.tag("b", [:], ["\(PageRun.name(part.name)): \(share) lost"])]),
                PageDrawing.svg(240, 76, "\(PageRun.name(part.name)): \(text)", drawn),
                .tag("p", ["class": "read"], [Markup(text)]),
            ])
    }

    /// Tokens a second, delivered and kept, in at most ``bins`` bins of the whole run.
    private func series(_ index: Int) -> (delivered: [Double], kept: [Double]) {
        let smooth = run.summary.agents[index].totals.timeline?.smooth ?? []
        let whole = run.totals.timeline?.smooth.count ?? smooth.count
        let width = max(1, (whole + Self.bins - 1) / Self.bins)
        var kept = [Double](repeating: 0, count: (max(whole, 1) + width - 1) / width)
        for (second, value) in smooth.enumerated() where second / width < kept.count {
            kept[second / width] += value / Double(width)
        }
        var delivered = kept
        if let loss = run.summary.analyses?.loss.agents[index] {
            for (second, value) in loss.lostBySecond.enumerated()
            where second / width < kept.count {
                delivered[second / width] += value / Double(width)
            }
        }
        return (delivered, kept)
    }
}
