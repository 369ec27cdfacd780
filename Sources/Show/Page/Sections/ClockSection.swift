import Goodput
import PlainText
import Results
import Timeline
import TokenLog

/// How well clocks are known, and how the clients did.
struct ClockSection {
    let run: PageRun

    var section: PageSection {
        PageSection(
            id: "clocks", finding: finding,
            reading: "How far a stamp of a node may be off the common timeline, how late it sent, "
                + "and how busy its client was.",
            body: [PageTable.figures(Self.heading, rows.map { $0.map { Markup($0) } })],
            csv: [Self.heading] + rows)
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

    private var rows: [[String]] {
        zip(run.summary.header.agents, run.summary.agents).map { agent, part in
            [
                agent.name, PageFigures.span(agent.clockHalfWidth),
                agent.clock.map { "\($0.exchanges)" } ?? "-",
                PageFigures.span(agent.clock?.minRTT),
                agent.clock?.skewPPM.map { "\(PageFigures.amount($0))\u{A0}ppm" } ?? "-",
                PageFigures.span(agent.startError), PageFigures.span(part.lateness?.p99),
                agent.audit.map { PageFigures.percent(Double($0.busiestPermille) / 1_000) } ?? "-",
            ]
        }
    }
}
