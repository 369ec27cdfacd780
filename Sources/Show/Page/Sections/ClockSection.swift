import Goodput
import PlainText
import Plot
import Results
import Timeline
import TokenLog

/// How well clocks are known, and how the clients did.
struct ClockSection {
    let run: PageRun

    private static let mostListed = 12

    var section: PageSection {
        guard run.summary.header.validity.verdict != .simulated else {
            return PageSection(id: "clocks", finding: finding)
        }
        // The least known ones first, where there are too many for a line each.
        let agents = run.summary.header.agents
        let order =
            agents.count > Self.mostListed
            ? agents.indices.sorted {
                (agents[$1].clockHalfWidth ?? .max, $0) < (agents[$0].clockHalfWidth ?? .max, $1)
            } : Array(agents.indices)
        let left = agents.count - Self.mostListed
        return PageSection(
            id: "clocks", finding: finding,
            reading: "How far a stamp of a node may be off the common timeline, how late it sent, "
                + "and how busy its client was.",
            body: [drawing(order)].compactMap(\.self)
                + [
                    PageTable.figures(
                        Self.heading,
                        order.prefix(Self.mostListed).map { row($0).map { Markup($0) } })
                ]
                + PageTable.sentences(
                    left > 0
                        ? ["\(Figures.count(left, "more node")) are known better; the CSV has all."]
                        : []),
            csv: [Self.heading] + agents.indices.map(row))
    }

    /// Each node's bounds around 0; nil where there are none to show.
    private func drawing(_ order: [Int]) -> Markup? {
        let known = order.prefix(Self.mostListed).compactMap { index in
            let agent = run.summary.header.agents[index]
            return agent.clockBounds.map { (agent.name, $0, agent.clock?.est?.maximum) }
        }
        let most = known.map { max(-$0.1.low, $0.1.high) }.max() ?? 0
        guard most > 0 else { return nil }
        let each = 22.0
        let bottom = Double(known.count) * each + 4
        let x = PlotAxis(-1.05 * Double(most)...1.05 * Double(most), pixels: (112, 620))
        var drawn = [PageDrawing.line((x.place(0), 0), (x.place(0), bottom), "rule")]
        for (row, (name, bounds, spread)) in known.enumerated() {
            let y = (Double(row) + 0.5) * each
            let ends = (x.place(Double(bounds.low)), x.place(Double(bounds.high)))
            drawn.append(PageDrawing.text(104, y + 4, String(name.suffix(14)), "end"))
            drawn.append(PageDrawing.line((ends.0, y), (ends.1, y), "interval"))
            for end in [ends.0, ends.1] {
                drawn.append(PageDrawing.line((end, y - 5), (end, y + 5), "interval"))
            }
            if let spread {
                let (from, to) = (x.place(-Double(spread)), x.place(Double(spread)))
                drawn.append(PageDrawing.rectangle(from, y - 3, to - from, 6, "estimate"))
            }
            drawn.append(
                PageDrawing.text(
                    636, y + 4,
                    "\(PageFigures.span(bounds.low)) to \(PageFigures.span(bounds.high))", "grey"))
        }
        for tick in x.ticks(5) {
            drawn.append(
                PageDrawing.text(x.place(tick), bottom + 14, PageFigures.span(tick), "grey middle"))
        }
        let label = "Guaranteed bounds of \(Figures.count(known.count, "clock"))"
        return .tag(
            "div", ["class": "wide"],
            [
                PageDrawing.svg(860, bottom + 20, label, drawn),
                .tag(
                    "p", ["class": "read"],
                    ["Line: guaranteed. Solid: how far the estimate itself is spread."]),
            ])
    }

    private var finding: String {
        let agents = run.summary.header.agents
        guard run.summary.header.validity.verdict != .simulated else {
            return "Virtual time: every node has the same clock, and no client is ever late."
        }
        let known = agents.compactMap(\.clockHalfWidth)
        guard known.count == agents.count, let widest = known.max() else {
            return "\(Figures.count(agents.count - known.count, "clock")) of \(agents.count) "
                + "\(agents.count - known.count == 1 ? "has" : "have") no bound."
        }
        var text = "Every stamp is within \(PageFigures.span(widest)) of the common timeline"
        if let gap = run.totals.tbt?.p50, gap > 0, widest > 0 {
            text +=
                ", guaranteed; the median gap between tokens is "
                + "\(PageFigures.amount(gap / Double(widest))) times that"
        }
        return text + "."
    }

    private static let heading = [
        "node", "bound ±", "probes", "shortest round trip", "skew", "start error", "sent late p99",
        "busiest second",
    ]

    private func row(_ index: Int) -> [String] {
        let agent = run.summary.header.agents[index]
        return [
            agent.name, PageFigures.span(agent.clockHalfWidth),
            agent.clock.map { "\($0.exchanges)" } ?? "-", PageFigures.span(agent.clock?.minRTT),
            agent.clock?.skewPPM.map { "\(PageFigures.amount($0))\u{A0}ppm" } ?? "-",
            PageFigures.span(agent.startError),
            PageFigures.span(run.summary.agents[index].lateness?.p99),
            agent.audit.map { PageFigures.percent(Double($0.busiestPermille) / 1_000) } ?? "-",
        ]
    }
}
