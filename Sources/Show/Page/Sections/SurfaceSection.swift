import Goodput
import Loss
import PlainText
import Plot
import Results
import RunRecord

/// The share of throughput that is kept for every reader: contours over reading speed and weight.
struct SurfaceSection {
    let run: PageRun
    let surface: Surface

    private static let width = 1_040.0
    private static let height = 300.0
    private static let mostAlpha = 3.0
    private static let shares: [(Double, String)] = [
        (0.99, "99 % kept"), (0.95, "95 %"), (0.9, "90 %"), (0.8, "80 %"), (0.5, "50 %"),
        (0, "nothing kept"),
    ]

    var section: PageSection {
        PageSection(
            id: "surface", finding: finding,
            reading: "Every reader of this run, exactly: how much of the throughput is kept where "
                + "all read at one speed and idle time weighs alpha. Circles: the readers as "
                + "scored. Point for what is kept, click to look through that reader.",
            body: [
                .tag("p", ["class": "point", "id": "point-surface"]),
                .tag("div", ["class": "wide"], [drawing]),
            ],
            csv: [["reading speed", "tokens lost a second at alpha 1"]]
                + zip(Surface.speeds, surface.penalties).map {
                    [Figures.fixed($0, 4), Figures.fixed($1, 4)]
                })
    }

    /// The slowest readers who lose more than a share at alpha 1; nil where none does.
    private func speed(losing share: Double) -> Double? {
        let index = surface.penalties.firstIndex { $0 > share * surface.throughput }
        return index.map { Surface.speeds[$0] }
    }

    private var finding: String {
        guard let little = speed(losing: 0.01) else {
            return "No reader of up to 1000 tokens/s loses 1 % (α = 1)."
        }
        var text =
            little > Surface.speeds[0]
            ? "Readers of up to \(PageFigures.amount(little)) tokens/s lose under 1 %"
            : "Every reader loses over 1 %"
        if let half = speed(losing: 0.5) {
            text += "; at \(PageFigures.amount(half)) tokens/s waiting costs half (α = 1)"
        }
        return text + "."
    }

    private var drawing: Markup {
        let x = PlotAxis(speeds, pixels: (52, Self.width - 112), isLogarithmic: true)
        let y = PlotAxis(0...Self.mostAlpha, pixels: (Self.height - 40, 24))
        var drawn: [Markup] = []
        var labels: [Markup] = []
        for (index, (share, name)) in Self.shares.enumerated() {
            let curve = zip(Surface.speeds, surface.penalties).compactMap {
                speed, penalty -> (Double, Double)? in
                guard penalty > 0, x.values.contains(speed) else { return nil }
                let alpha = (1 - share) * surface.throughput / penalty
                return alpha <= Self.mostAlpha ? (x.place(speed), y.place(alpha)) : nil
            }
            guard let first = curve.first, let last = curve.last else { continue }
            drawn.append(
                PageDrawing.path(
                    [(first.0, y.place(Self.mostAlpha))] + curve
                        + [(last.0, y.place(Self.mostAlpha))], "contour", isClosed: true))
            // Labels go down in steps, so that narrow bands do not write over each other.
            let height = y.place(Self.mostAlpha * (0.88 - 0.13 * Double(index)))
            let at = curve.first { $0.1 >= height } ?? last
            labels.append(PageDrawing.text(at.0 + 4, height + 4, name, "label"))
        }
        drawn += frame(x, y) + labels + readers(x, y)
        return PageDrawing.svg(
            Self.width, Self.height, finding, drawn,
            frame: [
                52, Self.width - 112, 24, Self.height - 40, x.values.lowerBound,
                x.values.upperBound,
            ])
    }

    /// The speeds that the plane shows: from below the first loss to where little is kept for any
    /// weight, with every reader as scored.
    private var speeds: ClosedRange<Double> {
        let readers = run.summary.classParameters.map(\.parameters.readingSpeed)
            .filter { (1...1_000).contains($0) }
        let first = speed(losing: 0.01 / Self.mostAlpha) ?? 100
        let last = speed(losing: 1 / (0.15 * Self.mostAlpha)) ?? 1_000
        let low = min(first, readers.min() ?? first) / 2
        let high = max(last, readers.max() ?? last) * 1.2
        let rounds = [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
        let from = rounds.last { $0 <= low } ?? 1
        return from...max(from * 10, rounds.first { $0 >= high } ?? 1_000)
    }

    private func frame(_ x: PlotAxis, _ y: PlotAxis) -> [Markup] {
        let right = Self.width - 112
        var drawn = [
            PageDrawing.rectangle(52, 24, right - 52, Self.height - 64, "frame"),
            PageDrawing.text(52, 14, "α, weight of idle time", "grey"),
            PageDrawing.text(right, Self.height - 6, "reading speed, tokens/s", "grey end"),
        ]
        for alpha in [0.0, 1, 2, 3] {
            drawn.append(
                PageDrawing.text(44, y.place(alpha) + 4, Figures.fixed(alpha, 0), "grey end"))
        }
        for speed in [1.0, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] where x.values.contains(speed) {
            drawn.append(
                PageDrawing.text(
                    x.place(speed), Self.height - 22, Figures.fixed(speed, 0), "grey middle"))
        }
        return drawn
    }

    private func readers(_ x: PlotAxis, _ y: PlotAxis) -> [Markup] {
        var drawn: [Markup] = []
        var placed: [(Double, Double)] = []
        for each in run.summary.classParameters {
            let (speed, alpha) = (each.parameters.readingSpeed, each.parameters.alpha)
            guard x.values.contains(speed), y.values.contains(alpha) else { continue }
            let at = (x.place(speed), y.place(alpha))
            let same = placed.count { $0 == at }
            placed.append(at)
            if same == 0 {
                drawn.append(
                    .tag(
                        "circle",
                        [
                            "class": "reader", "cx": PageDrawing.n(at.0),
                            "cy": PageDrawing.n(at.1), "r": "4",
                        ]))
            }
            drawn.append(
                PageDrawing.text(
                    at.0 - 8, at.1 + 4 + 15 * Double(same), each.name.cut(24),
                    "label-reader end"))
        }
        return drawn
    }
}
