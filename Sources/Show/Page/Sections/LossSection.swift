import Goodput
import Loss
import PlainText
import Results

/// Where the lost tokens went: by cause, by node, and the waits that cost most.
struct LossSection {
    let run: PageRun
    /// The dearest first.
    let moments: [DearMoment]

    private static let mostMoments = 5

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
                + "smooth goodput. A moment is a link to it.",
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
                "; \(PageRun.name(run.summary.agents[most].name)) alone holds "
                + PageFigures.percent(loss.agents[most].tokensLost / whole)
        }
        return text + "."
    }

    /// Throughput with its lost end, a wedge that opens that end to full width, and the causes.
    private func causeBar(_ whole: Double) -> Markup {
        let kept = min(1, max(0, 1 - (run.lostShare ?? 0)))
        func width(_ share: Double) -> String { "width:\(Figures.fixed(share * 100, 3))%" }
        let edge = Figures.fixed(kept * 100, 3)
        let sum = run.causes.reduce(0) { $0 + $1.tokens }
        // A piece too narrow for its words has them below, in the order of the pieces.
        let narrow = run.causes.filter { $0.tokens < Self.roomForWords * sum }
        return Markup([
            .tag(
                "p", ["class": "read"],
                ["throughput \(PageFigures.amount(run.throughput)) tok/s"]),
            .tag(
                "div", ["class": "bar"],
                [
                    .tag(
                        "div", ["class": "kept-part", "style": width(kept)],
                        kept < Self.roomForWords
                            ? [] : ["smooth goodput \(PageFigures.amount(run.smooth))"]),
                    .tag("i", ["class": "lost-part", "style": width(1 - kept)]),
                ]),
            .tag(
                "svg",
                [
                    "class": "wedge", "viewBox": "0 0 100 24", "preserveAspectRatio": "none",
                    "aria-hidden": "true",
                ], [.tag("path", ["d": "M\(edge) 0H100V24H0Z"])]),
            .tag(
                "div", ["class": "bar tall"],
                run.causes.map { cause, tokens in
                    let isNarrow = tokens < Self.roomForWords * sum
                    return .tag(
                        "div",
                        ["class": "cause \(cause.name)", "style": width(tokens / sum)],
                        isNarrow
                            ? []
                            : [
                                .tag("b", [:], [Markup(run.words(cause))]),
                                .tag("span", [:], [Markup(words(tokens, whole))]),
                            ])
                }),
            narrow.isEmpty
                ? Markup([])
                : .tag(
                    "ul", ["class": "key"],
                    narrow.map { cause, tokens in
                        .tag(
                            "li", [:],
                            [
                                .tag("i", ["class": "cause \(cause.name)"]),
                                "\(run.words(cause)) \(words(tokens, whole))",
                            ])
                    }),
        ])
    }

    /// The share of a bar from which on words stand in it.
    private static let roomForWords = 0.16

    private func words(_ tokens: Double, _ whole: Double) -> String {
        "\(PageFigures.amount(run.totals.interval?.rate(of: tokens)))\u{A0}tok/s, "
            + PageFigures.percent(tokens / whole)
    }

    private func agentBar(_ loss: LossFigures) -> [Markup] {
        let parts = zip(run.summary.agents, loss.agents).map { (name: $0.name, $1.tokensLost) }
            .filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        guard loss.agents.count > 1, !parts.isEmpty else { return [] }
        let sum = parts.reduce(0) { $0 + $1.1 }
        let pieces = parts.map { name, tokens in
            let share = tokens / sum
            return Markup.tag(
                "div",
                [
                    "style": "width:\(Figures.fixed(share * 100, 3))%",
                    "title": "\(name) \(PageFigures.percent(share))",
                ], share < 0.08 ? [] : ["\(PageRun.name(name)) \(PageFigures.percent(share))"])
        }
        // Pieces too narrow for names: those of the greatest stand before them.
        let leaders =
            parts[0].1 < 0.08 * sum
            ? ": "
                + parts.prefix(3).map {
                    "\(PageRun.name($0.name)) \(PageFigures.percent($0.1 / sum))"
                }.joined(separator: ", ") + ", ..." : ""
        return [
            .tag("p", ["class": "read"], [Markup("the same, by node\(leaders)")]),
            .tag("div", ["class": "bar parts"], pieces),
        ]
    }

    private var worst: [Markup] {
        guard !moments.isEmpty, let begin = run.totals.interval?.begin,
            let whole = run.summary.analyses?.loss.whole.tokensLost
        else { return [] }
        let rows = moments.prefix(Self.mostMoments).map { moment -> [Markup] in
            let from = Double(moment.from - begin) / 1e9
            let to = Double(moment.to - begin) / 1e9
            let margin = max(1, (to - from) / 2)
            let window =
                Figures.fixed(max(0, from - margin), 2) + "-" + Figures.fixed(to + margin, 2)
            return [
                .tag(
                    "a", ["href": "#t=\(window)"],
                    ["\(PageFigures.clock(from)), \(PageRun.name(moment.agent))"]),
                "\(moment.who): \(moment.causes.map(run.words).joined(separator: ", "))",
                Markup(PageFigures.span(moment.longest)),
                Markup(PageFigures.amount(moment.tokensLost)),
                Markup(PageFigures.percent(moment.tokensLost / whole)),
            ]
        }
        return [
            PageTable.figures(
                [
                    "The dearest moments", "what happened", "longest wait", "tokens lost",
                    "of the loss",
                ], rows, wordColumns: 2)
        ]
    }
}
