import PlainText
import Results
import Sweep

/// Every point of a sweep with its runs.
struct SweepTable {
    let findings: SweepFindings
    let panels: [SweepPanel]
    let links: [String: String]

    /// Figures of the first plot.
    static let rates: [SummaryFigure] = [.smooth, .throughput, .kept]

    var section: PageSection {
        PageSection(
            id: "points", finding: findings.tableFinding,
            reading: "A row a point; the last column leads to its runs, by their seeds. Red: a run "
                + "that may not be used.", body: [table])
    }

    private var hasNames: Bool { findings.curves.contains { !$0.name.isEmpty } }
    private var latencies: [SweepPanel] { panels.filter(\.isTime) }
    private var hasUsers: Bool {
        findings.curves.flatMap(\.points).contains { $0.frontier?.tokensPerUser != nil }
    }

    private var table: Markup {
        let names =
            (hasNames ? ["system"] : []) + [findings.sweep.axis.heading]
            + ["smooth", "95 %", "throughput", "kept", "attainment"] + latencies.map(\.title)
            + (hasUsers ? ["tok/s a user", "tok/s a GPU"] : []) + ["runs"]
        let rows = findings.curves.flatMap { curve in curve.points.map { row(curve, $0) } }
        return .tag(
            "div", ["class": "wide"],
            [
                .tag(
                    "table", ["class": "figures"],
                    [
                        .tag(
                            "thead", [:],
                            [
                                .tag(
                                    "tr", [:],
                                    names.map { .tag("th", ["scope": "col"], [Markup($0)]) })
                            ]),
                        .tag("tbody", [:], rows),
                    ])
            ])
    }

    private func row(_ curve: SweepCurve, _ point: StoredSweep.Point) -> Markup {
        func cell(_ text: String, _ kind: String = "") -> Markup {
            .tag("td", kind.isEmpty ? [:] : ["class": kind], [Markup(text)])
        }
        func value(_ figure: SummaryFigure) -> Double? { point.estimates[figure]?.value }
        let load = Markup(findings.sweep.axis.words(of: point.load, isShort: true))
        let interval = point.estimates[.smooth]?.interval.map {
            "\(PageFigures.amount($0.lowerBound)) to \(PageFigures.amount($0.upperBound))"
        }
        var cells: [Markup] = [
            .tag(
                "th", ["scope": "row"],
                [hasNames ? Markup([PageMark.markup(curve.index), Markup(curve.name)]) : load])
        ]
        if hasNames { cells.append(.tag("td", [:], [load])) }
        cells += [
            cell(PageFigures.amount(value(.smooth))), cell(interval ?? "-", "grey"),
            cell(PageFigures.amount(value(.throughput))),
            cell(PageFigures.percent(point.kept?.value)),
            cell(PageFigures.percent(value(.attainment))),
        ]
        cells += latencies.map { panel in
            let value = value(panel.figure)
            let isBroken = panel.bound.flatMap { bound in value.map { $0 > bound } } ?? false
            return cell(PageFigures.span(value), isBroken ? "red" : "")
        }
        if hasUsers {
            cells += [
                cell(PageFigures.amount(point.frontier?.tokensPerUser)),
                cell(PageFigures.amount(point.frontier?.tokensPerGPU)),
            ]
        }
        cells.append(.tag("td", ["class": "runs"], point.runs.flatMap { run(of: point, $0) }))
        return .tag("tr", ["data-load": point.load.description], cells)
    }

    private func run(of point: StoredSweep.Point, _ run: StoredSweep.Run) -> [Markup] {
        let isBad = !run.verdict.isUsable
        let text = Markup(String(run.seed))
        guard let link = links[run.folder] else {
            return [.tag("span", ["class": isBad ? "red" : "grey"], [text]), " "]
        }
        return [
            .tag(
                "a",
                [
                    "href": link, "class": isBad ? "red" : "",
                    "aria-label": "run of seed \(run.seed), \(run.verdict.rawValue)",
                ], [text]), " ",
        ]
    }
}

extension SweepAxis {
    /// A load in its column.
    fileprivate func words(of load: Double, isShort: Bool) -> String {
        self == .rate ? words(of: load) : SweepAxis.number(load)
    }
}
