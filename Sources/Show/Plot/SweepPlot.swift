import PlainText
import Results
package import Sweep

/// A sweep as a drawing: smooth goodput over the load with its intervals, and throughput dashed
/// above it, a colour a combination of settings.
///
/// An SVG of its own, without script and without anything from elsewhere, in light and dark.
package struct SweepPlot: Sendable {
    private let result: SweepResult
    private static let width = 1_040.0
    private static let left = 64.0
    private static let right = 190.0
    private static let top = 92.0
    private static let height = 340.0
    package init(_ result: SweepResult) { self.result = result }

    /// The whole file, with a line end.
    package var svg: String {
        let points = result.curves.flatMap(\.points)
        let bottom = Self.top + Self.height
        var body = [title, caption(points)]
        if let axes = axes(points) {
            body += grid(axes.x, axes.y)
            for (index, curve) in result.curves.enumerated() {
                body += draw(curve, index, axes.x, axes.y)
            }
            body += labels(axes.y)
        }
        return Drawing.file(body, width: Self.width, height: bottom + 56)
    }

    // MARK: Frame

    /// The finding, computed.
    private var title: String {
        Drawing.text(Self.left - 52, 30, result.headline, "t")
    }

    private func caption(_ points: [SweepPoint]) -> String {
        let hollow = points.contains { !$0.verdict.isUsable }
        let overloaded = points.contains(where: \.isOverloaded)
        let words =
            "\(result.name): smooth goodput solid with its 95 % interval, throughput dashed"
            + (overloaded ? "; a ring: overloaded" : "")
            + (hollow ? "; a hollow mark: a run is not valid" : "") + "."
        return Drawing.text(Self.left - 52, 54, words, "c g")
    }

    private func axes(_ points: [SweepPoint]) -> (x: PlotAxis, y: PlotAxis)? {
        let loads = points.map(\.load)
        let rates = points.flatMap { point in
            [SweepFigure.smooth, .throughput].compactMap { point.estimate($0)?.value }
        }
        guard let low = loads.min(), let high = loads.max(), let greatest = rates.max(),
            greatest > 0
        else { return nil }
        // Rates start at zero; a sum below it is drawn where it lies, half the height down at most.
        let least = max(min(0, rates.min() ?? 0), -greatest / 2)
        return (
            PlotAxis(
                low...high, pixels: (Self.left, Self.width - Self.right),
                isLogarithmic: high / low > 3),
            PlotAxis(
                least...greatest * 1.05, pixels: (Self.top + Self.height, Self.top))
        )
    }

    private func grid(_ x: PlotAxis, _ y: PlotAxis) -> [String] {
        let end = Self.width - Self.right
        var lines: [String] = []
        for tick in y.ticks(5) {
            let place = y.place(tick)
            let weight = tick == 0 ? "1" : "0.5"
            lines.append(
                "<line class=\"r\" stroke-width=\"\(weight)\" "
                    + "x1=\"\(Drawing.n(Self.left))\" x2=\"\(Drawing.n(end))\" "
                    + "y1=\"\(Drawing.n(place))\" y2=\"\(Drawing.n(place))\"/>")
            lines.append(Drawing.text(Self.left - 8, place + 4, Drawing.number(tick), "g", "end"))
        }
        lines.append(Drawing.text(Self.left - 52, Self.top - 12, "tok/s", "g"))
        let bottom = Self.top + Self.height
        for tick in x.ticks(10) {
            lines.append(
                Drawing.text(x.place(tick), bottom + 20, Drawing.number(tick), "g", "middle"))
        }
        lines.append(
            Drawing.text(
                end, bottom + 42,
                result.axisWords, "g", "end"))
        return lines
    }

    // MARK: Curves

    private func draw(
        _ curve: SweepResult.Curve, _ index: Int, _ x: PlotAxis, _ y: PlotAxis
    ) -> [String] {
        let colour = index % Drawing.colours.count
        func line(_ figure: SweepFigure, _ dashes: String) -> String {
            let places = curve.points.compactMap { point in
                point.estimate(figure).map { estimate in
                    "\(Drawing.n(x.place(point.load))),\(Drawing.n(within(y, estimate.value)))"
                }
            }
            return "<polyline class=\"s\(colour)\" fill=\"none\" stroke-width=\"2\"\(dashes) "
                + "points=\"\(places.joined(separator: " "))\"/>"
        }
        var lines = [line(.throughput, " stroke-dasharray=\"5 4\""), line(.smooth, "")]
        // Intervals of several systems stand side by side.
        let shift = (Double(index) - Double(result.curves.count - 1) / 2) * 2.5
        for point in curve.points {
            guard let estimate = point.estimate(.smooth) else { continue }
            let (px, py) = (x.place(point.load), within(y, estimate.value))
            if let interval = estimate.interval {
                lines.append(
                    "<line class=\"s\(colour)\" stroke-width=\"4\" opacity=\"0.34\" "
                        + "x1=\"\(Drawing.n(px + shift))\" x2=\"\(Drawing.n(px + shift))\" "
                        + "y1=\"\(Drawing.n(within(y, interval.lowerBound)))\" "
                        + "y2=\"\(Drawing.n(within(y, interval.upperBound)))\"/>")
            }
            let mark = point.verdict.isUsable ? "f\(colour)" : "h\(colour)"
            lines.append(
                "<circle class=\"\(mark)\" stroke-width=\"1.5\" cx=\"\(Drawing.n(px))\" "
                    + "cy=\"\(Drawing.n(py))\" r=\"4\"/>")
            if point.isOverloaded {
                lines.append(
                    "<circle class=\"s\(colour)\" fill=\"none\" cx=\"\(Drawing.n(px))\" "
                        + "cy=\"\(Drawing.n(py))\" r=\"7\"/>")
            }
        }
        if case .found(let load, _, _)? = curve.peak {
            lines.append(
                "<line class=\"s\(colour)\" stroke-width=\"1\" stroke-dasharray=\"1 4\" "
                    + "x1=\"\(Drawing.n(x.place(load)))\" x2=\"\(Drawing.n(x.place(load)))\" "
                    + "y1=\"\(Drawing.n(Self.top))\" y2=\"\(Drawing.n(Self.top + Self.height))\"/>")
        }
        return lines
    }

    /// The pixel of a rate, held to the plot.
    private func within(_ y: PlotAxis, _ rate: Double) -> Double {
        y.place(min(max(rate, y.values.lowerBound), y.values.upperBound))
    }

    /// The names of the curves at their ends, moved apart where they would overlap.
    private func labels(_ y: PlotAxis) -> [String] {
        var ends: [(place: Double, text: String, colour: Int)] = []
        for (index, curve) in result.curves.enumerated() {
            guard let last = curve.points.last else { continue }
            let name =
                curve.settings.isEmpty ? "" : curve.settings.map(\.value).joined(separator: ", ")
            for (figure, word) in [(SweepFigure.throughput, "throughput"), (.smooth, "smooth")] {
                guard let value = last.estimate(figure)?.value else { continue }
                ends.append(
                    (
                        within(y, value), name.isEmpty ? word : "\(name), \(word)",
                        index % Drawing.colours.count
                    ))
            }
        }
        ends.sort { $0.place < $1.place }
        var least = -Double.infinity
        return ends.map { end in
            let place = max(end.place, least)
            least = place + 15
            return Drawing.text(
                Self.width - Self.right + 14, place + 4, end.text.cut(28), "f\(end.colour)")
        }
    }
}
