import Console
import Glibc
import Goodput
import PlainText
import Plot
import Results

/// The distributions of the latencies on logarithmic axes, with their bounds.
struct LatencySection {
    let run: PageRun

    private static let width = 328.0
    private static let height = 206.0
    private static let left = 46.0
    private static let bottom = 180.0

    var section: PageSection {
        let curves = LatencyCurve.all(run)
        guard curves.contains(where: { $0.row == .e2e }) else {
            return PageSection(id: "latencies", finding: "No token came, so there is no latency.")
        }
        return PageSection(
            id: "latencies", finding: finding,
            reading:
                "Share of requests (of gaps between tokens, binned by 1/64, for the second) at "
                + "or below a time; 90, 99 and 99.9 % are equally far apart. "
                + "Strong: all nodes; grey: each node; red: a bound.",
            body: [.tag("div", ["class": "three"], curves.map(panel))],
            csv: [["latency", "ms", "share"]]
                + curves.flatMap { curve in
                    Self.thinned(curve.whole, 0.02).map {
                        [
                            curve.row.rawValue, Figures.fixed($0.value / 1e6, 4),
                            Figures.fixed($0.share, 6),
                        ]
                    }
                })
    }

    private var finding: String {
        func ratio(_ row: LatencyRow) -> (ratio: Double, p50: Double, tail: Double, name: String)? {
            let ranks: [PercentileRank] = [.p99, .p90]
            guard let figures = row.figures(of: run.totals, lateness: nil),
                let rank = ranks.first(where: { run.summary.backing.isShown($0, of: row) }),
                let tail = figures[rank], figures.p50 > 0
            else { return nil }
            return (tail / figures.p50, figures.p50, tail, rank.title)
        }
        let gaps = ratio(.tbt)
        let first = ratio(.ttft)
        if let gaps, gaps.ratio >= 3, gaps.ratio >= first?.ratio ?? 0 {
            return "The tail is in the gaps: at p50 tokens come \(PageFigures.span(gaps.p50)) "
                + "apart, at \(gaps.name) \(PageFigures.span(gaps.tail))."
        }
        if let first, first.ratio >= 3 {
            return "The tail is in the first token: \(PageFigures.span(first.p50)) at p50, "
                + "\(PageFigures.span(first.tail)) at \(first.name)."
        }
        if let first {
            return "No long tail: first tokens take \(PageFigures.span(first.p50)) at p50, "
                + "\(PageFigures.span(first.tail)) at \(first.name)."
        }
        return "Too few requests to tell of a tail."
    }

    /// The place of a share: equal factors of what is left are equally far apart.
    private static func depth(_ share: Double) -> Double { -log10(max(1e-12, 1 - share)) }

    private func panel(_ curve: LatencyCurve) -> Markup {
        let bound = run.bound(curve.row)
        let positive = curve.whole.lazy.map(\.value).filter { $0 > 0 }
        var caption = "median \(PageFigures.span(curve.whole.first { $0.share >= 0.5 }?.value))"
        if let bound {
            caption =
                "\(PageFigures.percent(curve.share(within: bound))) within "
                + PageFigures.bound(bound)
        } else if curve.row == .idle {
            caption = "\(PageFigures.percent(curve.share(within: 0))) never wait"
        }
        var drawn: [Markup] = []
        if let least = positive.first, let most = curve.whole.last?.value {
            let ends =
                bound.map { (min(least, Double($0)), max(most, Double($0))) } ?? (least, most)
            let x = PlotAxis(
                ends.0 * 0.9...ends.1 * 1.1, pixels: (Self.left, Self.width - 8),
                isLogarithmic: true)
            let deepest = max(0.5, Self.depth(1 - 1 / Double(curve.count + 1)))
            let y = PlotAxis(0...deepest, pixels: (Self.bottom, 8))
            drawn =
                grid(x, y)
                + curve.nodes.map {
                    Self.line($0, x, y, "node", grain: 0.05)
                }
            drawn.append(Self.line(curve.whole, x, y, "whole", grain: 0.02))
            if let bound { drawn += Self.bound(bound, x) }
        } else {
            drawn = [
                PageDrawing.text(Self.left, 90, "always 0", "grey")
            ]
        }
        return .tag(
            "figure", [:],
            [
                .tag("figcaption", [:], [.tag("b", [:], [Markup(curve.name)]), Markup(" ")]),
                .tag("p", ["class": "read"], [Markup(caption)]),
                PageDrawing.svg(Self.width, Self.height, curve.name + ": " + caption, drawn),
            ])
    }

    private func grid(_ x: PlotAxis, _ y: PlotAxis) -> [Markup] {
        var drawn: [Markup] = []
        var lowest = Double.infinity
        for (share, name) in [
            (0.0, "0"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"),
            (0.999, "99.9 %"), (0.9999, "99.99 %"),
        ] {
            let depth = Self.depth(share)
            guard depth <= y.values.upperBound else { continue }
            let place = y.place(depth)
            drawn.append(
                PageDrawing.line(
                    (Self.left, place), (Self.width - 8, place), share == 0 ? "zero" : "rule"))
            guard lowest - place >= 12 else { continue }
            lowest = place
            drawn.append(PageDrawing.text(Self.left - 6, place + 4, name, "grey end"))
        }
        return drawn
            + x.ticks(4).map {
                PageDrawing.text(x.place($0), Self.bottom + 18, Self.tick($0), "grey middle")
            }
    }

    /// `200 ms` without needless digits.
    private static func tick(_ ns: Double) -> String {
        for (unit, name) in [(1e9, "s"), (1e6, "ms"), (1e3, "µs")] where ns >= unit * 0.999 {
            let value = ns / unit
            let digits = value == value.rounded() || value >= 99 ? 0 : 1
            return "\(Figures.fixed(value, digits))\u{A0}\(name)"
        }
        return "\(Figures.fixed(ns, 0))\u{A0}ns"
    }

    private static func bound(_ bound: Int64, _ x: PlotAxis) -> [Markup] {
        let place = x.place(Double(bound))
        let isRight = place > width * 0.6
        return [
            PageDrawing.line((place, 8), (place, bottom), "bound"),
            PageDrawing.text(
                place + (isRight ? -5 : 5), bottom - 6, "bound \(PageFigures.bound(bound))",
                isRight ? "red halo end" : "red halo"),
        ]
    }

    /// A curve of steps; values of 0 stand at the left edge.
    private static func line(
        _ steps: [CurveStep], _ x: PlotAxis, _ y: PlotAxis, _ kind: String, grain: Double
    ) -> Markup {
        PageDrawing.steps(
            from: (left, y.place(0)),
            thinned(steps, grain).map { step in
                (
                    min(max(x.place(max(step.value, 1e-3)), left), width - 8),
                    y.place(min(depth(step.share), y.values.upperBound))
                )
            }, "curve \(kind)")
    }

    /// Steps that a picture can show: `grain` of a factor of ten of what is left apart, or of the
    /// value.
    static func thinned(_ steps: [CurveStep], _ grain: Double) -> [CurveStep] {
        var kept: [CurveStep] = []
        for step in steps {
            if let last = kept.last, step != steps.last,
                depth(step.share) - depth(last.share) < grain,
                step.value < last.value * (1 + grain)
            {
                continue
            }
            kept.append(step)
        }
        return kept
    }
}
