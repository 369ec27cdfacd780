import PlainText
package import Results

/// The live view: a block of lines on a terminal, one line elsewhere.
package struct LiveProgress: Sendable {
    /// The parts of the first line, about the run: version, scenario, seed, agents, scoring,
    /// simulation.
    package var title: [String]
    package var style: ConsoleStyle

    /// How often a line is printed where there is no terminal, ns.
    package static let lineInterval: Int64 = 10_000_000_000
    /// The most agents that have a row of their own.
    package static let mostRows = 16

    package init(title: [String], style: ConsoleStyle) {
        self.title = title
        self.style = style
    }

    /// The block for a terminal; its number of lines changes only with the number of agents.
    package func lines(_ snapshot: LiveSnapshot) -> [String] {
        let heading = (title + [Self.time(snapshot)]).joined(separator: " · ")
        var lines = [style.bold(heading.harmless.cut(consoleWidth)), bar(snapshot.progress)]
        let counts =
            " sent \(snapshot.sent)  running \(snapshot.running)  done \(snapshot.done)  failed "
        let failed = String(snapshot.failed)
        lines.append(
            counts + (snapshot.failed > 0 ? style.red(failed) : failed)
                + "     asked \(Figures.fixed(snapshot.askedRate, 1))/s"
                + "  sent \(Figures.fixed(snapshot.sentRate, 1))/s"
                + "  lateness p99 \(Figures.span(snapshot.latenessP99))")
        lines.append(
            " smooth goodput \(Figures.rate(snapshot.smoothGoodput)) tok/s  of "
                + "\(Figures.rate(snapshot.throughput)) throughput   last "
                + "\(LiveScore.recent) s \(Figures.sparkline(snapshot.recentBenefit))  provisional")
        lines.append("")
        return lines + rows(snapshot.agents)
    }

    /// The one line for a log, without colour.
    package static func line(_ snapshot: LiveSnapshot) -> String {
        func whole(_ rate: Double?) -> String { rate.map { Figures.fixed($0, 0) } ?? "-" }
        let text =
            "\(Figures.clock(seconds: snapshot.elapsed / 1_000_000_000)) sent \(snapshot.sent) "
            + "running \(snapshot.running) done \(snapshot.done) failed \(snapshot.failed), smooth "
            + "\(whole(snapshot.smoothGoodput)) of \(whole(snapshot.throughput)) tok/s, late p99 "
            + "\(Figures.span(snapshot.latenessP99))"
        return text.cut(consoleWidth)
    }

    private static func time(_ snapshot: LiveSnapshot) -> String {
        let elapsed = Figures.clock(seconds: snapshot.elapsed / 1_000_000_000)
        guard let duration = snapshot.duration else { return elapsed }
        return "\(elapsed) of \(Figures.clock(seconds: duration / 1_000_000_000))"
    }

    private func bar(_ progress: Double?) -> String {
        let width = 60
        guard let progress else { return style.dim(" " + String(repeating: "─", count: width)) }
        let full = Int((progress * Double(width)).rounded())
        return " " + style.green(String(repeating: "━", count: full))
            + style.dim(String(repeating: "─", count: width - full))
            + Figures.fixed(progress * 100, 0).right(5) + " %"
    }

    private func rows(_ agents: [LiveSnapshot.Agent]) -> [String] {
        var table = TextTable(heading: [
            "agent", "running", "tok/s", "TTFT p99", "idle p99", "late p99", "clock +-", "server",
        ])
        for agent in agents.prefix(Self.mostRows) {
            table.add([
                agent.name.harmless, String(agent.running),
                Figures.fixed(agent.tokensPerSecond, 0),
                Figures.span(agent.ttftP99), Figures.span(agent.idleP99),
                Figures.span(agent.latenessP99), Figures.span(agent.clockHalfWidth),
                (agent.server ?? "-").harmless.cut(22),
            ])
        }
        guard agents.count > Self.mostRows else { return table.lines }
        return table.lines + [" and \(agents.count - Self.mostRows) more agents"]
    }
}
