import PlainText
package import Results
import ToolRules

extension PrintedRun {
    /// The tool's own printout as lines of at most ``consoleWidth`` columns, without line ends, and
    /// below it what its rule loses here.
    package func lines(style: ConsoleStyle) -> [String] {
        let figures = figures
        func cell(_ path: String, _ digits: Int) -> String {
            guard let number = figures[path]?.number else { return "-" }
            return Figures.fixed(number, digits)
        }
        let rule =
            "as \(figures.tool.command) prints it, by the rule of \(figures.tool.rule.source)"
        var lines = [style.bold(" \(path.harmless)".cut(consoleWidth))]
        lines += rule.wrapped(consoleWidth)
        if let verdict { lines.append(" verdict of the run: \(verdict.rawValue)") }
        lines.append("")
        for part in figures.tool.layout(figures.percentiles) {
            switch part {
            case .title(let title, let mark): lines.append(" " + Self.centred(title, mark))
            case .lines(let rows, let digits):
                // The tools have no line for bounds that nobody set.
                lines += rows.filter { figures[$0.path] != .missing(.noBound) }
                    .map { " " + $0.label.left(40) + " " + cell($0.path, digits) }
            case .table(let heading, let rows, let digits):
                var table = TextTable(heading: heading)
                for row in rows { table.add([row.label] + row.paths.map { cell($0, digits) }) }
                lines += table.lines
            }
        }
        return lines + foot
    }

    /// The missing figures' reasons, and the losses.
    private var foot: [String] {
        var lines: [String] = []
        let missing = figures.missing.filter { $0 != .noBound }
        if !missing.isEmpty {
            lines += ["", " \"-\" where nothing can be said:"]
            lines += missing.flatMap { "- \($0.sentence)".wrapped(consoleWidth) }
        }
        if !figures.remarks.isEmpty {
            lines += ["", " what \(figures.tool.rawValue)'s rule loses or does otherwise here:"]
            lines += figures.remarks.flatMap { "- \($0.sentence)".wrapped(consoleWidth) }
        }
        return lines
    }

    /// The title in the middle of 50 columns, as the tools have it, without blanks behind it.
    private static func centred(_ title: String, _ mark: Character) -> String {
        let room = max(0, 50 - title.count)
        let before = String(repeating: mark, count: room / 2) + title
        return mark == " " ? before : before + String(repeating: mark, count: room - room / 2)
    }
}

extension PrintedFigures {
    /// The percentiles that vLLM's figures list, as its labels have them.
    fileprivate var percentiles: [String] {
        figures.compactMap { figure in
            let name = figure.row.path.joined()
            guard name.hasPrefix("p"), name.hasSuffix("_ttft_ms") else { return nil }
            return String(name.dropFirst().dropLast("_ttft_ms".count))
        }
    }
}
