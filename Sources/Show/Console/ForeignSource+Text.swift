import ForeignResults
import PlainText
import Results

extension ForeignSource {
    /// Which tool's file it is and how far its times are known, without line ends.
    var headLines: [String] {
        let name = [tool.command, version, label].compactMap { $0 }.joined(separator: " · ")
        return "from \(name.harmless)".cut(consoleWidth - 1).wrapped(consoleWidth)
            + fidelity.sentence.wrapped(consoleWidth)
    }

    /// Things that the file cannot tell, and how requests failed.
    var remarkLines: [String] {
        var lines: [String] = []
        if !errors.isEmpty {
            let shown = errors.prefix(4).map { "\($0.count) x \($0.text.harmless)" }
            let more = errors.count > 4 ? ["\(errors.count - 4) others"] : []
            lines += ["", " errors, as the tool recorded them:"]
            lines += (shown + more).flatMap { "- \($0)".wrapped(consoleWidth) }
        }
        if !remarks.isEmpty {
            lines += ["", " to know of this file:"]
            lines += remarks.flatMap { "- \($0.sentence)".wrapped(consoleWidth) }
        }
        return lines
    }
}

extension SummaryCheck {
    /// Whether the tool's own figures are found again, in a sentence or several lines.
    func lines(of tool: ForeignTool) -> [String] {
        guard !differences.isEmpty else {
            return
                ("the file's own summary: all \(Figures.count(figures.count, "figure")) that can "
                + "be made again by \(tool.rawValue)'s rule agree").wrapped(consoleWidth)
        }
        let shown = differences.prefix(6).map {
            "\($0.name) \(Figures.short($0.printed)) there, \(Figures.short($0.ours)) here"
        }
        let more = differences.count > 6 ? ", and \(differences.count - 6) more" : ""
        return
            ("the file's own summary: \(differences.count) of "
            + "\(Figures.count(figures.count, "figure")) do not agree by \(tool.rawValue)'s rule: "
            + shown.joined(separator: "; ") + more).harmless.wrapped(consoleWidth)
    }
}
