import Goodput
import PlainText
import Results
import RunRecord
import Sampling

extension ResultTable {
    /// The figures that the run is quoted by.
    var headline: [String] {
        let totals = summary.run.totals
        let verdict = summary.header.validity.verdict
        let word = verdict.isUsable ? style.green(verdict.rawValue) : style.red(verdict.rawValue)
        let smooth = Self.rate(
            "smooth goodput", totals.smoothGoodput, summary.clock?.smoothGoodput)
        let sample = summary.analyses?.samples?.run?[.smoothGoodput]
        let interval = sample.flatMap { SamplingText.interval($0) }
        let first = interval.map { "\(smooth)   \($0)" } ?? smooth
        let fits = first.count + 2 + verdict.rawValue.count <= width
        let line = fits ? first : smooth
        let gap = String(
            repeating: " ", count: max(2, min(91, width - verdict.rawValue.count) - line.count))
        // Where there is no room for the word, the sentence below has it.
        let hasRoom = line.count + 2 + verdict.rawValue.count <= width
        var lines = [hasRoom ? line + gap + word : line]
        if !fits, let interval { lines.append("".left(18) + interval) }
        lines += TextColumns.flow(
            [
                "robust".left(16) + Figures.rate(summary.robust.smoothGoodput).right(10),
                "      throughput \(Figures.rate(totals.throughput))",
                "      goodput \(Figures.rate(totals.goodput))",
                " attainment \(Figures.percent(totals.sloAttainment))",
            ], width: width)
        // Its clocks leave goodput as open as smooth goodput, in nearly every run.
        if isVerbose { lines.append(Self.rate("goodput", totals.goodput, summary.clock?.goodput)) }
        lines += Self.classic(
            totals, summary.classParameters.map(\.parameters.objectives), width: width)
        return lines
    }

    /// The steady state, or the stages.
    var steadyLines: [String] {
        summary.analyses?.steadyLines(
            over: summary.run.totals.interval,
            stages: summary.header.load?.stages.map(\.beginNs) ?? [], width: width,
            mostStages: isVerbose ? .max : Self.mostStages) ?? []
    }

    /// Stages that have a row of their own.
    private static let mostStages = 6

    /// The requests that meet the classic bounds; where there are none, those that were answered.
    static func classic(_ totals: RunTotals, _ bounds: [Objectives], width: Int) -> [String] {
        let rate = Figures.rate(totals.classicRequestGoodput).right(10) + " req/s"
        let share = Figures.percent(totals.classicAttainment)
        let experience = " QoE \(totals.qoe.map { Figures.fixed($0, 3) } ?? "-")"
        guard bounds.contains(where: { $0 != Objectives() }) else {
            return TextColumns.flow(
                ["answered".left(16) + rate + "  \(share) of all requests", experience],
                width: width)
        }
        let words = bounds.allSatisfy { $0 == bounds[0] } ? bounds[0].words : "its class's bounds"
        return TextColumns.flow(
            ["classic".left(16) + rate + "  \(share) within \(words)", experience], width: width)
    }

    /// ` goodput   1127.9 tok/s  [1127.8, 1128.0] clock`.
    private static func rate(
        _ name: String, _ value: Double?, _ ends: ClockInterval.Ends?
    ) -> String {
        let title = " \(name)".left(17)
        // In virtual time the figure is all that the clocks leave open.
        guard let value, let ends, ends.low < ends.high else {
            return title + Figures.rate(value).right(10) + " tok/s"
        }
        let figure = Figures.interval(value, ends.low, ends.high)
        return title + figure.value.right(10) + " tok/s  \(figure.interval) clock"
    }
}

extension Objectives {
    /// `TTFT 500 ms, TPOT 50.0 ms`.
    fileprivate var words: String {
        [("TTFT", ttft), ("TPOT", tpot), ("TBT", tbt), ("E2E", e2e)].compactMap { name, bound in
            bound.map { "\(name) \(Figures.span($0))" }
        }.joined(separator: ", ")
    }
}
