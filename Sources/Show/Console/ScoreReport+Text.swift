import Gaming
import Goodput
import PlainText
package import Results

extension ScoreReport {
    /// The figures as lines of at most ``consoleWidth`` columns, without line ends.
    package func lines(style: ConsoleStyle) -> [String] {
        let totals = scoring.totals
        let parameters = parameters
        var lines = [
            style.bold(" \(path.harmless)".cut(consoleWidth)),
            " \(parameters.sentence)",
            "",
            " smooth goodput".left(17) + Figures.rate(totals.smoothGoodput).right(10) + " tok/s"
                + "  throughput \(Figures.rate(totals.throughput))"
                + "   goodput \(Figures.rate(totals.goodput))"
                + "   attainment \(Figures.percent(totals.sloAttainment))",
            ResultTable.classic(totals, [parameters.objectives]),
        ]
        lines += analyses?.steadyLines(over: totals.interval) ?? []
        lines += [
            " " + Figures.count(totals.requests, "request")
                + ", \(Figures.count(totals.tokens, "token")) in "
                + "\(Figures.span(totals.interval?.length)); benefits add up to "
                + "\(Figures.rate(totals.benefit)) tokens"
        ]
        if totals.requests > 0 {
            lines += [""]
            lines += ResultTable.latencies(
                totals, lateness: nil, percentiles, samples: analyses?.samples)
        }
        lines += analyses?.lossLines(over: totals.interval, readers: [parameters]) ?? []
        if totals.negativeBenefit < 0 {
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
        return lines
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
