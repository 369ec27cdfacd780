import PlainText
import Results
package import Sweep

/// A sweep as a drawing: smooth goodput over the load with its intervals, and throughput dashed
/// above it, a colour a combination of settings.
///
/// An SVG of its own, without script and without anything from elsewhere, in light and dark.
package struct SweepPlot: Sendable {
    private let result: SweepResult

    package init(_ result: SweepResult) { self.result = result }

    /// The whole file, with a line end.
    package var svg: String {
        let points = result.curves.flatMap(\.points)
        let frame = PlotFrame(
            title: result.headline, caption: caption(points), unit: "tok/s",
            axisWords: result.axisWords)
        let rates = points.flatMap { point in
            [SummaryFigure.smooth, .throughput].compactMap { point.estimate($0)?.value }
        }
        guard let low = points.map(\.load).min(), let high = points.map(\.load).max(),
            let axes = PlotFrame.axes(over: low...high, values: rates)
        else { return frame.file(nil, []) }
        let curves = result.curves.enumerated().flatMap { draw($1, $0, axes.x, axes.y) }
        return frame.file(axes, curves + labels(axes.y))
    }

    private func caption(_ points: [SweepPoint]) -> String {
        let hollow = points.contains { !$0.verdict.isUsable }
        let overloaded = points.contains(where: \.isOverloaded)
        return "\(result.name): smooth goodput solid with its 95 % interval, throughput dashed"
            + (overloaded ? "; a ring: overloaded" : "")
            + (hollow ? "; a hollow mark: a run is not valid" : "") + "."
    }

    // MARK: Curves

    private func draw(
        _ curve: SweepResult.Curve, _ index: Int, _ x: PlotAxis, _ y: PlotAxis
    ) -> [String] {
        let colour = SystemMark.colour(index)
        func line(_ figure: SummaryFigure, _ dashes: String) -> String {
            let places = curve.points.compactMap { point in
                point.estimate(figure).map { estimate in
                    let place = PlotFrame.within(y, estimate.value)
                    return "\(Drawing.n(x.place(point.load))),\(Drawing.n(place))"
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
            let (px, py) = (x.place(point.load), PlotFrame.within(y, estimate.value))
            if let interval = estimate.interval {
                lines.append(
                    "<line class=\"s\(colour)\" stroke-width=\"4\" opacity=\"0.34\" "
                        + "x1=\"\(Drawing.n(px + shift))\" x2=\"\(Drawing.n(px + shift))\" "
                        + "y1=\"\(Drawing.n(PlotFrame.within(y, interval.lowerBound)))\" "
                        + "y2=\"\(Drawing.n(PlotFrame.within(y, interval.upperBound)))\"/>")
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
                    + "y1=\"\(Drawing.n(PlotFrame.top))\" y2=\"\(Drawing.n(PlotFrame.bottom))\"/>")
        }
        return lines
    }

    /// The names of the curves at their ends, moved apart where they would overlap.
    private func labels(_ y: PlotAxis) -> [String] {
        var ends: [(place: Double, text: String, colour: Int)] = []
        for (index, curve) in result.curves.enumerated() {
            guard let last = curve.points.last else { continue }
            let name =
                curve.settings.isEmpty ? "" : curve.settings.map(\.value).joined(separator: ", ")
            for (figure, word) in [(SummaryFigure.throughput, "throughput"), (.smooth, "smooth")] {
                guard let value = last.estimate(figure)?.value else { continue }
                ends.append(
                    (
                        PlotFrame.within(y, value), name.isEmpty ? word : "\(name), \(word)",
                        SystemMark.colour(index)
                    ))
            }
        }
        ends.sort { $0.place < $1.place }
        var least = -Double.infinity
        return ends.map { end in
            let place = max(end.place, least)
            least = place + 15
            return Drawing.text(
                PlotFrame.end + 14, place + 4, end.text.cut(28), "f\(end.colour)")
        }
    }
}
