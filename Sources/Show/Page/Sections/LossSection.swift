import Goodput
import Loss
import PlainText
import Results

/// Where the lost tokens went: by cause, by node, and the waits that cost most.
struct LossSection {
    let run: PageRun

    var section: PageSection {
        guard run.losesAnything, let lost = run.lost, let loss = run.summary.analyses?.loss,
            loss.whole.tokensLost > 0
        else {
            return PageSection(
                id: "loss", finding: "Nothing was lost: smooth goodput is the throughput.")
        }
        let whole = loss.whole.tokensLost
        let sum = run.causes.map { PageFigures.amount(run.totals.interval?.rate(of: $0.tokens)) }
        return PageSection(
            id: "loss", finding: finding(lost, loss),
            reading: "Every lost token has one cause and one instant. "
                + "\(sum.joined(separator: " + ")) \(sum.count > 1 ? "≈ " : "is ")"
                + "\(sum.count > 1 ? PageFigures.amount(lost) + " " : "")tok/s, throughput less "
                + "smooth goodput.",
            body: [causeBar(whole)] + agentBar(loss) + worst,
            csv: [["cause", "tokens lost", "share"]]
                + LossCause.allCases.map {
                    [
                        $0.name, Figures.fixed(loss.whole[$0], 3),
                        Figures.fixed(loss.whole[$0] / whole, 5),
                    ]
                })
    }

    private func finding(_ lost: Double, _ loss: LossFigures) -> String {
        let whole = loss.whole.tokensLost
        var text = "Of the \(PageFigures.amount(lost)) tok/s that waiting cost"
        if let first = run.causes.first {
            text += ", \(PageFigures.percent(first.tokens / whole)) is \(run.words(first.cause))"
        }
        let most = loss.agents.indices.max {
            loss.agents[$0].tokensLost < loss.agents[$1].tokensLost
        }
        // More than half, and half as much again as an equal share.
        let much = max(0.5, 1.5 / Double(max(1, loss.agents.count)))
        if loss.agents.count > 1, let most, loss.agents[most].tokensLost > much * whole {
            text +=
                "; \(run.summary.agents[most].name) alone holds "
                + PageFigures.percent(loss.agents[most].tokensLost / whole)
        }
        return text + "."
    }

    private func causeBar(_ whole: Double) -> Markup {
        let sum = run.causes.reduce(0) { $0 + $1.tokens }
        let pieces = run.causes.map { cause, tokens in
            Markup.tag(
                "div",
                [
                    "class": "cause \(cause.name)",
                    "style": "width:\(Figures.fixed(tokens / sum * 100, 3))%",
                ],
                [.tag("b", [:], [Markup(run.words(cause))])])
        }
        let key = run.causes.map { cause, tokens in
            Markup.tag(
                "li", [:],
                [
                    .tag("i", ["class": "cause \(cause.name)"]),
                    """
                     \(run.words(cause)): \
                    \(PageFigures.amount(run.totals.interval?.rate(of: tokens))) tok/s, \
                    \(PageFigures.percent(tokens / whole))
                    """,
                ])
        }
        return Markup([
            .tag("div", ["class": "bar tall"], pieces), .tag("ul", ["class": "key"], key),
        ])
    }

    private func agentBar(_ loss: LossFigures) -> [Markup] {
        let parts = zip(run.summary.agents, loss.agents).map { (name: $0.name, $1.tokensLost) }
            .filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        guard loss.agents.count > 1, !parts.isEmpty else { return [] }
        let sum = parts.reduce(0) { $0 + $1.1 }
        let pieces = parts.prefix(12).map { name, tokens in
            Markup.tag(
                "div", ["style": "width:\(Figures.fixed(tokens / sum * 100, 3))%"],
                ["\(name) \(PageFigures.percent(tokens / sum))"])
        }
        return [
            .tag("p", ["class": "read"], ["The same, by node"]),
            .tag("div", ["class": "bar parts"], pieces),
        ]
    }

    private var worst: [Markup] {
        let moments = DearMoment.all(of: run.summary.worstWaits)
        guard !moments.isEmpty, let begin = run.totals.interval?.begin,
            let whole = run.summary.analyses?.loss.whole.tokensLost
        else { return [] }
        let rows = moments.map { moment -> [Markup] in
            let from = Double(moment.from - begin) / 1e9
            let to = Double(moment.to - begin) / 1e9
            let margin = max(1, (to - from) / 2)
            let window =
                Figures.fixed(max(0, from - margin), 2) + "-" + Figures.fixed(to + margin, 2)
            return [
                .tag(
                    "a", ["href": "#t=\(window)"],
                    ["\(PageFigures.clock(from)), \(moment.agent)"]),
                "\(moment.who): \(moment.causes.map(run.words).joined(separator: ", "))",
                Markup(PageFigures.span(moment.longest)),
                Markup(PageFigures.amount(moment.tokensLost)),
                Markup(PageFigures.percent(moment.tokensLost / whole)),
            ]
        }
        return [
            PageTable.figures(
                [
                    "The ten dearest waits", "what happened", "longest wait", "tokens lost",
                    "of the loss",
                ], rows)
        ]
    }
}
