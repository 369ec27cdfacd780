import Console
import JSON
import PlainText
import Results
package import Sweep

/// The page of a sweep: a single HTML file that needs nothing else, and asks for nothing.
package struct SweepPage {
    private let findings: SweepFindings
    private let panels: [SweepPanel]
    private let bounds: [LatencyRow: Double]
    private let links: [String: String]

    /// - Parameter links: The page or the folder of each run, relative to the page, by the run's
    ///   folder as `sweep.json` has it.
    package init(_ sweep: StoredSweep, links: [String: String]) {
        findings = SweepFindings(sweep)
        bounds = SweepBounds.all(sweep.scenario)
        panels = SweepPanel.all(findings, bounds)
        self.links = links
    }

    /// The file.
    package var html: [UInt8] {
        let data = SweepData(findings: findings, panels: panels, links: links)
        return PageDocument.bytes(
            title: "\(findings.sweep.name), sweep", styles: [PageStyle.css, SystemStyle.css],
            [head] + sections.map(\.markup)
                + [.data("names", json: data.json.text), .own("script", PageScript.sweep)])
    }

    private var sweep: StoredSweep { findings.sweep }

    // MARK: Head

    private var head: Markup {
        let points = findings.curves.flatMap(\.points)
        let runs = points.map(\.runs.count)
        let repeats = runs.allSatisfy { $0 == runs.first } ? runs.first : nil
        let facts = [
            "legato \(sweep.version) sweep", sweep.name,
            Figures.count(points.count, "point")
                + (repeats.map { $0 > 1 ? ", \($0) repeats each" : ", one run each" } ?? ""),
            points.contains { $0.verdict == .simulated } ? "simulated servers" : "",
            sweep.price.map { "\(PageFigures.amount($0)) dollars an hour of a GPU" } ?? "",
        ].filter { !$0.isEmpty }
        let sentences = findings.curves.compactMap { curve -> Markup? in
            guard let sentence = findings.sentence(curve) else { return nil }
            guard !curve.name.isEmpty else {
                return .tag("p", [:], [Markup(sentence.sentenceCase)])
            }
            return .tag(
                "p", [:], [PageMark.named(curve.index, curve.name), Markup(": " + sentence)])
        }
        return .tag(
            "header", ["id": "top"],
            [
                .tag("p", ["class": "facts"], facts.map { .tag("span", [:], [Markup($0)]) }),
                .tag("h1", [:], [Markup(findings.headline)]),
            ] + banner + sentences)
    }

    private var banner: [Markup] {
        let left = findings.leftOut
        guard !left.isEmpty else { return [] }
        return [
            .tag(
                "div", ["class": "banner", "role": "alert"],
                [
                    .tag("b", [:], [Markup(findings.tableFinding)]),
                    Markup(PageTable.sentences(Array(left.prefix(6)))),
                    Markup(
                        left.count > 6
                            ? PageTable.sentences(["And \(left.count - 6) more: see the table."])
                            : []),
                ])
        ]
    }

    // MARK: Sections

    private var sections: [PageSection] {
        var sections = [curves]
        if !panels.isEmpty { sections.append(breaks) }
        if sweep.curves.flatMap(\.points).contains(where: { $0.frontier?.tokensPerUser != nil }) {
            sections.append(frontier)
        }
        sections.append(SweepTable(findings: findings, panels: panels, links: links).section)
        return sections
    }

    private var curves: PageSection {
        let hasKnee = findings.isOfLoads && findings.curves.contains { SweepKnee($0).load != nil }
        let hasHollow = findings.curves.flatMap(\.points).contains { !$0.isUsable }
        let repeats = findings.curves.flatMap(\.points).map(\.runs.count).max() ?? 1
        return PageSection(
            id: "curves", finding: findings.curvesFinding,
            reading: "Solid: smooth goodput, tok/s, with its 95 % interval"
                + (repeats > 2 ? " over \(repeats) repeats" : "") + ". Dashed: throughput. "
                + (hasKnee
                    ? "Dotted: the knee, the highest load up to which at least 95 % of the "
                        + "delivered tokens count, interval and all. " : "")
                + (hasHollow ? "Hollow: a run of that point may not be used. " : "")
                + "Below: \(sweep.axis.words). A mark leads to its run; a click holds a load.",
            body: [
                .tag("p", ["class": "point", "id": "point-curves", "aria-live": "polite"]),
                .tag("div", ["class": "drawn", "id": "plot-curves"]),
            ] + PageTable.sentences(findings.differences), csv: csv(SweepTable.rates))
    }

    private var breaks: PageSection {
        PageSection(
            id: "breaks", finding: findings.breaksFinding(panels.first { $0.isFirstToken }),
            reading: "Against \(sweep.axis.words); the same marks."
                + (bounds.isEmpty ? "" : " Red: a bound."),
            body: [.tag("div", ["class": "three", "id": "plot-breaks"])],
            csv: csv(panels.map(\.figure)))
    }

    private var frontier: PageSection {
        PageSection(
            id: "frontier", finding: findings.frontierFinding,
            reading: "Up: more from a GPU; right: faster for a user. Numbers: "
                + "\(sweep.axis.words). The red tail hangs from what was delivered down to what "
                + "readers could use smoothly. Grey: the frontier.",
            body: [.tag("div", ["class": "drawn", "id": "plot-frontier"])],
            csv: [
                ["system", "load", "tokens/s a user", "tokens/s a GPU", "smooth tokens/s a GPU"]
            ]
                + rows { _, point in
                    guard let place = point.frontier else { return ["", "", ""] }
                    return [place.tokensPerUser, place.tokensPerGPU, place.smoothPerGPU].map {
                        $0.map { Figures.fixed($0, 4) } ?? ""
                    }
                })
    }

    private func rows(_ cells: (SweepCurve, StoredSweep.Point) -> [String]) -> [[String]] {
        findings.curves.flatMap { curve in
            curve.points.map {
                [curve.name, SweepAxis.number($0.load)] + cells(curve, $0)
            }
        }
    }

    /// Each figure with the ends of its interval; times in ms.
    private func csv(_ figures: [SummaryFigure]) -> [[String]] {
        func cells(_ figure: SummaryFigure, _ point: StoredSweep.Point) -> [String] {
            let estimate = figure == .kept ? point.kept : point.estimates[figure]
            let unit = if case .latency = figure { 1e6 } else { 1.0 }
            let values = [
                estimate?.value, estimate?.interval?.lowerBound, estimate?.interval?.upperBound,
            ]
            return values.map { $0.map { Figures.fixed($0 / unit, 6) } ?? "" }
        }
        let heading = figures.flatMap { figure -> [String] in
            let unit = if case .latency = figure { " ms" } else { "" }
            return [figure.name + unit, "low", "high"]
        }
        return [["system", "load"] + heading + ["verdict"]]
            + rows { _, point in
                figures.flatMap { cells($0, point) } + [point.verdict.rawValue]
            }
    }
}
