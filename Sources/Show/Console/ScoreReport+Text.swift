import ForeignResults
import Gaming
import Goodput
import PlainText
package import Results

extension ScoreReport {
    /// The figures as lines of at most ``consoleWidth`` columns, without line ends.
    package func lines(style: ConsoleStyle) -> [String] {
        let totals = scoring.totals
        let parameters = parameters
        var lines = [style.bold(" \(path.harmless)".cut(consoleWidth))]
        lines += source?.headLines ?? []
        lines += [" \(parameters.sentence)", ""]
        lines += bounds?.lines(percentiles) ?? rateLines
        lines += analyses?.steadyLines(over: totals.interval) ?? []
        lines += [
            " " + Figures.count(totals.requests, "request")
                + (source == nil ? "" : outcomeWords)
                + ", \(Figures.count(totals.tokens, "token")) in "
                + Figures.span(totals.interval?.length)
                + (bounds == nil
                    ? "; benefits add up to \(Figures.rate(totals.benefit)) tokens" : "")
        ]
        if totals.requests > 0 {
            let table = LatencyTable(
                totals, percentiles,
                rows: LatencyRow.allCases.filter { bounds == nil || $0.isKnownByEnds },
                samples: analyses?.samples)
            let loss =
                analyses?.lossLines(over: totals.interval, readers: [parameters]) ?? []
            lines += [""] + TextColumns.lines(table.lines, loss, width: consoleWidth)
            lines += table.needs(width: consoleWidth)
        }
        if totals.negativeBenefit < 0, bounds == nil {
            let gain = totals.interval?.rate(of: -totals.negativeBenefit)
            lines.append("")
            lines +=
                ("Dropping the requests of negative benefit would have gained "
                + "\(Figures.rate(gain)) tok/s: compare systems with --preset robust.")
                .wrapped(consoleWidth)
        }
        if let analyses {
            let backing = PercentileBacking(totals, analyses.samples)
            lines.append("")
            lines += analyses.gameability.headline(
                showsGaps: backing.isShown(.p99, of: .tbt)
            ).wrapped(consoleWidth)
            lines += analyses.surfaceLines(style: style)
        }
        if let source {
            lines += source.remarkLines
            if let check { lines += [""] + check.lines(of: source.tool) }
        }
        return lines
    }

    private var rateLines: [String] {
        let totals = scoring.totals
        return [
            " smooth goodput".left(17) + Figures.rate(totals.smoothGoodput).right(10) + " tok/s"
                + "  throughput \(Figures.rate(totals.throughput))"
                + "   goodput \(Figures.rate(totals.goodput))"
                + "   attainment \(Figures.percent(totals.sloAttainment))"
        ] + ResultTable.classic(totals, [parameters.objectives], width: consoleWidth)
    }

    /// How the requests ended, where some did not complete.
    private var outcomeWords: String {
        let outcomes = scoring.totals.outcomes
        let others = [
            (outcomes.failed, "failed"), (outcomes.abandoned, "abandoned"),
            (outcomes.unfinished, "unfinished"),
        ].filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }
        return others.isEmpty ? "" : " (\(outcomes.completed) completed\(others.joined()))"
    }
}

extension LatencyRow {
    /// Whether the first and the last token's times tell it.
    fileprivate var isKnownByEnds: Bool {
        switch self {
        case .ttft, .ttftSent, .tpot, .e2e: true
        default: false
        }
    }
}

extension ScoringParameters {
    /// All choices that a figure depends on, in one line.
    package var sentence: String {
        let speed =
            takesAllAtOnce
            ? "whole answers at once" : "\(Figures.short(readingSpeed)) tok/s, \(anchor.rawValue)"
        return "\(shortName): \(speed), TTFT budget \(Figures.span(ttftBudget)), \(penalty.kind), "
            + "alpha \(Figures.weight(alpha)), incomplete \(incomplete.rawValue)"
            + (reads == .all ? "" : ", reads the answer alone")
    }
}
