package import Console
import Host
import PlainText

extension HeadroomReport {
    /// The verdict in words: `fits 14 times`, `tight: 62.0 % of it`.
    package var verdictWords: String {
        switch verdict {
        case .fits: share < 0.001 ? "fits over 1000 times" : "fits \(Int(1 / share)) times"
        case .tight: "tight, \(Figures.percent(share)) is needed"
        case .doesNotFit:
            share.isFinite
                ? "does not fit, \(Figures.short(share)) times is needed" : "does not fit"
        }
    }

    /// The report for people, at most one screen.
    package func lines(style: ConsoleStyle) -> [String] {
        let agents = Figures.count(plan.agents, "agent")
        let cores = "\(Figures.short(node.cores)) cores"
        let head = "head-room of \(host.harmless), \(cores), for \(agents)"
        let verdict = verdictWords
        let gap = max(2, 96 - head.count - verdict.count)
        let words =
            self.verdict == .fits ? style.green(verdict) : style.red(verdict)
        return [style.bold(head) + String(repeating: " ", count: gap) + words]
            + rateLines(style) + [costLine, ""] + needLines(style)
            + advice.flatMap { " \($0)".wrapped(consoleWidth) }
    }

    private func rateLines(_ style: ConsoleStyle) -> [String] {
        var table = TextTable(heading: ["", "tokens/s", "requests/s", "streams"])
        let rows = [
            ("plan's peak", plan.peak), ("driven", capacity.driven.rates),
            ("limit", capacity.limit),
        ]
        for (name, peak) in rows {
            table.add([
                name, Self.count(peak.tokensPerSecond), Self.count(peak.requestsPerSecond),
                Self.count(peak.streams),
            ])
        }
        let driven = capacity.driven
        let notes = [
            "",
            "first token after \(Figures.span(plan.pace.firstTokenNs)), then one every "
                + Figures.span(plan.pace.tokenNs),
            "busy \(Figures.percent(driven.busy)), late \(Figures.span(driven.latenessP99Ns)) at "
                + "p99, source \(Figures.percent(source.busy))",
            (capacity.isExtrapolated ? "extrapolated" : "measured") + " to "
                + boundWords,
        ]
        return zip(table.lines, notes).enumerated().map { index, row in
            index == 0 ? style.dim(row.0) : row.1.isEmpty ? row.0 : "\(row.0)   \(row.1)"
        }
    }

    private var boundWords: String {
        switch capacity.bound {
        case .busy: "80 % busy, what the audit allows"
        case .lateness: "1 ms late, what the audit allows"
        case .priority: "half of a core, its priority's"
        }
    }

    private var costLine: String {
        " the client's thread takes \(Figures.span(capacity.tokenNs)) a token and "
            + "\(Figures.span(capacity.requestNs)) a request here"
    }

    private func needLines(_ style: ConsoleStyle) -> [String] {
        var table = TextTable(heading: ["", "needed", "here", "share"])
        for need in needs {
            table.add([
                Self.name(need.kind), Self.figure(need.needed, need.kind),
                Self.figure(need.available, need.kind), Figures.percent(need.share),
            ])
        }
        let lines = table.lines
        return [style.dim(lines[0])]
            + zip(lines.dropFirst(), needs).map { line, need in
                need.share > 1 ? style.red(line) : line
            }
    }

    private static func name(_ kind: HeadroomNeed.Kind) -> String {
        switch kind {
        case .client: "busiest client"
        case .cores: "cores"
        case .openFiles: "open files"
        case .ports: "ports an address"
        case .memory: "memory"
        }
    }

    private static func figure(_ value: Double, _ kind: HeadroomNeed.Kind) -> String {
        switch kind {
        case .client: Figures.percent(value)
        case .cores: Figures.short(value)
        case .openFiles, .ports: value < 1e12 ? Figures.fixed(value, 0) : "no bound"
        case .memory:
            value < 1e9
                ? "\(Figures.short(value / 1e6)) MB"
                : "\(Figures.short(value / 1e9)) GB"
        }
    }

    /// Three digits, with k or M from ten thousand on.
    private static func count(_ value: Double) -> String {
        switch value {
        case 1e6...: "\(Figures.short(value / 1e6)) M"
        case 1e4...: "\(Figures.short(value / 1e3)) k"
        default: Figures.short(value)
        }
    }
}
