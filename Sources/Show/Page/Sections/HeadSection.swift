import Advice
import Console
import Goodput
import Loss
import PlainText
import Results
import Sampling

/// The top of the page: what ran, whether it may be used, the figures, and what to do next.
struct HeadSection {
    let run: PageRun

    var markup: Markup {
        .tag(
            "header", ["id": "top"],
            [facts] + banner
                + [
                    .tag(
                        "div", ["class": "head"],
                        [
                            .tag("div", [:], [headline, verdict] + bar + [brackets]),
                            .tag("div", [:], [latencies] + nextSteps),
                        ])
                ])
    }

    private var facts: Markup {
        .tag(
            "p", ["class": "facts"],
            run.summary.facts.map { .tag("span", [:], [Markup($0.cut(80))]) })
    }

    private var banner: [Markup] {
        let verdict = run.summary.header.validity.verdict
        guard !verdict.isUsable else { return [] }
        return [
            .tag(
                "div", ["class": "banner", "role": "alert"],
                [.tag("b", [:], ["\(verdict.title): \(verdict.meaning)"])]
                    + PageTable.sentences(run.summary.verdictWarnings))
        ]
    }

    /// The page's one sentence.
    var sentence: String {
        let totals = run.totals
        guard totals.requests > 0 else { return "No request was due, so nothing was measured." }
        guard totals.tokens > 0 else {
            return "No token came: none of \(Figures.count(totals.requests, "request")) was served."
        }
        guard let smooth = run.smooth, let throughput = run.throughput, let share = run.lostShare
        else { return "All tokens came at one instant, so there is no rate." }
        let all = PageFigures.amount(throughput)
        guard run.losesAnything else {
            return "All \(all) tokens a second reached readers smoothly. Nobody waited."
        }
        guard smooth >= 0 else {
            return "Readers waited for more than they got: smooth goodput is "
                + "\(PageFigures.amount(smooth)) tokens a second, of \(all) delivered."
        }
        return "\(PageFigures.amount(smooth)) tokens a second reached readers smoothly, of \(all) "
            + "delivered. Waiting cost \(PageFigures.percent(share))."
    }

    private var headline: Markup { .tag("h1", [:], [Markup(sentence)]) }

    private var verdict: Markup {
        let outcomes = run.totals.outcomes
        let failed = outcomes.failed + outcomes.abandoned + outcomes.unfinished
        let reason = run.summary.errorGroups.first.map { ", mostly \($0.label)" } ?? ""
        let failures =
            failed == 0
            ? ""
            : " \(failed) of \(Figures.count(run.totals.requests, "request")) did not complete"
                + "\(reason)."
        let verdict = run.summary.header.validity.verdict
        // Whatever is wrong stands above.
        let (mark, rest) = verdict.isUsable ? (":", verdict.meaning) : (",", "see above.")
        return .tag(
            "p", ["class": "verdict"],
            [
                .tag("b", [:], ["\(verdict.title)\(mark)"]), " \(rest)",
                .tag("span", ["class": "red"], [Markup(failures)]),
                Markup(run.sampleSentence.map { " \($0)" } ?? ""),
            ])
    }

    private var bar: [Markup] {
        guard let smooth = run.smooth, let throughput = run.throughput, throughput > 0 else {
            return []
        }
        func width(_ share: Double) -> String {
            "\(Figures.fixed(min(1, max(0, share)) * 100, 3))%"
        }
        var pieces = [
            Markup.tag(
                "i", ["class": "kept", "style": "width:\(width(smooth / throughput))"])
        ]
        let lost = max(0, throughput - max(0, smooth))
        let sum = run.causes.reduce(0) { $0 + $1.tokens }
        for (cause, tokens) in run.causes where sum > 0 {
            let share = tokens / sum * lost / throughput
            pieces.append(
                .tag("i", ["class": "cause \(cause.name)", "style": "width:\(width(share))"]))
        }
        if let sample = run.summary.analyses?.samples?.run?[.smoothGoodput],
            let low = sample.low, let high = sample.high
        {
            let from = max(0, low / throughput)
            let to = min(1, high / throughput)
            pieces.append(
                .tag(
                    "s", ["style": "left:\(width(from));width:\(width(max(0, to - from)))"]))
        }
        let lostWords = run.losesAnything ? "lost \(PageFigures.amount(run.lost))" : ""
        return [
            .tag(
                "div", ["class": "ends"],
                [
                    .tag(
                        "span", ["id": "kept"],
                        ["smooth goodput \(PageFigures.exact(smooth)) tok/s"]),
                    .tag("span", ["class": "red", "id": "lost"], [Markup(lostWords)]),
                ]),
            .tag("div", ["class": "bar", "id": "bar"], pieces),
            .tag(
                "div", ["class": "ends grey"],
                [
                    .tag("span", [:], ["0"]),
                    .tag("span", [:], ["throughput \(PageFigures.exact(throughput))"]),
                ]),
        ]
    }

    /// The brackets of the figure in words.
    private var brackets: Markup {
        let summary = run.summary
        var rows: [(String, Markup)] = []
        if let ends = summary.clock?.smoothGoodput, let smooth = run.smooth {
            let moved = max(ends.high - smooth, smooth - ends.low)
            rows.append(
                (
                    "Clocks",
                    moved > 0
                        ? """
                        could have moved it by \(PageFigures.small(moved)) tok/s at most: \
                        [\(PageFigures.exact(ends.low)), \(PageFigures.exact(ends.high))].
                        """ : "could not have moved it."
                ))
        }
        if let samples = summary.analyses?.samples {
            if let sample = samples.run?[.smoothGoodput] {
                let words = SamplingText.interval(of: "smooth goodput", sample, samples.steady)
                rows.append(("Chance", "\(words).\(sample.low == nil ? "" : " The thin line.")"))
            }
            if let window = samples.window?[.smoothGoodput],
                let line = SamplingText.steadyLine(
                    of: "smooth goodput", window, samples.steady,
                    from: run.totals.interval?.begin ?? 0)
            {
                let words = String(line.dropFirst("steady ".count)).replacing("   ", with: " · ")
                rows.append(("Steady part", Markup(words)))
            }
        }
        if run.totals.requests > 0 {
            rows.append(
                (
                    "Beside it",
                    """
                    robust \(PageFigures.amount(summary.robust.smoothGoodput)) · goodput \
                    \(PageFigures.amount(run.totals.goodput)) · attainment \
                    \(PageFigures.percent(run.totals.sloAttainment)) · QoE \
                    \(run.totals.qoe.map { Figures.fixed($0, 3) } ?? "-")
                    """
                ))
        }
        return PageTable.facts(rows)
    }

    /// Rows of the table: in words, with the field's name.
    static let rows: [(LatencyRow, String)] = [
        (.ttft, "First token"), (.tbt, "Between tokens"), (.tpot, "Per token"),
        (.e2e, "Whole answer"), (.idle, "Reader’s wait"),
    ]

    private var latencies: Markup {
        let ranks = run.summary.percentiles.ranks
        let totals = run.totals
        let rows = Self.rows.compactMap { row, words -> [Markup]? in
            guard let figures = row.figures(of: totals, lateness: nil) else { return nil }
            let bound = run.bound(row)
            func cell(_ value: Double?) -> Markup {
                let text = PageFigures.span(value)
                guard let bound, let value, value > Double(bound) else { return Markup(text) }
                return PageTable.broken(text)
            }
            let shown = ranks.map { run.summary.backing.isShown($0, of: row) ? figures[$0] : nil }
            return [
                Markup([Markup("\(words) "), .tag("small", [:], [Markup(row.title)])])
            ] + (shown + [figures.max]).map(cell)
                + [Markup(bound.map { PageFigures.bound($0) } ?? "")]
        }
        guard !rows.isEmpty else { return Markup([]) }
        return PageTable.figures([""] + ranks.map(\.title) + ["most", "bound"], rows)
    }

    private var nextSteps: [Markup] {
        let steps = NextSteps(run.summary).steps
        guard !steps.isEmpty else { return [] }
        let isVirtual = run.summary.header.validity.verdict == .simulated
        let items = steps.map { step -> Markup in
            let command = step.command.map { $0.line(isVirtual: isVirtual) }
            return .tag(
                "li", [:],
                step.text.parts.map(Self.markup)
                    + (command.map { [" ", Self.code($0)] as [Markup] } ?? []))
        }
        return [.tag("h3", [:], ["Worth doing next"]), .tag("ol", [:], items)]
    }

    private static func markup(_ part: StepText.Part) -> Markup {
        switch part {
        case .words(let words): Markup(words)
        case .figure(let figure): Markup(PageFigures.typeset(figure))
        }
    }

    private static func code(_ text: String) -> Markup { .tag("code", [:], [Markup(text)]) }
}
