import Advice
import Goodput
import PlainText
package import Results
import RunRecord

/// The table at the end of a run: one screen of it, and all that is known with `isVerbose`.
package struct ResultTable: Sendable {
    let summary: RunSummary
    let style: ConsoleStyle
    let directory: String?
    /// nil for those that tell something of their own.
    let rows: [LatencyRow]?
    let isVerbose: Bool
    /// The widest line, in columns.
    let width: Int

    /// The most lines of a run of few agents, where nobody asks for all.
    package static let mostLines = 40
    /// The narrowest table, in columns: below, a terminal wraps it.
    package static let narrowest = 60
    /// Lines that reasons of the verdict may take.
    private static let mostReasons = 7
    /// Lines that are kept free for remarks.
    private static let fewestRemarks = 5
    /// Lines that are left for all others, below which there are fewer steps.
    private static let tight = 10

    /// - Parameters:
    ///   - directory: The run's folder as the user may type it; nil where there is none.
    ///   - rows: Which latencies it shows; nil for those that tell something of their own.
    ///   - isVerbose: Whether everything is shown.
    ///   - columns: The terminal's width.
    package init(
        _ summary: RunSummary, style: ConsoleStyle, directory: String? = nil,
        rows: [LatencyRow]? = nil, isVerbose: Bool = false, columns: Int = consoleWidth
    ) {
        self.rows = rows
        self.isVerbose = isVerbose
        self.summary = summary
        self.style = style
        self.directory = directory
        width = min(consoleWidth, max(Self.narrowest, columns))
    }

    /// All lines, without line ends.
    package var lines: [String] {
        let above = above
        let blocks = [clockRows, clientRows, classRows].filter { !$0.isEmpty }
        let remarks =
            (summary.header.validity.verdict.isUsable ? summary.verdictWarnings : [])
            + summary.remarks + summary.wholeAnswerSentences
            + summary.analysisSentences(isVerbose: isVerbose)
        let surface = summary.analyses?.surfaceLines(style: style) ?? []
        guard !isVerbose else {
            let all = remarks.flatMap { $0.harmless.wrapped(width) }
            return above + blocks.flatMap { [""] + $0 } + (all.isEmpty ? [] : [""] + all)
                + surface + nextLines() + lastLines
        }
        // The last step gives way where there is much to say.
        let isFull = Self.mostLines - above.count - nextLines().count - lastLines.count < Self.tight
        let foot = nextLines(most: isFull ? 2 : NextSteps.most) + lastLines
        var room = Self.mostLines - above.count - foot.count
        var middle: [String] = []
        for block in blocks where block.count + 1 < room - Self.fewestRemarks {
            middle += [""] + block
            room -= block.count + 1
        }
        let shown = within(remarks, lines: max(1, room - 1))
        return above + middle + (shown.isEmpty ? [] : [""] + shown) + surface + foot
    }

    /// The lines that every run has.
    private var above: [String] {
        var lines = RunHead(summary, width: width).lines
        lines[0] = style.bold(lines[0])
        lines += headline + reasons + steadyLines + [""]
        let holding = summary.holdingSentences.flatMap { $0.wrapped(width) }
        if !holding.isEmpty { lines += holding.map(style.red) + [""] }
        return lines + latencies + [""] + agentRows
    }

    /// The verdict in a sentence, and the reasons for one that is not the best.
    private var reasons: [String] {
        let verdict = summary.header.validity.verdict
        let sentence = "\(verdict.title): \(verdict.meaning)".wrapped(width)
        guard !verdict.isUsable else { return sentence }
        return sentence.map(style.red) + within(summary.verdictWarnings, lines: Self.mostReasons)
    }

    private var latencies: [String] {
        let table = LatencyTable(
            summary.run.totals, lateness: summary.run.lateness, summary.percentiles,
            rows: rows, showsAll: isVerbose, moved: summary.movedFigures,
            samples: summary.analyses?.samples)
        let loss =
            summary.analyses?.lossLines(
                over: summary.run.totals.interval, agents: summary.header.agents.map(\.name),
                readers: summary.classParameters.map(\.parameters), width: width) ?? []
        let showsGaps = rows?.contains(.tbt) ?? true
        return TextColumns.lines(table.lines, loss, width: width) + table.needs(width: width)
            + (showsGaps ? summary.ruleLines(isVerbose: isVerbose, width: width) : [])
    }

    /// The sentences, as far as `most` lines hold them, the last of which says how many are left
    /// out; one that is longer than all the room is cut.
    private func within(_ sentences: [String], lines most: Int) -> [String] {
        let all = sentences.map { $0.harmless.wrapped(width) }
        guard !isVerbose, all.reduce(0, { $0 + $1.count }) > most else {
            return all.flatMap(\.self)
        }
        var lines: [String] = []
        var shown = 0
        for sentence in all where lines.count + sentence.count < most {
            lines += sentence
            shown += 1
        }
        if shown == 0, most > 1, let first = all.first {
            lines = Array(first.prefix(most - 1))
            shown = 1
        }
        let left = sentences.count - shown
        return left == 0
            ? lines : lines + [" \(Figures.count(left, "more remark")): --verbose shows all"]
    }
}

extension RunSummary {
    /// Percentiles that the client may have moved.
    var movedFigures: [MovedFigure] {
        header.findings.compactMap { finding in
            if case .movedFigure(let figure) = finding { figure } else { nil }
        }
    }
}
