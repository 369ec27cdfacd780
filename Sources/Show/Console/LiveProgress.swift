import PlainText
package import Results

/// The live view: a block of lines on a terminal, one line elsewhere.
package struct LiveProgress: Sendable {
    /// The parts of the first line, about the run: version, scenario, seed, agents, scoring,
    /// simulation.
    package var title: [String]
    package var style: ConsoleStyle
    package var size: TerminalSize

    /// How often a line is printed where there is no terminal, ns.
    package static let lineInterval: Int64 = 10_000_000_000
    /// The most agents that have a row of their own.
    package static let mostRows = 16
    /// The widest progress bar, in columns.
    private static let widestBar = 60
    /// The widest cell about servers, in columns.
    private static let widestCell = 22
    /// The share of a key-value cache from which on it is worth a word.
    private static let notableCache = 0.9

    package init(
        title: [String], style: ConsoleStyle,
        size: TerminalSize = TerminalSize(columns: consoleWidth, rows: .max)
    ) {
        self.title = title
        self.style = style
        self.size = size
    }

    private var width: Int { min(consoleWidth, max(1, size.columns)) }

    /// The block for a terminal; its number of lines changes only with the number of agents and the
    /// terminal's size.
    package func lines(_ snapshot: LiveSnapshot) -> [String] {
        let above =
            [style.bold(heading(snapshot)), bar(snapshot.progress)] + figures(snapshot) + [""]
        return above + rows(snapshot.agents, height: size.rows - above.count - 1)
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

    /// The title as far as it has room, and always the time.
    private func heading(_ snapshot: LiveSnapshot) -> String {
        var parts = title.map(\.harmless)
        let time = Self.time(snapshot)
        func joined() -> String { (parts + [time]).joined(separator: " · ") }
        while joined().count > width, !parts.isEmpty { parts.removeLast() }
        return joined().cut(width)
    }

    private static func time(_ snapshot: LiveSnapshot) -> String {
        let elapsed = Figures.clock(seconds: snapshot.elapsed / 1_000_000_000)
        guard let duration = snapshot.duration else { return elapsed }
        return "\(elapsed) of \(Figures.clock(seconds: duration / 1_000_000_000))"
    }

    private func bar(_ progress: Double?) -> String {
        let room = max(1, min(Self.widestBar, width - 8))
        guard let progress else { return style.dim(" " + String(repeating: "─", count: room)) }
        let full = Int((progress * Double(room)).rounded())
        return " " + style.green(String(repeating: "━", count: full))
            + style.dim(String(repeating: "─", count: room - full))
            + Figures.fixed(progress * 100, 0).right(5) + " %"
    }

    private func figures(_ snapshot: LiveSnapshot) -> [String] {
        let plain: (String) -> String = { $0 }
        let counts: [(text: String, style: (String) -> String)] = [
            ("sent \(snapshot.sent)", plain), ("running \(snapshot.running)", plain),
            ("done \(snapshot.done)", plain),
            ("failed \(snapshot.failed)", snapshot.failed > 0 ? style.red : plain),
            ("  asked \(Figures.fixed(snapshot.askedRate, 1))/s", plain),
            ("sent \(Figures.fixed(snapshot.sentRate, 1))/s", plain),
            ("lateness p99 \(Figures.span(snapshot.latenessP99))", plain),
        ]
        let rates = [
            "smooth goodput \(Figures.rate(snapshot.smoothGoodput)) tok/s so far",
            "of \(Figures.rate(snapshot.throughput)) throughput",
            "last \(LiveScore.recent) s \(Figures.sparkline(snapshot.recentBenefit))",
        ]
        return TextColumns.flow(counts, width: width) + TextColumns.flow(rates, width: width)
    }

    /// - Parameter height: Rows that the terminal has left, the heading's among them.
    private func rows(_ agents: [LiveSnapshot.Agent], height: Int) -> [String] {
        var table = TextTable(heading: [
            "agent", "running", "tok/s", "TTFT p99", "idle p99", "late p99", "clock +-", "server",
        ])
        let room = min(Self.mostRows, max(1, height - 1))
        // Where not all have a row, the last one says so.
        let shown = agents.count <= room ? agents.count : room - 1
        for agent in agents.prefix(shown) {
            table.add([
                agent.name.harmless, String(agent.running),
                Figures.fixed(agent.tokensPerSecond, 0),
                Figures.span(agent.ttftP99), Figures.span(agent.idleP99),
                Figures.span(agent.latenessP99), Figures.span(agent.clockHalfWidth),
                Self.health(agent).cut(Self.widestCell),
            ])
        }
        let lines = table.lines(
            width: width, sparing: ["idle p99", "late p99", "clock +-", "TTFT p99", "running"])
        let more = agents.count - shown
        return more > 0 ? lines + [" and \(Figures.count(more, "more agent"))".cut(width)] : lines
    }

    /// `ok`, `queue 14, KV 97 %`, `link lost`, `done`; a dash where nobody says.
    private static func health(_ agent: LiveSnapshot.Agent) -> String {
        switch agent.health {
        case .away: return "link lost"
        case .lost: return "given up"
        case .done: return "done"
        case .working: break
        }
        guard let servers = agent.servers else { return "-" }
        var words: [String] = []
        if let waiting = servers.waiting, waiting > 0 { words.append("queue \(waiting)") }
        if let use = servers.keyValueUse, use >= notableCache {
            words.append("KV \(Figures.fixed(use * 100, 0)) %")
        }
        return words.isEmpty ? "ok" : words.joined(separator: ", ")
    }
}
